"""Errands to a door for a case that ended on the way: nobody goes in vain, and what was given is in custody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import claim, decide, history, place, row_of, step
from tests.integration.features.orders.test_case_orders import tell
from tests.integration.features.orders.test_falling_through import Turned

from bangban.features.cases import service as cases
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.rules.transition import Announcement
from bangban.features.custody.service import forward_papers, return_papers, take_papers
from bangban.features.orders.messages import handlers
from bangban.features.orders.placing_problems import NothingToDeliver
from bangban.features.orders.problems import PapersToBeDelivered, PapersToBeReturned
from bangban.features.orders.service.signing import Signed
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD, OrderKind, OrderState, OrderStep
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.messenger import Template
from bangban.kernel.problems import ErrorCode
from bangban.kernel.tenancy.work import Work

LEASE = [Papers("LEASE", originals=1)]
SIGNED = Signed(by="样本住户")


@pytest.fixture
def world(orders_world: World) -> Iterator[World]:
    """The district of all tests of orders: what was taken here is nobody's load afterwards."""
    yield orders_world
    orders_world.act("admin", _drop)
    decide(orders_world)


async def _drop(work: Work) -> None:
    held = OrderRow.state.in_(sorted(HELD))
    await work.db.execute(update(OrderRow).where(held).values(state=OrderState.CANCELLED, ended_at=work.now))


_apart = count()  # of one case, no two errands of a kind are for the same time


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def door(world: World, number: str, *steps: OrderStep, claimed: bool = True, **how: Any) -> OrderRow:
    """An errand for the case, taken by the helper of the grid unless said otherwise, as far as the steps bring it."""
    begins = now() + next(_apart) * dt.timedelta(hours=3)
    given = {"kind": OrderKind.PICKUP, "window_from": begins, "window_until": begins + dt.timedelta(hours=2)}
    row = place(world, "grid-helper", case_number=number, address="样本路1号", **(given | how))
    if claimed:
        claim(world, "grid-helper", row.number)
    for each in steps:
        step(world, "grid-helper", row.number, each, **({"reason": "无人"} if each is OrderStep.FAIL else {}))
    return row


def declined(world: World, number: str) -> None:
    """The end of the case, and what follows it; announcements may come twice."""
    world.act(
        "clerk",
        cases.decline_case,
        now=now(),
        number=number,
        reason="不属于本事项",
        basis="行政许可法第三十二条",
    )
    for _ in range(2):
        tell(world, number, Announcement.DECLINED)


def test_errands_end_with_a_case_that_is_not_decided_unless_somebody_is_on_the_way(world: World) -> None:
    number = world.apply("grid-helper", area="grid-a")
    start, fail = OrderStep.START, OrderStep.FAIL
    ending = [
        door(world, number, claimed=False),
        door(world, number),
        door(world, number, start, fail),
        door(world, number, kind=OrderKind.DELIVERY),
    ]
    doing = door(world, number, start)
    declined(world, number)
    assert {row_of(world, each.id).state for each in ending} == {OrderState.CANCELLED}
    assert [[each.kind for each in history(world, row.id)].count("CANCELLED") for row in ending] == [1] * 4
    told = ["order.cancelled" in world.outbox(str(each.id)) for each in ending]
    assert told == [False, True, True, True], "whoever had it hears of it"
    assert row_of(world, doing.id).state is OrderState.DOING


def test_whoever_is_on_the_way_is_told_of_the_end(world: World) -> None:
    number = world.apply("grid-helper", area="grid-a")
    door(world, number), door(world, number, OrderStep.START)
    letters = Turned(world).letters
    delivery = Delivery(
        id=7,
        kind=str(Announcement.WITHDRAWN),
        reference=str(world.case(number).id),
        district=world.district,
        at=now(),
        tries=1,
    )
    world.run(handlers(world.tenancy, letters)[str(Announcement.WITHDRAWN)](delivery))
    assert [(each.template, each.to) for each in letters.sent] == [
        (Template.ORDER_CASE_OVER, "staff:grid-helper")
    ]


