"""Reading an application for an act on it: it is locked first, then its cases, always in the same order.

Whoever acts on a single case locks that one alone, so no two can wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, select

from bangban.features.areas.tables import AreaRow
from bangban.features.bundles.drafts import shared_of
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.service.loading import Loaded, actor_of
from bangban.features.cases.tables import CaseMaterialRow, CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.problems import no_such_application
from bangban.features.joint.rules import Member, Paper
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class Application:
    """An application, locked with its cases. ``owned``: it is the caller's own (see ``joint.graphql``)."""

    work: Work
    row: Any
    members: tuple[Member, ...]  # in the cases' order of being locked
    key_of: dict[Paper, str]
    owned: bool

    def authorise(self, permission: Permission) -> None:
        """Raises Forbidden, AreaOutsideGrant where the caller may not do this to it."""
        self.work.grants.require_at(permission, self.row.area_path, owned=self.owned)


async def load_application(work: Work, *, number: str, permission: Permission) -> Application:
    """Lock and read the application called ``number``, for a caller who holds the permission somewhere.

    Raises:
        NotAuthenticated, Forbidden: The caller holds it nowhere; nothing was read.
        NotFound: There is no such application, or the caller may not see it; the two look the same.
    """
    work.grants.require(permission)
    actor = actor_of(work)
    found = await work.run(_LOCK, number=number.strip())
    if not found:
        raise no_such_application()
    (row,) = found
    await work.run(_LOCK_CASES, application_id=row.id)
    cases = await work.run(_MEMBERS, application_id=row.id)
    if actor.is_staff:
        owned = actor.id == row.filed_by or any(actor.id in (r.holder_id, r.first_asked_id) for r in cases)
    else:
        owned = actor.id == row.resident_id
    if not work.grants.scope(Permission.BUNDLE_READ).covers(row.area_path, owned=owned):
        raise no_such_application()
    shared = [shared_of(each) for each in row.materials or ()]
    loaded = Application(
        work=work,
        row=row,
        members=members_of(cases),
        key_of={paper: material.key for material in shared for paper in material.of},
        owned=owned,
    )
    loaded.authorise(permission)
    return loaded


def members_of(rows: Sequence[Any]) -> tuple[Member, ...]:
    """The cases, from a row for each of their materials."""
    by_case: dict[UUID, list[Any]] = {}
    for row in rows:
        by_case.setdefault(row.id, []).append(row)
    return tuple(
        Member(
            case_id=case_id,
            number=first.number,
            item=first.item,
            state=first.state,
            outcome=first.outcome,
            resident_id=first.resident_id,
            released=first.released_at is not None,
            joined=first.application_id is not None,
            papers=tuple((row.code, row.paper_state) for row in found if row.code is not None),
        )
        for case_id, found in by_case.items()
        for first in found[:1]
    )


def member_of(loaded: Loaded, *, joined: bool) -> Member:
    """The same of a case that was loaded by itself."""
    return Member(
        case_id=loaded.row.id,
        number=loaded.row.number,
        item="",
        state=loaded.facts.state,
        outcome=loaded.facts.outcome,
        resident_id=loaded.row.resident_id,
        joined=joined,
    )


def actor_id(work: Work) -> UUID | None:
    """The member of staff who acts; None where it is the applicant."""
    principal = work.principal
    return principal.id if principal.kind is PrincipalKind.STAFF else None


# ---------------------------------------------------------------------- the statements

_LOCK: Final = Written(
    select(*BundleApplicationRow.__table__.columns, AreaRow.path.label("area_path"), BundleRow.materials)
    .select_from(BundleApplicationRow)
    .join(AreaRow, AreaRow.id == BundleApplicationRow.area_id)
    .outerjoin(BundleRow, BundleRow.id == BundleApplicationRow.bundle_id)
    .where(BundleApplicationRow.number == Given("number", Text()))
    .with_for_update(of=BundleApplicationRow.__table__)
)

_LOCK_CASES: Final = Written(
    select(CaseRow.id)
    .join(BundleMemberRow, BundleMemberRow.case_id == CaseRow.id)
    .where(BundleMemberRow.application_id == Given("application_id", Uuid()))
    .order_by(CaseRow.number)
    .with_for_update(of=CaseRow.__table__)
)


def case_columns() -> list[Any]:
    """What the rules look at of each case."""
    return [
        CaseRow.id,
        CaseRow.number,
        CaseRow.state,
        CaseRow.outcome,
        CaseRow.resident_id,
        CaseRow.holder_id,
        CaseRow.first_asked_id,
        CaseRow.area_id,
        ServiceItemRow.code.label("item"),
        BundleMemberRow.application_id,
        BundleMemberRow.released_at,
        CaseMaterialRow.code,
        CaseMaterialRow.state.label("paper_state"),
    ]


_MEMBERS: Final = Written(
    select(*case_columns())
    .select_from(BundleMemberRow)
    .join(CaseRow, CaseRow.id == BundleMemberRow.case_id)
    .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
    .outerjoin(CaseMaterialRow, CaseMaterialRow.case_id == CaseRow.id)
    .where(BundleMemberRow.application_id == Given("application_id", Uuid()))
    .order_by(CaseRow.number, CaseMaterialRow.position)
)
