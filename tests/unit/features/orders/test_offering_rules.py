"""Who is offered an order, who is chosen, and where it goes when nobody takes it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.orders.order_facts import CHAIN, NOW, helper, order, place, volunteer

from bangban.features.orders.placing_problems import OnlyNeeds
from bangban.features.orders.problems import NobodyElse, NotOfferedToYou, TooManyInHand, VolunteerNotApproved
from bangban.features.orders.rules.facts import Announcement, Helper
from bangban.features.orders.rules.offering import (
    by_fitness,
    check_claim,
    choose,
    fall_through,
    places_to_ask,
    unfitness,
)
from bangban.features.orders.rules.settings import USUAL as KINDS
from bangban.features.orders.rules.settings import OrderSettings, order_settings
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderState
from bangban.features.people.problems import TrainingRequired
from bangban.features.people.training import TrainingNeeds
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import ErrorCode

COUNTY, TOWN, VILLAGE, GRID, MICRO = AreaLevel
USUAL = OrderSettings(kinds=KINDS)

levels = st.sampled_from(list(AreaLevel))
helpers = st.lists(
    st.builds(
        helper,
        st.integers(0, 20),
        levels,
        load=st.integers(0, 12),
        trained=st.booleans(),
        all_round=st.booleans(),
    ),
    unique_by=lambda each: each.id,
)


def test_only_the_posts_that_the_offer_has_come_to_may_claim() -> None:
    for asked in (GRID, VILLAGE, COUNTY):
        for post in AreaLevel:
            offered = order(asked=place(asked))
            if asked.depth <= post.depth <= GRID.depth:
                check_claim(offered, helper(1, post), USUAL)
            else:
                with pytest.raises(NotOfferedToYou):
                    check_claim(offered, helper(1, post), USUAL)


def test_volunteers_take_needs_once_let_in_and_trained() -> None:
    check_claim(order(), volunteer(1, GRID), USUAL)
    assert isinstance(unfitness(order(), volunteer(1, GRID, approved=False), USUAL), VolunteerNotApproved)
    assert isinstance(
        unfitness(order(), volunteer(1, GRID, trained_at_all=False), USUAL), VolunteerNotApproved
    )
    lenient = OrderSettings(volunteer_training=False)
    assert unfitness(order(), volunteer(1, GRID, trained_at_all=False), lenient) is None
    for kind in set(OrderKind) - {OrderKind.NEED}:
        assert isinstance(unfitness(order(kind=kind), volunteer(1, GRID), USUAL), OnlyNeeds)


def test_the_untrained_may_not_help_with_what_takes_a_training() -> None:
    strict = OrderSettings(training=TrainingNeeds(items=frozenset({"A"})))
    with pytest.raises(TrainingRequired):
        check_claim(order(service_code="A"), helper(1, GRID), strict)
    check_claim(order(service_code="A"), helper(1, GRID, trained=True), strict)
    check_claim(order(service_code="B"), helper(1, GRID), strict)


def test_nobody_takes_more_than_the_limit() -> None:
    limited = OrderSettings(load_limit=3)
    check_claim(order(), helper(1, GRID, load=2), limited)
    with pytest.raises(TooManyInHand):
        check_claim(order(), helper(1, GRID, load=3), limited)


def test_the_order_of_choice() -> None:
    asked = order(service_code="A", theme="社会保障", department="人社局")
    owner = helper(9, COUNTY, departments=frozenset({"人社局"}), load=9)
    skilled = helper(8, GRID, themes=frozenset({"社会保障"}), load=5)
    idle, busy = helper(7, GRID), helper(1, GRID, load=1)
    above = helper(0, VILLAGE, services=frozenset({"A"}))
    assert by_fitness(asked, [above, busy, idle, skilled, owner]) == [owner, skilled, idle, busy, above]
    assert by_fitness(asked, [helper(2, GRID), helper(1, GRID)])[0].id == helper(1, GRID).id


@given(found=helpers)
def test_the_choice_is_somebody_who_may_and_does_not_hang_on_how_they_are_listed(found: list[Helper]) -> None:
    strict = OrderSettings(training=TrainingNeeds(items=frozenset({"A"})), load_limit=10)
    asked = order(service_code="A")
    able = [each for each in found if each.trained and each.load < 10]
    if not able:
        with pytest.raises(NobodyElse) as refused:
            choose(asked, found, strict)
        assert refused.value.code is ErrorCode.CONFLICT, "nothing to send again at once"
        return
    chosen = choose(asked, found, strict)
    assert chosen in able
    assert chosen == choose(asked, list(reversed(found)), strict)


@given(found=helpers, kind=st.sampled_from(list(OrderKind)))
def test_an_order_goes_from_the_deepest_staffed_place_upwards_and_is_never_lost(
    found: list[Helper], kind: OrderKind
) -> None:
    asked = order(kind=kind)
    below = [each for each in CHAIN if each.level.depth <= GRID.depth]
    places = places_to_ask(below, found, order=asked, settings=USUAL)
    depths = [each.level.depth for each in places]
    assert depths == sorted(depths, reverse=True)
    assert {each.id for each in places} <= {each.post.id for each in found}
    assert all(each.level in USUAL.kinds[kind].levels for each in places)
    if not places:
        return
    now, current = NOW, order(kind=kind, asked=places[0], due_at=NOW)
    seen = [current.asked]
    while (step := fall_through(current, places, settings=USUAL, at=now)) is not None:
        assert step.order.state is OrderState.OPEN
        assert fall_through(step.order, places, settings=USUAL, at=now) is None, "twice is once"
        if step.timer is None:
            assert step.event.kind is OrderEventKind.UNCLAIMED
            assert step.announce == (Announcement.CHANGED, Announcement.LEFT_OVER)
            break
        assert step.timer == now + dt.timedelta(minutes=USUAL.kinds[kind].claim_minutes)
        current, now = step.order, step.timer
        seen.append(current.asked)
    assert seen == places, "each place once, and the last is told"


def test_a_timer_that_comes_too_early_or_too_late_does_nothing() -> None:
    places = places_to_ask(CHAIN, [helper(1, GRID), helper(2, TOWN)], order=order(), settings=USUAL)
    early = NOW + dt.timedelta(minutes=119)
    assert fall_through(order(), places, settings=USUAL, at=early) is None
    late = NOW + dt.timedelta(days=1)
    for state in set(OrderState) - {OrderState.OPEN}:
        taken = order(state=state, holder_id=helper(1, GRID).id)
        assert fall_through(taken, places, settings=USUAL, at=late) is None


def test_a_call_from_a_park_falls_to_the_county_after_five_minutes() -> None:
    park = order(kind=OrderKind.CALL_OUT, place=place(TOWN), asked=place(TOWN), due_at=NOW)
    places = places_to_ask(CHAIN[:2], [helper(1, TOWN), helper(2, COUNTY)], order=park, settings=USUAL)
    step = fall_through(park, places, settings=USUAL, at=NOW)
    assert step is not None
    assert step.order.asked == place(COUNTY)
    assert step.timer == NOW + dt.timedelta(minutes=5)


def test_a_district_decides_its_kinds_limits_and_levels() -> None:
    said = {
        "orders": {
            "kinds": [{"kind": "NEED", "claim_minutes": 45}, {"kind": "CALL_OUT", "falls_to": ["COUNTY"]}],
            "load_limit": 2,
            "required_training": ["A"],
        }
    }
    found = order_settings(said)
    assert {kind: (each.claim_minutes, each.levels) for kind, each in found.kinds.items()} == {
        OrderKind.NEED: (45, tuple(reversed(AreaLevel))),
        OrderKind.CALL_OUT: (5, (COUNTY,)),
    }
    assert (found.load_limit, found.training.items, found.volunteer_training) == (2, {"A"}, True)
    assert order_settings({}) == OrderSettings()
