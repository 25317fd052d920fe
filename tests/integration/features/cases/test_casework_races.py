"""Two people act on one case at once: exactly one wins, the other is told clearly."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from tests.integration.features.cases.casework import ITEM, REQUIRED, World, applicant, race

from bangban.features.cases import service
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState

EACH_TIME = 4


@pytest.mark.parametrize("n", range(EACH_TIME))
def test_one_of_two_clerks_accepts(world: World, n: int) -> None:
    number = world.apply(supplied=list(REQUIRED))
    world.act("clerk", service.pre_check_case, number=number)
    how = {"number": number}
    assert race(world, ("clerk", service.accept_case, how), ("clerk-a", service.accept_case, how)) == [
        "ILLEGAL_TRANSITION"
    ]
    assert len(world.events(number)) == 3


@pytest.mark.parametrize("n", range(EACH_TIME))
def test_a_case_is_completed_or_withdrawn_never_both(world: World, n: int) -> None:
    number = world.accepted(who="resident")
    lost = race(
        world,
        ("clerk", service.complete_case, {"number": number, "outcome": CaseOutcome.DONE}),
        ("resident", service.withdraw_case, {"number": number}),
    )
    assert lost == ["ILLEGAL_TRANSITION"]
    assert world.case(number).state in {CaseState.COMPLETED, CaseState.WITHDRAWN}


def test_a_hand_over_is_taken_or_returned_once(world: World) -> None:
    number = world.apply()
    to = world.people["clerk-a"].id
    world.act("helper-a", service.hand_over_case, number=number, to_staff_id=to, reason="接力")
    lost = race(
        world,
        ("clerk-a", service.take_over_case, {"number": number}),
        ("clerk-a", service.take_over_case, {"number": number}),
        ("clerk-a", service.return_case, {"number": number, "reason": "不在岗"}),
    )
    assert lost == ["NO_HANDOVER", "NO_HANDOVER"]


def test_one_of_two_pre_checks_counts(world: World) -> None:
    number = world.apply(supplied=list(REQUIRED))
    how = {"number": number}
    acts = [(who, service.pre_check_case, how) for who in ("clerk", "clerk-a", "helper-a")]
    assert race(world, *acts) == ["ILLEGAL_TRANSITION", "ILLEGAL_TRANSITION"]


def test_numbers_are_unique_when_many_apply_at_once(world: World) -> None:
    area = world.areas["village-a"].id
    how = {"service_code": ITEM, "area_id": area}
    people = [applicant(100 + n) for n in range(20)]
    lost = race(
        world,
        *(("helper-a", service.apply_for_case, {**how, "applicant": person}) for person in people),
    )
    assert lost == []

    async def counts(db: AsyncSession) -> tuple[int, int]:
        one = (await db.execute(select(func.count(), func.count(CaseRow.number.distinct())))).one()
        return one[0], one[1]

    rows, numbers = world.read(counts)
    assert rows == numbers
