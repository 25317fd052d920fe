"""Whatever is done to staff and by them, in whatever order, somebody can go on with everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from tests.integration.features.cases.casework import World
from tests.integration.features.staffing.leaving import (
    LEASE,
    TOMORROW,
    case_in_hand,
    deactivated,
    login_taken,
    newcomer,
    post_ended,
    question,
)

from bangban.features.cases import service as cases
from bangban.features.cases.rules.facts import LIVE
from bangban.features.cases.tables import CaseRow
from bangban.features.custody import service as custody
from bangban.features.custody.tables import CustodyEntryRow
from bangban.features.first_asks import service as asks
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.first_asks.values import AskState
from bangban.features.people.service import assign
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.staffing import service
from bangban.kernel.access.roles import Role
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.work import Work


async def _back(work: Work, login: str, staff_id: UUID, area_id: UUID) -> None:
    await service.reactivate_staff(work, staff_id=staff_id)
    await service.change_staff(work, staff_id=staff_id, changes={"login": login})
    await assign(work, staff_id=staff_id, role=Role.WINDOW_CLERK, area_id=area_id, since=TOMORROW)


def _pass_on(world: World, by: str, to: str, asking: str) -> None:
    to_id = world.people[to].id
    world.act(by, asks.transfer_first_ask, number=asking, to_staff_id=to_id, reason="样本")


def _papers_on(world: World, by: str, to: str, number: str) -> None:
    to_id = world.people[to].id
    world.act(by, custody.forward_papers, number=number, papers=LEASE, to_staff_id=to_id)


def _offer(world: World, by: str, to: str, number: str) -> None:
    to_id = world.people[to].id
    world.act(by, cases.hand_over_case, number=number, to_staff_id=to_id, reason="样本")


def _come_back(world: World, who: str) -> None:
    area_id, staff_id = world.areas["town-a"].id, world.people[who].id
    world.act("admin", _back, login=who, staff_id=staff_id, area_id=area_id)


STAFFING: dict[str, Callable[[World, str], None]] = {
    "close": deactivated,
    "end": post_ended,
    "mute": login_taken,
    "open": _come_back,
}
WORK: dict[str, Callable[[World, str, str, str, str], Any]] = {
    "pass": lambda world, by, to, number, asking: _pass_on(world, by, to, asking),
    "take": lambda world, by, to, number, asking: world.act(
        by, asks.take_first_ask, number=asking, accept=True
    ),
    "offer": lambda world, by, to, number, asking: _offer(world, by, to, number),
    "accept": lambda world, by, to, number, asking: world.act(by, cases.take_over_case, number=number),
    "forward": lambda world, by, to, number, asking: _papers_on(world, by, to, number),
}
ACTS = (*STAFFING, *WORK)


def _done(world: World, what: str, by: str, to: str, number: str, asking: str) -> None:
    if what in STAFFING:
        STAFFING[what](world, by)
    elif world.people[by].id in world.read(_serving):  # nobody else signs in
        WORK[what](world, by, to, number, asking)


_SERVING = (
    select(StaffRow.id)
    .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
    .where(
        StaffRow.active,
        StaffRow.login.is_not(None),
        AssignmentRow.until.is_(None) | (AssignmentRow.until >= TOMORROW),
    )
)


async def _serving(db: AsyncSession) -> set[UUID]:
    return set(await db.scalars(_SERVING))


async def _unanswered(db: AsyncSession) -> set[str]:
    open_cases = select(CaseRow.number).where(
        CaseRow.state.in_(sorted(LIVE)), CaseRow.holder_id.not_in(_SERVING)
    )
    open_asks = select(FirstAskRow.number).where(
        FirstAskRow.state != AskState.CLOSED, FirstAskRow.handler_id.not_in(_SERVING)
    )
    lost = {*await db.scalars(open_cases), *await db.scalars(open_asks)}
    serving, hands = await _serving(db), Counter[UUID]()
    for entry in await db.scalars(select(CustodyEntryRow)):
        for holder, sign in ((entry.to_staff_id, 1), (entry.from_staff_id, -1)):
            if holder is not None and holder not in serving:
                hands[holder] += sign * (entry.originals + entry.copies)
    return lost | {str(holder) for holder, sheets in hands.items() if sheets}


def unanswered(world: World) -> set[str]:
    """What lies with somebody who can do nothing tomorrow."""
    return world.read(_unanswered)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2)), min_size=8, max_size=14)
)
def test_whatever_is_done_to_staff_somebody_can_go_on_with_everything(
    world: World, acts: list[tuple[str, int, int]]
) -> None:
    people = [newcomer(world) for _ in range(3)]
    before = unanswered(world)
    number, asking = case_in_hand(world, people[0]), question(world, people[1])
    world.act(people[2], custody.take_papers, number=number, papers=LEASE)
    for what, by, to in acts:
        try:
            _done(world, what, people[by], people[to], number, asking)
        except Problem:
            continue
        assert unanswered(world) == before, what
