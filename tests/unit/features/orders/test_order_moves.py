"""What can be done to an order, and by whom: every other way is refused, and nobody ever pays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.orders.order_facts import CHAIN, NOW, RESIDENT, actor, helper, order

from bangban.features.cases.values import Grade
from bangban.features.orders.placing_problems import KindNotOffered, NobodyToAsk
from bangban.features.orders.problems import (
    IllegalOrderStep,
    NotYourOrder,
    OnlyTheResident,
    OrderAlreadyRated,
    OrderTaken,
)
from bangban.features.orders.rules import ending, placing, taking, working
from bangban.features.orders.rules.facts import Announcement, OrderFacts, Window
from bangban.features.orders.rules.settings import USUAL as KINDS
from bangban.features.orders.rules.settings import OrderSettings
from bangban.features.orders.values import HELD, OrderEventKind, OrderKind, OrderState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import InvalidInput, Problem

USUAL = OrderSettings()
GRID = AreaLevel.GRID
BY_NOBODY_ELSE: dict[str, Any] = {"may_place": False, "may_dispatch": False}
ONE, OTHER = helper(1, GRID), helper(2, GRID)
LATER = Window(begins=NOW + dt.timedelta(hours=2), ends=NOW + dt.timedelta(hours=4))


def place(facts: OrderFacts, **changes: Any) -> OrderFacts:
    given_ = {
        "settings": USUAL,
        "has_address": True,
        "has_note": True,
        "actor": RESIDENT,
        "at": NOW,
    } | changes
    return placing.place_order(facts, [CHAIN[3]], **given_).order


def claim(facts: OrderFacts, who: Any = ONE) -> OrderFacts:
    return taking.claim(facts, who, settings=USUAL, actor=actor(who), at=NOW).order


def start(facts: OrderFacts, who: Any = ONE) -> OrderFacts:
    return working.start(facts, who, settings=USUAL, actor=actor(who), at=NOW).order


def test_an_order_is_offered_with_a_timer() -> None:
    done = placing.place_order(
        order(due_at=None),
        [CHAIN[3], CHAIN[0]],
        settings=USUAL,
        has_address=False,
        has_note=True,
        actor=RESIDENT,
        at=NOW,
    )
    assert done.order.asked == CHAIN[3]
    assert done.timer == done.order.due_at == NOW + dt.timedelta(minutes=120)
    assert done.announce == (Announcement.CHANGED, Announcement.OFFERED)
    with pytest.raises(NobodyToAsk):
        placing.place_order(
            order(), [], settings=USUAL, has_address=False, has_note=True, actor=RESIDENT, at=NOW
        )


def test_a_need_says_what_is_needed() -> None:
    with pytest.raises(InvalidInput) as refused:
        place(order(), has_note=False)
    assert refused.value.fields == ("input.note", "input.serviceCode")
    for said in (
        place(order(service_code="S"), has_note=False),
        place(order(), has_note=False, has_case=True),
    ):
        assert said.state is OrderState.OPEN


def test_a_kind_that_the_district_does_not_offer() -> None:
    only_needs = OrderSettings(kinds={OrderKind.NEED: KINDS[OrderKind.NEED]})
    with pytest.raises(KindNotOffered):
        place(order(kind=OrderKind.CALL_OUT), settings=only_needs)


def test_a_task_at_the_door_needs_address_and_window() -> None:
    door = order(kind=OrderKind.PICKUP)
    for facts, address in ((door, True), (order(kind=OrderKind.DELIVERY, window=LATER), False)):
        with pytest.raises(InvalidInput):
            place(facts, has_address=address)
    assert place(order(kind=OrderKind.PICKUP, window=LATER)).window == LATER


@pytest.mark.parametrize(
    "window",
    [
        Window(begins=LATER.ends, ends=LATER.begins),
        Window(begins=NOW - dt.timedelta(hours=3), ends=NOW - dt.timedelta(hours=1)),
        Window(begins=NOW - dt.timedelta(hours=3), ends=NOW),  # it is over
        Window(begins=LATER.begins, ends=LATER.begins),
        Window(begins=NOW, ends=NOW + dt.timedelta(hours=12, seconds=1)),
    ],
)
def test_windows_that_cannot_be(window: Window) -> None:
    with pytest.raises(InvalidInput):
        place(order(kind=OrderKind.PICKUP, window=window))


def test_the_longest_window_and_one_that_is_nearly_over() -> None:
    for window in (
        Window(begins=NOW, ends=NOW + dt.timedelta(hours=12)),
        Window(begins=NOW - dt.timedelta(hours=3), ends=NOW + dt.timedelta(seconds=1)),
    ):
        assert place(order(kind=OrderKind.PICKUP, window=window)).window == window


def test_one_of_two_gets_it_and_the_other_is_told_so() -> None:
    taken = claim(order())
    assert (taken.holder_id, taken.state, taken.due_at) == (ONE.id, OrderState.CLAIMED, None)
    with pytest.raises(OrderTaken):
        claim(taken, OTHER)


@given(who=st.lists(st.sampled_from([ONE, OTHER, helper(3, GRID)]), min_size=1, max_size=8))
def test_in_any_sequence_of_claims_exactly_the_first_wins(who: list[Any]) -> None:
    facts, won = order(), []
    for each in who:
        try:
            facts = claim(facts, each)
        except OrderTaken:
            continue
        won.append(each.id)
    assert won == [who[0].id]
    assert facts.holder_id == who[0].id


def test_the_way_to_done_and_its_rating() -> None:
    doing = start(claim(order()))
    assert (doing.tries, doing.started_at) == (1, NOW)
    done = working.finish(doing, actor=actor(ONE), at=NOW).order
    assert (done.state, done.ended_at) == (OrderState.DONE, NOW)
    rated = ending.rate(done, grade=Grade.SATISFIED, comment=" 好 ", actor=RESIDENT, at=NOW).order
    assert (rated.grade, rated.comment) == (Grade.SATISFIED, "好")
    with pytest.raises(OrderAlreadyRated):
        ending.rate(rated, grade=Grade.SATISFIED, comment=None, actor=RESIDENT, at=NOW)
    for stranger in (actor(ONE), actor(OTHER)):
        with pytest.raises(OnlyTheResident):
            ending.rate(done, grade=Grade.SATISFIED, comment=None, actor=stranger, at=NOW)


def test_a_failed_try_has_a_reason_and_may_be_tried_again() -> None:
    doing = start(claim(order(kind=OrderKind.PICKUP, window=LATER)))
    with pytest.raises(InvalidInput):
        working.fail(doing, reason=" ", window=None, actor=actor(ONE), at=NOW)
    next_day = Window(begins=NOW + dt.timedelta(hours=24), ends=NOW + dt.timedelta(hours=26))
    failed = working.fail(doing, reason="家中无人", window=next_day, actor=actor(ONE), at=NOW)
    assert failed.event.note == "家中无人"
    assert failed.order.window == next_day
    assert start(failed.order).tries == 2


def test_what_is_given_back_is_offered_again_from_below() -> None:
    taken = claim(order(asked=CHAIN[0]))
    back = working.release(
        taken, [CHAIN[3], CHAIN[0]], reason="生病", settings=USUAL, actor=actor(ONE), at=NOW
    )
    assert (back.order.state, back.order.holder_id, back.order.asked) == (OrderState.OPEN, None, CHAIN[3])
    assert back.timer == NOW + dt.timedelta(minutes=120)


def test_an_assignment_says_why_and_from_whom() -> None:
    given_ = taking.assign(
        claim(order()), OTHER, reason="就近", settings=USUAL, actor=actor(helper(5, AreaLevel.COUNTY)), at=NOW
    )
    assert given_.order.holder_id == OTHER.id
    assert given_.audit.details == {"from": str(ONE.id), "to": str(OTHER.id)}
    assert (given_.event.staff_id, given_.event.note) == (OTHER.id, "就近")
    with pytest.raises(InvalidInput):
        taking.assign(order(), ONE, reason="", settings=USUAL, actor=actor(OTHER), at=NOW)


def test_whoever_asked_may_cancel_until_somebody_is_on_the_way() -> None:
    how: dict[str, Any] = {"reason": None, **BY_NOBODY_ELSE, "actor": RESIDENT, "at": NOW}
    assert ending.cancel(claim(order()), **how).order.state is OrderState.CANCELLED
    with pytest.raises(IllegalOrderStep):
        ending.cancel(start(claim(order())), **how)
    with pytest.raises(OnlyTheResident):
        ending.cancel(order(), **(how | {"actor": actor(ONE)}))
    by_staff = how | {"actor": actor(ONE), "may_dispatch": True}
    with pytest.raises(InvalidInput):
        ending.cancel(order(), **by_staff)
    assert ending.cancel(order(), **(by_staff | {"reason": "重复下单"})).event.note == "重复下单"


def test_whoever_of_the_staff_placed_it_may_cancel_it_with_a_reason_until_somebody_is_on_the_way() -> None:
    how: dict[str, Any] = {
        "reason": "填错地址",
        "may_place": True,
        "may_dispatch": False,
        "actor": actor(OTHER),
        "at": NOW,
    }
    placed = order(placed_by_id=OTHER.id)
    for facts in (placed, claim(placed)):
        done = ending.cancel(facts, **how)
        assert (done.order.state, done.event.note) == (OrderState.CANCELLED, "填错地址")
        assert done.audit.action is Permission.ORDER_PLACE
    with pytest.raises(InvalidInput):
        ending.cancel(placed, **(how | {"reason": " "}))
    with pytest.raises(IllegalOrderStep):
        ending.cancel(start(claim(placed)), **how)
    for changes in ({"may_place": False}, {"actor": actor(ONE)}, {"actor": RESIDENT}):
        with pytest.raises(OnlyTheResident):
            ending.cancel(replace(placed, resident_id=None), **(how | changes))
    by_resident = {"settings": USUAL, "has_address": False, "has_note": True, "at": NOW}
    for who, expected in ((RESIDENT, None), (actor(OTHER), OTHER.id)):
        assert placing.place_order(order(), [CHAIN[3]], actor=who, **by_resident).event.staff_id == expected


STEPS = {
    "claim": lambda facts, who: taking.claim(facts, who, settings=USUAL, actor=actor(who), at=NOW),
    "assign": lambda facts, who: taking.assign(
        facts, who, reason="x", settings=USUAL, actor=actor(OTHER), at=NOW
    ),
    "start": lambda facts, who: working.start(facts, who, settings=USUAL, actor=actor(who), at=NOW),
    "finish": lambda facts, who: working.finish(facts, actor=actor(who), at=NOW),
    "fail": lambda facts, who: working.fail(facts, reason="x", window=None, actor=actor(who), at=NOW),
    "release": lambda facts, who: working.release(
        facts, [CHAIN[3]], reason="x", settings=USUAL, actor=actor(who), at=NOW
    ),
    "cancel": lambda facts, _: ending.cancel(facts, reason=None, **BY_NOBODY_ELSE, actor=RESIDENT, at=NOW),
}


@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([ONE, OTHER])), max_size=12))
def test_whatever_is_tried_an_order_has_a_holder_exactly_while_somebody_answers_for_it(
    steps: list[tuple[str, Any]],
) -> None:
    facts = order()
    for name, who in steps:
        before = facts
        try:
            step = STEPS[name](facts, who)
        except Problem:
            continue
        facts = step.order
        assert step.event.from_state is before.state
        assert step.event.to_state is facts.state
        assert before.state not in (OrderState.DONE, OrderState.CANCELLED), "an end is an end"
        if name in ("start", "finish", "fail", "release"):
            assert before.holder_id == who.id
        if facts.state in HELD:
            assert facts.holder_id is not None
        if facts.state is OrderState.OPEN:
            assert facts.holder_id is None
            assert facts.due_at is not None
        assert step.event.kind in OrderEventKind


def test_only_who_has_it_works_on_it() -> None:
    taken = claim(order())
    for name in ("start", "release"):
        with pytest.raises(NotYourOrder):
            STEPS[name](taken, OTHER)


def test_a_problem_says_what_it_is_and_goes_up_when_it_is_not_solved() -> None:
    settings = OrderSettings(kinds=KINDS)
    reported = order(kind=OrderKind.ISSUE, due_at=None)
    with pytest.raises(InvalidInput):
        place(reported, settings=settings, has_note=False)
    with pytest.raises(KindNotOffered):
        place(reported)  # a district that says nothing takes none up
    given_ = {"settings": settings, "has_address": False, "has_note": True, "actor": RESIDENT, "at": NOW}
    asked = placing.place_order(reported, [CHAIN[3]], **given_)
    assert asked.timer == NOW + dt.timedelta(minutes=240)
    places = [CHAIN[3], CHAIN[1], CHAIN[0]]

    def given_up(facts: OrderFacts) -> OrderFacts:
        taken = taking.claim(facts, ONE, settings=settings, actor=actor(ONE), at=NOW).order
        why = {"reason": "须由街道协调", "settings": settings, "actor": actor(ONE), "at": NOW}
        return working.release(taken, places, **why).order

    assert given_up(asked.order).asked == CHAIN[1], "not to the grid again"
    highest = replace(asked.order, asked=CHAIN[0])
    taken = replace(highest, state=OrderState.CLAIMED, holder_id=ONE.id)
    why = {"reason": "无法解决", "settings": settings, "actor": actor(ONE), "at": NOW}
    assert working.release(taken, places, **why).order.asked == CHAIN[0], "nobody is above"
    need = replace(taken, kind=OrderKind.NEED, asked=CHAIN[1])
    assert working.release(need, places, **why).order.asked == CHAIN[3]
