"""One case's end never stands in the way of the others; two at once; what the application shows of its cases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.features.cases.casework import World
from tests.integration.features.joint.bundling import (
    EVERY_KEY,
    ID_CARD,
    ITEMS,
    LEASE,
    WHY,
    accept,
    application,
    applied,
    cases,
    finish,
    papers,
    stand,
    state,
)
from tests.integration.features.joint.standings import state_of

from bangban.features.cases import service as casework
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.joint import member_sql, rules, service
from bangban.features.joint.problems import NothingOpen
from bangban.features.joint.values import BundleState
from bangban.kernel.problems import InvalidInput, NotFound, Problem

EASY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DONE = {CaseState.COMPLETED, CaseState.CLOSED}


def outcomes(of: CaseState) -> st.SearchStrategy[tuple[CaseState, CaseOutcome | None]]:
    found = st.sampled_from(CaseOutcome) if of in DONE else st.none()
    return st.tuples(st.just(of), found)


STANDING = st.lists(st.sampled_from(CaseState).flatmap(outcomes), min_size=4, max_size=4)


@EASY
@given(STANDING)
def test_the_database_sees_the_state_that_the_rules_see(
    world: World, standing: list[tuple[CaseState, CaseOutcome | None]]
) -> None:
    number = _shared(world)
    for row, (at, outcome) in zip(cases(world, number), standing, strict=True):
        stand(world, row.id, at, outcome)
    assert state(world, number) == state_of(standing).value
    open_now = sum(at in rules.LIVE for at, _ in standing)
    done = sum(rules.succeeded(*each) for each in standing)
    counted = [seen(world, number, which) for which in ("all", "open", "done", "failed")]
    assert counted == [4, open_now, done, 4 - open_now - done]


_numbers: dict[int, str] = {}


def _shared(world: World) -> str:
    """One application for all examples, whose cases are put where each needs them."""
    if id(world) not in _numbers:
        _numbers[id(world)] = applied(world)
    return _numbers[id(world)]


def seen(world: World, number: str, which: str) -> int:
    from tests.integration.features.joint.bundling import seen as look  # noqa: PLC0415 - the shorter name is taken

    found: int = look(world, number, lambda rows: member_sql.counted(rows, which))
    return found


@settings(parent=EASY, max_examples=8)
@given(st.lists(st.booleans(), min_size=4, max_size=4))
def test_whatever_fails_the_others_are_done(world: World, fails: list[bool]) -> None:
    number = applied(world, "resident")
    for row, failed in zip(cases(world, number), fails, strict=True):
        if failed:
            world.act("clerk", casework.pre_check_case, number=row.number)
            world.act("clerk", casework.decline_case, number=row.number, **WHY)
        else:
            finish(world, row.number)
    ended = cases(world, number)
    assert [row.state is CaseState.DECLINED for row in ended] == fails
    assert {row.decision_basis for row in ended if row.state is CaseState.DECLINED} <= {WHY["basis"]}
    expected = (
        BundleState.NOT_COMPLETED
        if all(fails)
        else BundleState.PARTLY_COMPLETED
        if any(fails)
        else BundleState.COMPLETED
    )
    assert state(world, number) == expected.value


def test_papers_reach_every_case_that_waits_and_no_other(world: World) -> None:
    number = applied(world, "resident", supplied=[])
    declined, *others = cases(world, number)
    stand(world, declined.id, CaseState.DECLINED)
    world.act("resident", service.supply_bundle_materials, number=number, keys=[ID_CARD, LEASE])
    assert set(papers(world, declined.id).values()) == {"MISSING"}
    assert all("SUPPLIED" in papers(world, row.id).values() for row in others)
    with pytest.raises(InvalidInput, match="waited for"):
        world.act("resident", service.supply_bundle_materials, number=number, keys=[ID_CARD])
    with pytest.raises(InvalidInput, match="No such material"):
        world.act("resident", service.supply_bundle_materials, number=number, keys=["NONE"])


def test_what_was_decided_stays_when_the_rest_is_withdrawn(world: World) -> None:
    number = applied(world, "resident")
    first, *others = cases(world, number)
    finish(world, first.number)
    accept(world, others[0].number)
    world.act("resident", service.withdraw_bundle, number=number, reason="不办了")
    assert [row.state.value for row in cases(world, number)] == ["COMPLETED", *["WITHDRAWN"] * 3]
    assert state(world, number) == "PARTLY_COMPLETED"
    with pytest.raises(NothingOpen):
        world.act("resident", service.withdraw_bundle, number=number)


def test_a_stranger_finds_no_application(world: World) -> None:
    number = applied(world, "resident")
    for who in ("stranger", "clerk-b"):
        with pytest.raises(NotFound):
            world.act(who, service.withdraw_bundle, number=number)
    assert state(world, number) == "SUBMITTED"


# ---------------------------------------------------------------------- at once


def together(world: World, *acts: tuple[str, Any, dict[str, Any]]) -> list[str | None]:
    """What came of acts that ran at once: None, or the code of the refusal."""

    async def attempt(who: str, do: Any, how: dict[str, Any]) -> str | None:
        try:
            await world.acting(who, do, **how)
        except Problem as refused:
            return refused.code.value
        return None

    async def all_at_once() -> list[str | None]:
        return await asyncio.gather(*(attempt(*act) for act in acts))

    found: list[str | None] = world.run(all_at_once())
    return found


@pytest.mark.parametrize("n", range(3))
def test_two_officials_finish_two_cases_at_once(world: World, n: int) -> None:
    number = applied(world, services=list(ITEMS[:2]))
    made = cases(world, number)
    for row in made:
        accept(world, row.number)
    done = [
        (who, casework.complete_case, {"number": row.number, "outcome": CaseOutcome.DONE})
        for who, row in zip(("clerk", "clerk-a"), made, strict=True)
    ]
    assert together(world, *done) == [None, None]
    assert state(world, number) == "COMPLETED"


@pytest.mark.parametrize("n", range(3))
def test_papers_come_while_one_is_declined(world: World, n: int) -> None:
    number = applied(world, "resident", supplied=[key for key in EVERY_KEY if key != ID_CARD])
    first, *others = cases(world, number)
    # What the one lacks may be handed in or not before it is declined; the others get it in any case.
    codes = together(
        world,
        ("clerk", casework.decline_case, {"number": first.number, **WHY}),
        ("resident", service.supply_bundle_materials, {"number": number, "keys": [ID_CARD]}),
    )
    assert codes == [None, None]
    assert all("MISSING" not in papers(world, row.id).values() for row in others)
    assert cases(world, number)[0].state is CaseState.DECLINED


@pytest.mark.parametrize("n", range(3))
def test_one_of_two_withdrawals_counts_and_nothing_hangs(world: World, n: int) -> None:
    number = applied(world, "resident")
    codes = together(
        world,
        *(("resident", service.withdraw_bundle, {"number": number}),) * 2,
        ("resident", service.supply_bundle_materials, {"number": number, "keys": [LEASE]}),
    )
    assert codes[:2].count(None) == 1
    assert {row.state for row in cases(world, number)} == {CaseState.WITHDRAWN}
    assert application(world, number).number == number