def test_papers_given_at_the_door_come_into_custody_and_go_back(world: World) -> None:
    number = world.apply("grid-helper", area="grid-a")
    row = door(world, number, OrderStep.START)
    declined(world, number)
    finish = {"who": "grid-helper", "number": row.number, "what": OrderStep.FINISH, "signed": SIGNED}
    with pytest.raises(PapersToBeReturned):
        step(world, **finish)
    assert row_of(world, row.id).state is OrderState.DOING
    step(world, **finish, papers=LEASE)
    assert (row_of(world, row.id).state, world.case(number).papers_out) == (OrderState.DONE, 1)
    world.act("grid-helper", return_papers, now=now(), number=number, papers=LEASE)
    assert world.case(number).papers_out == 0
    with pytest.raises(IllegalTransition):  # nobody set out for these
        world.act("grid-helper", take_papers, now=now(), number=number, papers=LEASE)


def test_nobody_sets_out_to_fetch_something_for_a_case_that_is_over(world: World) -> None:
    """The outbox may be late: between the end of a case and what follows it somebody still has the errand."""
    number = world.apply("grid-helper", area="grid-a")
    claimed, failed = door(world, number), door(world, number, OrderStep.START, OrderStep.FAIL)
    back = door(world, number, kind=OrderKind.DELIVERY)
    ended = {"reason": "不属于本事项", "basis": "行政许可法第三十二条"}
    world.act("clerk", cases.decline_case, now=now(), number=number, **ended)
    for row in (claimed, failed):
        with pytest.raises(IllegalTransition):
            step(world, "grid-helper", row.number, OrderStep.START)
    step(world, "grid-helper", back.number, OrderStep.START)
    step(world, "grid-helper", claimed.number, OrderStep.RELEASE, reason="办件已结束")
    assert row_of(world, claimed.id).state is OrderState.CANCELLED


@pytest.mark.parametrize("given_up", [OrderStep.FAIL, OrderStep.RELEASE])
def test_an_errand_in_vain_for_a_case_that_is_over_has_no_next_try(world: World, given_up: OrderStep) -> None:
    number = world.apply("grid-helper", area="grid-a")
    row = door(world, number, OrderStep.START)
    declined(world, number)
    step(world, "grid-helper", row.number, given_up, reason="未收材料")
    assert row_of(world, row.id).state is OrderState.CANCELLED


def test_nothing_is_fetched_for_a_case_that_is_over_and_papers_are_still_brought_back(world: World) -> None:
    number = world.apply("grid-helper", area="grid-a")
    world.act("grid-helper", take_papers, now=now(), number=number, papers=LEASE)
    declined(world, number)
    with pytest.raises(IllegalTransition):
        door(world, number, claimed=False)
    back = door(world, number, OrderStep.START, kind=OrderKind.DELIVERY)
    assert row_of(world, back.id).state is OrderState.DOING


@pytest.mark.parametrize("filed", [False, True])
def test_nothing_is_delivered_of_a_case_without_result_unless_somebody_has_its_papers(
    world: World, filed: bool
) -> None:
    bare, number = (world.apply("grid-helper", area="grid-a") for _ in range(2))
    took = {"now": now(), "number": number, "papers": LEASE}
    world.act("grid-helper", take_papers, **took)
    if filed:  # a unit has them, from which they can be fetched
        world.act("grid-helper", forward_papers, **took, to_area_id=world.case(number).area_id)
    door(world, bare, kind=OrderKind.DELIVERY)  # its result may still come
    for each in (bare, number):
        declined(world, each)
    with pytest.raises(NothingToDeliver) as refused:
        door(world, bare, kind=OrderKind.DELIVERY)
    assert refused.value.fields == ("input.caseNumber",)
    assert door(world, number, kind=OrderKind.DELIVERY).state is OrderState.OPEN


def test_a_delivery_does_not_end_without_papers_while_the_helper_has_them(world: World) -> None:
    number = world.apply("grid-helper", area="grid-a")
    world.act("grid-helper", take_papers, now=now(), number=number, papers=LEASE)
    row = door(world, number, OrderStep.START, kind=OrderKind.DELIVERY)
    finish = {"who": "grid-helper", "number": row.number, "what": OrderStep.FINISH, "signed": SIGNED}
    with pytest.raises(PapersToBeDelivered) as refused:
        step(world, **finish)
    assert (refused.value.code, refused.value.fields) == (ErrorCode.PAPERS_OUT, ("input.papers",))
    assert row_of(world, row.id).state is OrderState.DOING
    step(world, **finish, papers=LEASE)
    assert (row_of(world, row.id).state, world.case(number).papers_out) == (OrderState.DONE, 0)
    empty = door(world, number, OrderStep.START, kind=OrderKind.DELIVERY)  # what custody does not know
    step(world, **(finish | {"number": empty.number}))
    assert row_of(world, empty.id).state is OrderState.DONE
