"""A door at which nobody came: the helper and their lead hear of it, and whoever asked hears when it is tried again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import decide, place, row_of
from tests.integration.features.orders.test_falling_through import Turned

from bangban.features.orders import service
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD, OrderKind, OrderState, OrderStep
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.messenger import Template
from bangban.kernel.tenancy.work import Work

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def world(orders_world: World) -> Iterator[World]:
    """The district of all tests of orders: what was taken here is nobody's load afterwards."""
    yield orders_world
    orders_world.act("admin", _drop)
    decide(orders_world)


async def _drop(work: Work) -> None:
    held = OrderRow.state.in_(sorted(HELD))
    await work.db.execute(update(OrderRow).where(held).values(state=OrderState.CANCELLED, ended_at=work.now))


@pytest.fixture
def turned(world: World) -> Turned:
    return Turned(world)


def pickup(world: World, turned: Turned, *, claimed: bool = True) -> OrderRow:
    """Papers to be fetched in an hour, within an hour."""
    order = place(
        world,
        kind=OrderKind.PICKUP,
        address="样本路 1 号",
        window_from=turned.now + HOUR,
        window_until=turned.now + 2 * HOUR,
        now=turned.now,
    )
    if claimed:
        world.act("grid-helper", service.claim_order, number=order.number, now=turned.now)
    return order


def do(
    world: World, turned: Turned, order: OrderRow, step: OrderStep, *, who: str = "grid-helper", **how: Any
) -> None:
    world.act(who, service.progress_order, number=order.number, step=step, now=turned.now, **how)


def of(turned: Turned, order: OrderRow, template: Template) -> list[str]:
    """To whom one kind of message about one order went, as often as it did."""
    return sorted(
        each.to for each in turned.letters.sent if each.template is template and order.number in each.text
    )


def test_an_agreed_time_that_passes_is_told_once(world: World, turned: Turned) -> None:
    order, waiting = pickup(world, turned), pickup(world, turned, claimed=False)
    turned.after(minutes=119)
    assert of(turned, order, Template.ORDER_WINDOW_MISSED) == []
    for _ in range(2):
        turned.after(minutes=2)
    assert of(turned, order, Template.ORDER_WINDOW_MISSED) == ["staff:grid-helper", "staff:supervisor"]
    assert "staff:dispatcher" in of(turned, waiting, Template.ORDER_WINDOW_MISSED)


@pytest.mark.parametrize("failed", [False, True])
def test_whoever_set_out_in_time_hears_nothing(world: World, turned: Turned, *, failed: bool) -> None:
    order = pickup(world, turned)
    turned.after(minutes=70)
    do(world, turned, order, OrderStep.START)
    if failed:
        do(world, turned, order, OrderStep.FAIL, reason="无人在家")
    turned.after(minutes=60)
    assert of(turned, order, Template.ORDER_WINDOW_MISSED) == []


def test_whoever_asked_hears_of_a_try_in_vain_with_the_next_time(world: World, turned: Turned) -> None:
    order = pickup(world, turned)
    turned.after(minutes=70)
    do(world, turned, order, OrderStep.START)
    again = turned.now + 3 * HOUR
    do(
        world,
        turned,
        order,
        OrderStep.FAIL,
        reason="无人在家",
        window_from=again,
        window_until=again + HOUR,
    )
    turned.after(minutes=1)
    assert of(turned, order, Template.ORDER_TRY_AGAIN) == [sample_phone(1)]
    assert f"{again.astimezone(world.district.zone):%m-%d %H:%M}" in turned.letters.sent[-1].text
    turned.after(minutes=60)  # the first window is over, and nobody is to come yet
    assert of(turned, order, Template.ORDER_WINDOW_MISSED) == []
    turned.after(hours=4)
    assert of(turned, order, Template.ORDER_WINDOW_MISSED) == ["staff:grid-helper", "staff:supervisor"]


def test_without_another_time_they_hear_that_one_will_be_agreed(world: World, turned: Turned) -> None:
    turned.now -= 3 * HOUR
    order = pickup(world, turned)
    turned.now += 70 * HOUR / 60
    do(world, turned, order, OrderStep.START)
    do(world, turned, order, OrderStep.FAIL, reason="无人在家")
    turned.after(hours=2)
    assert of(turned, order, Template.ORDER_TRY_FAILED) == [sample_phone(1)]


def test_the_helper_hears_that_a_taken_order_was_cancelled_and_nobody_of_one_that_was_not(
    world: World, turned: Turned
) -> None:
    order, waiting = pickup(world, turned), pickup(world, turned, claimed=False)
    for each in (order, waiting):
        do(world, turned, each, OrderStep.CANCEL, who="resident")
    turned.after(minutes=1)
    assert of(turned, order, Template.ORDER_CANCELLED) == ["staff:grid-helper"]
    assert of(turned, waiting, Template.ORDER_CANCELLED) == []
    turned.after(hours=3)
    assert of(turned, order, Template.ORDER_WINDOW_MISSED) == []
    assert row_of(world, order.id).ended_at is not None
