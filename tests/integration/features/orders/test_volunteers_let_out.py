"""A volunteer is let out with nothing in their hands, and sees no door once they are (DOMAIN C17)."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, World
from tests.integration.features.orders.ordering import claim, decide, place, row_of, step

from bangban.features.orders import service
from bangban.features.orders.problems import VolunteerHoldsOrders, VolunteerNotApproved
from bangban.features.orders.service import Skills
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.values import HELD, OrderState, OrderStep
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.work import Work


@pytest.fixture
def let_in(world: World) -> World:
    """The volunteer is trained and let in, and has nothing of other tests in hand."""
    decide(world)
    theirs = OrderRow.holder_id == world.people["volunteer"].id
    for row in world.rows(OrderRow, theirs, OrderRow.state.in_(sorted(HELD))):
        step(world, "volunteer", row.number, OrderStep.RELEASE, reason="样本")
    held = {"title": "上岗", "held_on": dt.date(2026, 3, 1), "trainer": "样本", "services": [ITEM]}
    world.act("dispatcher", service.record_training, **held, attendees=[world.people["volunteer"].id])
    approve(world, approved=True)
    return world


def approve(world: World, *, approved: bool) -> None:
    skills = Skills(all_round=False, themes=(), services=(), approved=approved)
    world.act("dispatcher", service.set_skills, staff_id=world.people["volunteer"].id, skills=skills)


def test_nobody_is_let_out_with_orders_in_hand(let_in: World) -> None:
    order = place(let_in, address="样本路9号")
    claim(let_in, "volunteer", order.number)
    with pytest.raises(VolunteerHoldsOrders) as refused:
        approve(let_in, approved=False)
    assert order.number in refused.value.message("zh")
    assert order.number in refused.value.message("en")
    assert refused.value.fields == ("input.approved",)
    step(let_in, "volunteer", order.number, OrderStep.RELEASE, reason="有事")
    approve(let_in, approved=False)
    with pytest.raises(VolunteerNotApproved):
        claim(let_in, "volunteer", order.number)


def test_whoever_was_let_out_all_the_same_sees_no_door_and_may_give_it_back(let_in: World) -> None:
    order = place(let_in, address="样本路9号")
    claim(let_in, "volunteer", order.number)

    async def let_out(work: Work) -> None:
        theirs = HelperSkillRow.staff_id == let_in.people["volunteer"].id
        await work.db.execute(update(HelperSkillRow).where(theirs).values(approved_at=None, approved_by=None))

    let_in.act("admin", let_out)
    with pytest.raises(VolunteerNotApproved):
        let_in.act("volunteer", service.reveal_order, number=order.number)
    step(let_in, "volunteer", order.number, OrderStep.RELEASE, reason="不再参加")
    assert row_of(let_in, order.id).state is OrderState.OPEN


def test_letting_out_and_claiming_at_once_leave_no_order_with_somebody_let_out(let_in: World) -> None:
    skills = Skills(all_round=False, themes=(), services=(), approved=False)
    staff_id = let_in.people["volunteer"].id
    outcomes = set()
    for _ in range(12):
        approve(let_in, approved=True)
        order = place(let_in)

        async def both(number: str = order.number) -> list[Any]:
            now = dt.datetime.now(dt.UTC)
            acts = (
                let_in.acting("volunteer", service.claim_order, number=number, now=now),
                let_in.acting("dispatcher", service.set_skills, staff_id=staff_id, skills=skills, now=now),
            )
            return await asyncio.gather(*acts, return_exceptions=True)

        claimed, let_out = let_in.run(both())
        failed = [isinstance(each, Problem) for each in (claimed, let_out)]
        assert sorted(failed) == [False, True], (claimed, let_out)
        outcomes.add(tuple(failed))
        if row_of(let_in, order.id).state is OrderState.CLAIMED:
            step(let_in, "volunteer", order.number, OrderStep.RELEASE, reason="让给他人")
            approve(let_in, approved=False)
        assert row_of(let_in, order.id).holder_id is None
    assert outcomes
