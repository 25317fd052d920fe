"""One record for one act of one caller: locked, read, authorised; and saved again with its entry in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.staffing import find_able
from bangban.features.first_asks.problems import no_such_ask
from bangban.features.first_asks.rules import Ask
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.people.leads import counts_today
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import NotAuthenticated
from bangban.kernel.tenancy.work import Work

_TAKING: Final = (Permission.ASKING_READ, Permission.ASKING_TRANSFER, Permission.ASKING_ANSWER)


@dataclass(kw_only=True)
class Loaded:
    """A record, locked, with the open transfer and whom it waits for, for one act of the caller."""

    row: FirstAskRow
    offer: FirstAskTransferRow | None
    offered_to: frozenset[UUID]
    area_path: str

    @property
    def ask(self) -> Ask:
        return Ask(
            state=self.row.state,
            within_duty=self.row.within_duty,
            owner_id=self.row.owner_id,
            handler_id=self.row.handler_id,
            offered_to=self.offered_to,
            outcome=self.row.outcome,
        )


def caller_of(work: Work) -> UUID:
    """Who acts. Raises ``NotAuthenticated``."""
    if work.principal.id is None:
        raise NotAuthenticated
    return work.principal.id


async def load_ask(work: Work, number: str, permission: Permission) -> Loaded:
    """The record, locked, for whoever may do this with it, which all who have to do with it may.

    Raises:
        NotAuthenticated, Forbidden: The caller holds the permission nowhere; nothing was read.
        NotFound: There is no such record, or the caller may not see it; the two look the same.
    """
    work.grants.require(permission)
    loaded = await locked(work, FirstAskRow.number == number.strip())
    if loaded is None:
        raise no_such_ask()
    owned = caller_of(work) in {loaded.row.owner_id, loaded.row.handler_id, *loaded.offered_to}
    if not work.grants.scope(Permission.ASKING_READ).covers(loaded.area_path, owned=owned):
        raise no_such_ask()
    return loaded


async def locked(work: Work, which: Any) -> Loaded | None:
    """The one record that ``which`` finds, locked; None where there is none."""
    row = await work.db.scalar(select(FirstAskRow).where(which).with_for_update())
    if row is None:
        return None
    found = (
        await work.db.execute(
            select(AreaRow.path, FirstAskTransferRow)
            .outerjoin(
                FirstAskTransferRow,
                (FirstAskTransferRow.first_ask_id == row.id)
                & FirstAskTransferRow.taken_at.is_(None)
                & FirstAskTransferRow.returned_at.is_(None),
            )
            .where(AreaRow.id == row.area_id)
        )
    ).one()
    offer: FirstAskTransferRow | None = found[1]
    waited = frozenset[UUID]()
    if offer is not None and offer.to_team_id is not None:
        waited = await who_may_take(work, team_members(work, offer.to_team_id), found[0]) - {row.handler_id}
    elif offer is not None and offer.to_id is not None:
        waited = frozenset({offer.to_id})
    return Loaded(row=row, offer=offer, offered_to=waited, area_path=found[0])


def team_members(work: Work, team_id: UUID) -> Any:
    """The statement that finds the members of a team today."""
    return select(TeamMemberRow.staff_id).where(
        TeamMemberRow.team_id == team_id, counts_today(TeamMemberRow, work)
    )


async def who_may_take(work: Work, staff: Any, area_path: str, *, given: bool = False) -> frozenset[UUID]:
    """Those of ``staff`` who may take, see and answer a record of this area, once it is offered to them.

    ``given`` as of ``find_able``.
    """
    return frozenset(await find_able(work, staff, area_path=area_path, doing=_TAKING, given=given))


async def in_service(work: Work, staff: Any) -> frozenset[UUID]:
    """Those of ``staff``, which are ids or a statement that finds them, who have a post and an account today."""
    found = await work.db.scalars(
        select(StaffRow.id)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .where(
            StaffRow.id.in_(staff),
            StaffRow.active,
            StaffRow.login.is_not(None),
            counts_today(AssignmentRow, work),
        )
    )
    return frozenset(found)


def manages(work: Work, loaded: Loaded, permission: Permission) -> bool:
    """Whether the caller may do this with every record of the area, as supervisors may, not only with their own."""
    return work.grants.scope(permission).covers(loaded.area_path)


async def save(work: Work, loaded: Loaded, after: Ask, permission: Permission, **details: Any) -> UUID:
    """Write what a rule gave; the record's id."""
    row = loaded.row
    assert after.owner_id == row.owner_id  # invariant 2: no rule changes it, and nothing here writes it
    row.state, row.handler_id = after.state, after.handler_id
    record(work, row, permission, state=after.state.value, **details)
    return row.id


def record(work: Work, row: FirstAskRow, permission: Permission, **details: Any) -> None:
    """An entry in the trail; no personal data."""
    work.record(action=permission, object=f"asking:{row.number}", area_id=row.area_id, details=details)
