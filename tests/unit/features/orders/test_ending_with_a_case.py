"""What becomes of an order for a case when the case is over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.unit.features.orders.order_facts import NOW, order

from bangban.features.joint.messages import handlers as of_bundles
from bangban.features.orders.following import handlers
from bangban.features.orders.rules.ending import end_with_case
from bangban.features.orders.values import AT_THE_DOOR, HELD, LIVE, OrderKind, OrderState
from bangban.features.supervision.daily import handlers as of_supervision

LATER = NOW + dt.timedelta(hours=1)


def test_every_end_of_a_case_is_followed() -> None:
    nobody: Any = None  # until something is told
    ends = {"declined", "withdrawn", "terminated", "result-withdrawn", "completed"}
    assert set(handlers(nobody)) == {f"case.{each}" for each in ends}
    assert set(handlers(nobody)) <= set(of_supervision(nobody))
    assert set(handlers(nobody)) <= set(of_bundles(nobody, nobody))


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("done", [False, True])
def test_it_is_done_where_somebody_had_it_and_the_case_was_decided(state: OrderState, *, done: bool) -> None:
    found = end_with_case(order(kind=OrderKind.CASE, state=state), done=done, at=LATER)
    if state in (OrderState.DONE, OrderState.CANCELLED):
        assert found is None, "it is over already"
        return
    assert found is not None
    assert found.order.state is (OrderState.DONE if done and state in HELD else OrderState.CANCELLED)
    assert (found.order.ended_at, found.order.due_at) == (LATER, None)


@pytest.mark.parametrize("kind", [each for each in OrderKind if each is not OrderKind.CASE])
def test_papers_that_are_on_their_way_and_needs_go_on(kind: OrderKind) -> None:
    assert end_with_case(order(kind=kind), done=True, at=LATER) is None


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("kind", [each for each in OrderKind if each is not OrderKind.CASE])
def test_errands_for_a_case_that_was_not_decided_end_unless_begun(kind: OrderKind, state: OrderState) -> None:
    found = end_with_case(order(kind=kind, state=state), done=False, at=LATER)
    ends = kind in AT_THE_DOOR and state in LIVE - {OrderState.DOING}
    assert (None if found is None else found.order.state) == (OrderState.CANCELLED if ends else None)
