"""Reading one case in: one statement that locks it, one that reads it, then the facts the rules look at.

The lock is what makes exactly one of two people win who act at once: the second waits, reads what the first
made of the case, and its rule refuses. A statement sees what was committed when it began, so nothing of the
case is read by the one that waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, select, true

from bangban.features.cases.problems import no_such_case
from bangban.features.cases.rules.facts import Actor, CaseFacts, Occasion
from bangban.features.cases.service.handling import require_handling, require_impartial, require_trained
from bangban.features.cases.service.reading import WHOLE_CASE, facts_of
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.delegations import Begun
from bangban.features.catalog.values import DelegationScope
from bangban.kernel.access.principals import Assignment, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.problems import NotAuthenticated
from bangban.kernel.tenancy.work import Work, calendar_stamp

_LOCK: Final = Written(
    select(CaseRow.id).where(CaseRow.number == Given("number", Text())).with_for_update(of=CaseRow.__table__)
)


_LOCK_BY_ID: Final = Written(
    select(CaseRow.id).where(CaseRow.id == Given("case_id", Uuid())).with_for_update(of=CaseRow.__table__)
)
SYSTEM: Final = Actor(id=UUID(int=0), staff_name="系统")
"""Who acts where nobody does; no person has the nil id."""


def _hold_and_lock() -> Written:
    """The calendar and the case at once. The case is locked last, by the row that has the calendar in it."""
    held = calendar_stamp().cte("held").prefix_with("MATERIALIZED")
    return Written(
        select(CaseRow.id, held.c.stamp)
        .select_from(CaseRow)
        .join(held, true())
        .where(CaseRow.number == Given("number", Text()))
        .with_for_update(of=CaseRow.__table__)
    )


_HOLD_AND_LOCK: Final = _hold_and_lock()


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A case, locked, with its rows and its facts, for one act of one caller."""

    work: Work
    rows: Sequence[Any]  # of WHOLE_CASE
    facts: CaseFacts
    actor: Actor
    occasion: Occasion
    owned: bool

    @property
    def row(self) -> Any:
        """The case, its item's rules, and what there is one of."""
        return self.rows[0]

    @property
    def area_path(self) -> str:
        path: str = self.row.area_path
        return path

    def authorise(self, permission: Permission) -> tuple[Assignment, ...]:
        """The assignments that allow it over this case. Raises ``Forbidden``."""
        return self.work.grants.require_at(permission, self.area_path, owned=self.owned)

    async def authorise_handling(self, permission: Permission, wanted: DelegationScope) -> UUID | None:
        """As ``authorise``, for a unit or a person who may do as much of the item (DOMAIN G07, L04, A11, invariant 4).

        Delegations are looked up only where the item's own levels do not settle it. The one that allows it then.

        Raises:
            ItemNotHandledHere: None of the units for which the caller acts here may.
            TrainingRequired: As ``require_trained``.
            OwnApplication: As ``require_impartial``.
        """
        require_impartial(self.work, self.row)
        await self.require_trained()
        return await require_handling(
            self.work, self.authorise(permission), self.row, wanted, begun=self.begun
        )

    async def require_trained(self) -> None:
        """Refuse staff without the training that the district asks for. Raises ``TrainingRequired`` (DOMAIN K01)."""
        if self.actor.is_staff:
            await require_trained(self.work, self.actor.id, self.row.service_code)

    @property
    def begun(self) -> Begun:
        """When the case was applied for, and on which local day."""
        at = self.row.submitted_at
        return Begun(at.astimezone(self.work.district.zone).date(), at)

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
    loaded = await locked_case(work, number=number.strip(), moves_clock=moves_clock)
    if not work.grants.scope(Permission.CASE_READ).covers(loaded.area_path, owned=loaded.owned):
        raise no_such_case()
    return loaded


async def locked_case(work: Work, *, number: str, moves_clock: bool = False) -> Loaded:
    """The case called ``number``, locked, for an act that is decided elsewhere: nobody's rights over it are asked.

    Raises NotAuthenticated, NotFound.
    """
    actor = actor_of(work)
    rows = await work.run(
        WHOLE_CASE, case_id=await _lock(work, number, moves_clock=moves_clock), staff_id=work.principal.id
    )
    row = rows[0]
    owned = actor.id == row.resident_id if not actor.is_staff else _in_hands(row, actor.id)
    return Loaded(
        work=work,
        rows=rows,
        facts=facts_of(rows, work.district.zone),
        actor=actor,
        occasion=occasion_of(work),
        owned=owned,
    )


async def hold_case(work: Work, *, number: str) -> None:
    """Lock the case called ``number`` for an act that gives it to somebody later: whoever hands over a case holds that
    before the receiver (``people.staying``), so nobody else may hold the receiver first. Raises NotFound."""
    await _lock(work, number, moves_clock=False)


async def load_by_itself(work: Work, *, case_id: UUID) -> Loaded | None:
    """Lock and read a case for what the system does by itself, such as a timer; None where it is gone."""
    if not await work.run(_LOCK_BY_ID, case_id=case_id):
        return None
    rows = await work.run(WHOLE_CASE, case_id=case_id, staff_id=None)
    return Loaded(
        work=work,
        rows=rows,
        facts=facts_of(rows, work.district.zone),
        actor=SYSTEM,
        occasion=occasion_of(work),
        owned=False,
    )


async def _lock(work: Work, number: str, *, moves_clock: bool) -> UUID:
    """The id of the case, which is locked now, and with ``moves_clock`` the calendar before it."""
    hold = moves_clock and not work.reckoning.held
    found = await work.run(_HOLD_AND_LOCK if hold else _LOCK, number=number)
    if not found:
        raise no_such_case()
    (row,) = found
    if hold:
        await work.held_calendar(row.stamp)
    case_id: UUID = row.id
    return case_id


def _require_any(work: Work, permissions: tuple[Permission, ...]) -> None:
    for permission in permissions[1:]:
        if work.grants.scope(permission):
            return
    work.grants.require(permissions[0])


def _in_hands(row: Any, staff_id: UUID) -> bool:
    """Whether a member of staff holds the case, was first asked about it, or is being handed it."""
    return staff_id in (row.holder_id, row.first_asked_id, row.handover_to_id)
