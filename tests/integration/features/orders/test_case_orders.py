"""One order at a time offers a case, and ends with it, however often that is told; and what reasons may say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import decide, history, place, put, race, row_of

from bangban.features.cases import service as cases
from bangban.features.cases.problems import IllegalTransition, PhraseBanned
from bangban.features.cases.rules.assistance import SETTING as ASSISTANCE
from bangban.features.cases.rules.transition import Announcement
from bangban.features.orders import service
from bangban.features.orders.following import follow
from bangban.features.orders.placing_problems import CaseOffered, DoorOrdered
from bangban.features.orders.service import Wanted
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState, OrderStep
from bangban.kernel.identifiers import NumberInText, sample_phone
from bangban.kernel.jobs.deliveries import Delivery


@pytest.fixture
def world(orders_world: World) -> Iterator[World]:
    """The district, where one phrase is banned."""
    put(orders_world, ASSISTANCE, {"phrases": [{"phrase": "不知道"}]})
    yield orders_world
    put(orders_world, ASSISTANCE, {})
    decide(orders_world)


def offer(world: World, number: str) -> OrderRow:
    return place(world, "dispatcher", kind=OrderKind.CASE, case_number=number)


def tell(world: World, number: str, end: Announcement) -> None:
    at, reference = dt.datetime.now(dt.UTC), str(world.case(number).id)
    delivery = Delivery(id=1, kind=str(end), reference=reference, district=world.district, at=at, tries=1)
    world.run(follow(world.tenancy, delivery))


def test_a_case_is_offered_by_one_order_at_a_time(world: World) -> None:
    number = world.apply("clerk", area="grid-a")
    first = offer(world, number)
    with pytest.raises(CaseOffered) as refused:
        offer(world, number)
    assert refused.value.facts["number"] == first.number
    world.act("dispatcher", service.progress_order, number=first.number, step=OrderStep.CANCEL, reason="重派")
    assert offer(world, number).state == OrderState.OPEN


def test_one_door_of_a_case_is_gone_to_by_one_order_of_a_kind(world: World) -> None:
    number, other = (world.apply("clerk", area="grid-a") for _ in range(2))
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    how: dict[str, Any] = {
        "address": "样本路1号",
        "window_from": begins,
        "window_until": begins + dt.timedelta(hours=2),
    }

    def door(kind: OrderKind = OrderKind.PICKUP, case_number: str = number) -> OrderRow:
        return place(world, "clerk", kind=kind, case_number=case_number, **how)

    first = door()
    with pytest.raises(DoorOrdered) as refused:
        door()
    assert refused.value.facts["number"] == first.number
    later = {name: how[name] + dt.timedelta(hours=2) for name in ("window_from", "window_until")}
    assert (
        place(world, "clerk", kind=OrderKind.PICKUP, case_number=number, **{**how, **later}).state == "OPEN"
    )
    assert door(OrderKind.DELIVERY).state == door(case_number=other).state == OrderState.OPEN
    world.act("dispatcher", service.progress_order, number=first.number, step=OrderStep.CANCEL, reason="改期")
    assert door().state == OrderState.OPEN


def test_of_two_who_ask_for_the_same_door_at_once_one_does(world: World) -> None:
    number, begins = world.apply("clerk", area="grid-a"), dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    wanted = Wanted(
        kind=OrderKind.PICKUP,
        area_id=world.areas["grid-a"].id,
        case_number=number,
        address="样本路1号",
        window_from=begins,
        window_until=begins + dt.timedelta(hours=2),
    )
    how: dict[str, Any] = {"wanted": wanted}
    assert race(world, *[("clerk", service.place_order, how)] * 4) == ["DoorOrdered"] * 3


def test_of_two_who_offer_a_case_at_once_one_does(world: World) -> None:
    number = world.apply("clerk", area="grid-a")
    wanted = Wanted(kind=OrderKind.CASE, area_id=world.areas["grid-a"].id, case_number=number)
    how: dict[str, Any] = {"wanted": wanted}
    assert race(world, *[("dispatcher", service.place_order, how)] * 4) == ["CaseOffered"] * 3


@pytest.mark.parametrize(
    ("taken", "end", "state"),
    [
        (False, Announcement.WITHDRAWN, OrderState.CANCELLED),
        (False, Announcement.COMPLETED, OrderState.CANCELLED),
        (True, Announcement.TERMINATED, OrderState.CANCELLED),
        (True, Announcement.COMPLETED, OrderState.DONE),
    ],
)
def test_it_ends_with_its_case_once(world: World, taken: bool, end: Announcement, state: OrderState) -> None:
    number = world.apply("clerk", area="grid-a")
    order, other = offer(world, number), place(world)
    if taken:
        world.act("grid-helper", service.claim_order, number=order.number)
    for _ in range(2):  # announcements may come twice
        tell(world, number, end)
    found = row_of(world, order.id)
    assert (found.state, found.ended_at is not None, found.due_at) == (state, True, None)
    assert [each.kind for each in history(world, order.id)].count(state.value) == 1
    assert row_of(world, other.id).state == OrderState.OPEN, "what has no case goes on"


def test_a_case_that_is_over_is_not_offered(world: World) -> None:
    number = world.apply("clerk", area="grid-a")
    world.act("clerk", cases.decline_case, number=number, reason="不属于本事项", basis="行政许可法第三十二条")
    with pytest.raises(IllegalTransition):
        offer(world, number)


def test_reasons_hold_no_banned_phrases_and_nobodys_numbers(world: World) -> None:
    for words in (f"联系{sample_phone(3)}", "身份证 999999190001011239"):
        with pytest.raises(NumberInText):
            place(world, note=words)
    order = place(world, note="家里有老人,请上门")
    world.act("grid-helper", service.claim_order, number=order.number)
    world.act("grid-helper", service.progress_order, number=order.number, step=OrderStep.START)
    for reason, refusal in (("不知道,你去问别人", PhraseBanned), (sample_phone(4), NumberInText)):
        with pytest.raises(refusal):
            world.act(
                "grid-helper", service.progress_order, number=order.number, step=OrderStep.FAIL, reason=reason
            )
        with pytest.raises(refusal):
            world.act(
                "dispatcher", service.assign_order, number=order.number, to_staff_id=None, reason=reason
            )
    assert row_of(world, order.id).state == OrderState.DOING
