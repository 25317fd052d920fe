"""What a district's answers ought to be: every table in memory, every field a line of plain Python.

Documents are executed by graphql-core over the contract as it is printed. Nothing here knows the planner, its
selections or its SQL; it is slow, and that does not matter.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema, execute_sync, parse
from sqlalchemy import select
from strawberry.utils.str_converters import to_snake_case

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.bundles.tables import BundleRow
from bangban.features.cards.tables import ServiceCardRow
from bangban.features.cases import tables as cases
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow, ServiceMaterialRow
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks.tables import FirstAskAnswerRow, FirstAskRow, FirstAskTransferRow
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.hall.tables import (
    GuideShiftRow,
    HallAlertRow,
    IntakeBatchCaseRow,
    IntakeBatchRow,
    OvertimeRow,
    TicketRow,
    VisitRow,
)
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.orders.tables import HelperSkillRow, OrderEventRow, OrderRow
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow, TrainingRow
from bangban.features.places.tables import (
    PartnerAgreementRow,
    PointAssessmentRow,
    ServicePointRow,
    ServiceWindowRow,
    TerminalRow,
)
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.recognitions.tables import RecognitionRow
from bangban.features.supervision.tables import DutyRow
from bangban.features.uploads.tables import UploadRow
from bangban.kernel.access.grants import Grants
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.working import Moment, WorkingCalendar
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work
from bangban.web.schema import sdl

TABLES = (
    *(AreaRow, ServiceItemRow, ServiceMaterialRow, StaffRow, AssignmentRow, TeamRow, TeamMemberRow),
    *(cases.CaseRow, cases.CaseMaterialRow, cases.NoticeRow, cases.ToleranceRow, cases.HandoverRow),
    *(cases.RatingRow, cases.InterimRatingRow, cases.CaseEventRow, cases.AuthorisationRow, ProfileRow),
    *(ServicePointRow, ServiceWindowRow, TerminalRow, PartnerAgreementRow, DelegationRow),
    *(BundleRow, BundleApplicationRow, BundleMemberRow, CustodyEntryRow, UploadRow, DutyRow),
    *(OrderRow, OrderEventRow, FirstAskRow, FirstAskTransferRow, FirstAskAnswerRow, ServiceCardRow),
    *(HelperSkillRow, TrainingRow, PointAssessmentRow),
    *(GuideShiftRow, VisitRow, TicketRow, OvertimeRow, HallAlertRow, IntakeBatchRow, IntakeBatchCaseRow),
    *(
        ResidentRow,
        OutreachRow,
        InterestRow,
        BookingRow,
        RecognitionRow,
        ProxyUseRow,
        GuidanceRow,
        PrintedGuideRow,
    ),
)
LARGEST = 2_147_483_647
Key = Callable[[Any], tuple[Any, ...]]


@dataclass
class Part:
    """An object that has no row of its own; ``of`` is its parent's row, or the request."""

    of: Any


@dataclass
class Page:
    """A connection."""

    rows: list[Any]
    tag: str
    key: Key
    first: int
    bound: tuple[Any, ...] | None  # the key of the row to continue after
    down: bool

    def cursor(self, row: Any) -> str:
        return cursor_of(self.tag, self.key(row))

    def shown(self) -> list[Any]:
        if self.bound is None:
            return self.rows
        if self.down:
            return [row for row in self.rows if self.key(row) < self.bound]
        return [row for row in self.rows if self.key(row) > self.bound]


@dataclass
class Edge:
    """A row of a page."""

    page: Page
    row: Any


@dataclass
class Info:
    """Where a page stands."""

    page: Page


def cursor_of(tag: str, key: tuple[Any, ...]) -> str:
    packed = json.dumps([tag, *(as_text(each) for each in key)], ensure_ascii=False)
    return base64.urlsafe_b64encode(packed.encode()).decode()


def as_text(value: Any) -> str:
    """A key as PostgreSQL casts it to text."""
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".")
        return text + "+00"
    return str(value)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        head, _, fraction = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").partition(".")
        return head + ("." + fraction.rstrip("0") if fraction.strip("0") else "") + "+00:00"
    if isinstance(value, date | Decimal | UUID):
        return str(value)
    return [plain(each) for each in value] if isinstance(value, list) else value


