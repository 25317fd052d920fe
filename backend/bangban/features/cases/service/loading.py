"""Reading one case in: two statements, the first of which locks it, then the facts the rules look at.

The lock is what makes exactly one of two people win who act at once: the second waits, reads what the first
made of the case, and its rule refuses. What hangs on the case is read after the lock, so it is as fresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.problems import ItemNotHandledHere, no_such_case
from bangban.features.cases.rules.facts import Actor, CaseFacts, Occasion
from bangban.features.cases.service.reading import facts_of
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.access.grants import Assignment, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import NotAuthenticated
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A case, locked, with its rows and its facts, for one act of one caller."""

    work: Work
    row: CaseRow
    materials: tuple[CaseMaterialRow, ...]
    tolerance: ToleranceRow | None
    handover: HandoverRow | None  # the one that is open
    area_path: str
    item: ServiceItemRow
    facts: CaseFacts
    actor: Actor
    occasion: Occasion
    owned: bool

    def authorise(self, permission: Permission) -> tuple[Assignment, ...]:
        """The assignments that allow it over this case. Raises ``Forbidden``."""
        return self.work.grants.require_at(permission, self.area_path, owned=self.owned)

    def authorise_handling(self, permission: Permission, *levels: AreaLevel) -> None:
        """As ``authorise``, at one of the levels where the item is dealt with (DOMAIN L04, invariant 4).

        Raises:
            ItemNotHandledHere: The caller's assignments here are all at other levels.
        """
        if not any(each.level in levels for each in self.authorise(permission)):
            raise ItemNotHandledHere(level.value for level in AreaLevel if level in levels)

    def may(self, permission: Permission) -> bool:
        """Whether the caller holds the permission over this case."""
        return self.work.grants.scope(permission).covers(self.area_path, owned=self.owned)


def actor_of(work: Work) -> Actor:
    """The caller as the rules know them. Raises ``NotAuthenticated``; casework has no other callers."""
    principal = work.principal
    if principal.id is None:
        raise NotAuthenticated
    if principal.kind is PrincipalKind.RESIDENT:
        return Actor(id=principal.id)
    return Actor(id=principal.id, staff_name=principal.name or "")


def occasion_of(work: Work) -> Occasion:
    """Now, as the rules know it."""
    return Occasion(at=work.now, today=work.today, calendar=work.calendar)


async def load_case(
    work: Work, *, number: str, one_of: tuple[Permission, ...], moves_clock: bool = False
) -> Loaded:
    """Lock and read the case called ``number``, for a caller who holds one of the permissions somewhere.

    ``moves_clock``: the act may store numbers of working days, so the calendar is held first.

    Raises:
        NotAuthenticated, Forbidden: The caller holds none of them anywhere; nothing was read.
        NotFound: There is no such case, or the caller may not see it; the two look the same.
    """
    _require_any(work, one_of)
    actor = actor_of(work)
    if moves_clock:
        await work.hold_calendar()
    found = (
        await work.db.execute(
            select(CaseRow, AreaRow.path, ServiceItemRow)
            .select_from(CaseRow)
            .join(AreaRow, AreaRow.id == CaseRow.area_id)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .where(CaseRow.number == number.strip())
            .with_for_update(of=CaseRow)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if found is None:
        raise no_such_case()
    row, area_path, item = found
    parts = (await work.db.execute(_parts(row.id))).all()
    materials = tuple(part[0] for part in parts if part[0] is not None)
    first = parts[0]
    handover: HandoverRow | None = first.HandoverRow
    owned = actor.id == row.resident_id if not actor.is_staff else _in_hands(row, handover, actor.id)
    if not work.grants.scope(Permission.CASE_READ).covers(area_path, owned=owned):
        raise no_such_case()
    return Loaded(
        work=work,
        row=row,
        materials=materials,
        tolerance=first.ToleranceRow,
        handover=handover,
        area_path=area_path,
        item=item,
        facts=facts_of(row, materials, first),
        actor=actor,
        occasion=occasion_of(work),
        owned=owned,
    )


def _require_any(work: Work, permissions: tuple[Permission, ...]) -> None:
    for permission in permissions[1:]:
        if work.grants.scope(permission):
            return
    work.grants.require(permissions[0])


def _in_hands(row: CaseRow, handover: HandoverRow | None, staff_id: UUID) -> bool:
    """Whether a member of staff holds the case, was first asked about it, or is being handed it."""
    offered_to = None if handover is None else handover.to_id
    return staff_id in (row.holder_id, row.first_asked_id, offered_to)


def _parts(case_id: UUID) -> Any:
    """All that hangs on a case, in one statement: a row for each material, the single rows beside it."""
    latest = select(func.max(NoticeRow.ordinal)).where(NoticeRow.case_id == case_id).scalar_subquery()
    events = select(CaseEventRow.kind).where(CaseEventRow.case_id == case_id)
    last_event = events.order_by(CaseEventRow.id.desc()).limit(1).scalar_subquery()
    return (
        select(
            CaseMaterialRow,
            NoticeRow,
            ToleranceRow,
            AuthorisationRow,
            HandoverRow,
            RatingRow,
            last_event.label("last_event"),
        )
        .select_from(CaseRow)
        .outerjoin(CaseMaterialRow, CaseMaterialRow.case_id == CaseRow.id)
        .outerjoin(NoticeRow, and_(NoticeRow.case_id == CaseRow.id, NoticeRow.ordinal == latest))
        .outerjoin(ToleranceRow, ToleranceRow.case_id == CaseRow.id)
        .outerjoin(AuthorisationRow, AuthorisationRow.case_id == CaseRow.id)
        .outerjoin(
            HandoverRow,
            and_(
                HandoverRow.case_id == CaseRow.id,
                HandoverRow.taken_at.is_(None),
                HandoverRow.returned_at.is_(None),
            ),
        )
        .outerjoin(RatingRow, RatingRow.case_id == CaseRow.id)
        .where(CaseRow.id == case_id)
        .order_by(CaseMaterialRow.position)
        .execution_options(populate_existing=True)
    )