@dataclass(repr=False)
class Truth:
    """One district's tables, one caller, one moment: ``now``, which is ``moment`` by the calendar."""

    district: District
    principal: Principal
    grants: Grants
    calendar: WorkingCalendar
    now: datetime
    rows: dict[type, list[Any]]
    hashed: Callable[[str, str], bytes]
    known: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _index: dict[Any, dict[tuple[Any, ...], list[Any]]] = field(default_factory=dict)
    schema: GraphQLSchema = field(default_factory=lambda: build_schema(sdl()))

    @cached_property
    def moment(self) -> Moment:
        return self.calendar.moment(self.now.astimezone(self.district.zone).date())

    def answer(self, text: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        """The data of the answer."""
        result = execute_sync(
            self.schema, parse(text), Part(self), variable_values=variables, field_resolver=self._resolve
        )
        assert not result.errors, result.errors
        return result.data

    def _resolve(self, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        if isinstance(source, Page | Edge | Info):
            return self._of_page(source, info.field_name)
        name = to_snake_case(info.field_name)
        special = getattr(self, f"{info.parent_type.name}_{name}", None) or getattr(self, f"any_{name}", None)
        if special is None:
            return plain(getattr(source.of if isinstance(source, Part) else source, name))
        return plain(special(source, **{to_snake_case(key): value for key, value in arguments.items()}))

    def _of_page(self, source: Page | Edge | Info, name: str) -> Any:
        if isinstance(source, Edge):
            return source.row if name == "node" else source.page.cursor(source.row)
        page = source.page if isinstance(source, Info) else source
        after = page.shown()
        shown = after[: page.first]
        return {
            "edges": [Edge(page, row) for row in shown],
            "pageInfo": Info(page),
            "totalCount": len(page.rows),
            "hasNextPage": len(after) > len(shown),
            "hasPreviousPage": page.bound is not None,
            "startCursor": page.cursor(shown[0]) if shown else None,
            "endCursor": page.cursor(shown[-1]) if shown else None,
        }[name]

    # ------------------------------------------------------------------ finding rows

    def of(self, table: type, **equal: Any) -> list[Any]:
        """The rows of a table whose columns have these values."""
        place = (table, tuple(equal))
        if place not in self._index:
            index: dict[tuple[Any, ...], list[Any]] = {}
            for row in self.rows[table]:
                index.setdefault(tuple(getattr(row, each) for each in equal), []).append(row)
            self._index[place] = index
        return self._index[place].get(tuple(equal.values()), [])

    def one(self, table: type, **equal: Any) -> Any:
        """The only such row, or None."""
        found = self.of(table, **equal)
        assert len(found) < 2
        return found[0] if found else None

    def area(self, area_id: UUID) -> Any:
        return self.one(AreaRow, id=area_id)

    def below(self, area_id: Any, root: str) -> bool:
        """Whether an area lies in the subtree of another."""
        return str(UUID(root).hex) in self.area(area_id).path.split(".")

    def current(self, row: Any) -> bool:
        return row.since <= self.moment.day and (row.until is None or row.until >= self.moment.day)

    def granted(self, permission: Permission, area_id: UUID, *, own: bool = False) -> bool:
        return self.grants.scope(permission).covers(self.area(area_id).path, owned=own)

    def page(
        self, rows: Sequence[Any], tag: str, key: Key, first: Any, after: Any, *, down: bool = False
    ) -> Page:
        ordered = sorted(rows, key=key, reverse=down)
        bound = None if after is None else self.known[after]
        return Page(ordered, tag, key, 20 if first is None else first, bound, down)

    def cursors(self, tag: str, rows: Sequence[Any], key: Key) -> list[str]:
        """Cursors of a list, which ``after`` may name from here on."""
        made = {cursor_of(tag, key(row)): key(row) for row in rows}
        self.known.update(made)
        return list(made)


async def load(work: Work) -> dict[type, list[Any]]:
    """Every table, whole."""
    return {table: list((await work.db.scalars(select(table))).all()) for table in TABLES}
