"""Nobody takes an order: it goes up by the outbox's timers, never lost, never twice, and those asked are told."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import area_named, decide, history, place, row_of

from bangban.features.orders import service
from bangban.features.orders.falling import handlers as clock_of
from bangban.features.orders.messages import handlers as messages_of
from bangban.features.orders.rules.facts import Announcement
from bangban.features.orders.values import OrderKind, OrderState, OrderStep
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.jobs.deliveries import Delivery
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.messenger import Message, Template
from bangban.kernel.tenancy.tables import OutboxRow
from bangban.kernel.tenancy.work import Work


class Letters:
    """A messenger that keeps what it is given of one district: the outbox is everybody's."""

    def __init__(self, district: str) -> None:
        self.district = district
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        if message.district == self.district:
            self.sent.append(message)

    def of(self, template: Template) -> set[str]:
        """To whom one kind of message went."""
        return {each.to for each in self.sent if each.template is template}


class Turned:
    """A relay whose clock is turned by hand."""

    def __init__(self, world: World) -> None:
        self.world, self.letters = world, Letters(world.district.slug)
        self.now = dt.datetime.now(dt.UTC)
        handlers = {**clock_of(world.tenancy), **messages_of(world.tenancy, self.letters)}
        self.relay = Relay(world.tenancy, handlers, clock=lambda: self.now)

    def after(self, **later: float) -> None:
        """What happens once so much more time has passed."""
        self.now += dt.timedelta(**later)
        self.world.run(self.relay.drain())


@pytest.fixture
def world(orders_world: World) -> Iterator[World]:
    """The district, as it decides nothing about orders."""
    yield orders_world
    decide(orders_world)


@pytest.fixture
def turned(world: World) -> Turned:
    return Turned(world)


def steps(world: World, order_id: UUID) -> list[tuple[str, str]]:
    """What happened, and where the offer was then."""
    return [
        (each.kind.value, area_named(world, each.area_id) if each.area_id else "")
        for each in history(world, order_id)
    ]


def test_an_order_that_nobody_takes_climbs_to_the_county_and_is_left_to_the_dispatchers(
    world: World, turned: Turned
) -> None:
    order = place(world, note="请帮忙")
    turned.after(minutes=1)
    asked = {"staff:grid-helper", "staff:grid-helper-2"}
    assert turned.letters.of(Template.ORDER_OFFERED) == asked, "not the volunteer, whom nobody let in"
    turned.after(minutes=110)
    assert row_of(world, order.id).offered_to_area_id == world.areas["grid-a"].id, "not yet"
    for area in ("village-a", "town-a", "county"):
        turned.after(minutes=121)
        assert row_of(world, order.id).offered_to_area_id == world.areas[area].id
    assert turned.letters.of(Template.ORDER_FELL_THROUGH) == {
        "staff:helper-a",
        "staff:town-helper",
        "staff:county-helper",
    }
    turned.after(minutes=121)
    turned.after(days=2)
    assert turned.letters.of(Template.ORDER_LEFT_OVER) >= {"staff:dispatcher"}
    assert steps(world, order.id) == [
        ("PLACED", "grid-a"),
        ("FELL_THROUGH", "village-a"),
        ("FELL_THROUGH", "town-a"),
        ("FELL_THROUGH", "county"),
        ("UNCLAIMED", "county"),
    ]
    row = row_of(world, order.id)
    assert (row.state, row.due_at) == (OrderState.OPEN, None), "it can still be taken, by all who were asked"

    async def trail(work: Work) -> list[str]:
        found = select(AuditEntryRow.action).where(AuditEntryRow.object == f"order:{order.number}")
        return list(await work.db.scalars(found))

    assert world.act("admin", trail).count("order:fall") == 4
    world.act("grid-helper", service.claim_order, number=order.number, now=dt.datetime.now(dt.UTC))


def test_a_timer_that_comes_again_or_for_an_order_that_was_taken_changes_nothing(
    world: World, turned: Turned
) -> None:
    order = place(world)
    due = order.due_at
    assert due is not None
    falls = clock_of(world.tenancy)[Announcement.UNCLAIMED]

    def again(at: dt.datetime) -> None:
        delivery = Delivery(
            id=1,
            kind=Announcement.UNCLAIMED,
            reference=str(order.id),
            district=world.district,
            at=at,
            tries=2,
        )
        world.run(falls(delivery))

    again(due - dt.timedelta(seconds=1))
    assert len(history(world, order.id)) == 1
    for _ in range(3):
        again(due)
    assert steps(world, order.id) == [("PLACED", "grid-a"), ("FELL_THROUGH", "village-a")]
    world.act("helper-a", service.claim_order, number=order.number, now=dt.datetime.now(dt.UTC))
    turned.after(days=1)
    assert [kind for kind, _ in steps(world, order.id)] == ["PLACED", "FELL_THROUGH", "CLAIMED"]


def test_two_relays_at_once_let_it_fall_once(world: World) -> None:
    order = place(world)
    due = order.due_at
    assert due is not None
    falls = clock_of(world.tenancy)[Announcement.UNCLAIMED]
    delivery = Delivery(
        id=1, kind=Announcement.UNCLAIMED, reference=str(order.id), district=world.district, at=due, tries=1
    )

    async def both() -> None:
        await asyncio.gather(*(falls(delivery) for _ in range(4)))

    world.run(both())
    assert len(history(world, order.id)) == 2


def test_a_call_out_that_is_not_answered_in_five_minutes_is_the_countys(world: World, turned: Turned) -> None:
    order = place(world, kind=OrderKind.CALL_OUT, area="town-a")
    turned.after(minutes=4)
    assert [each for each, _ in steps(world, order.id)] == ["PLACED"]
    turned.after(minutes=2)
    assert steps(world, order.id)[-1] == ("FELL_THROUGH", "county")
    world.act("county-helper", service.claim_order, number=order.number, now=turned.now)
    row = row_of(world, order.id)
    assert row.claimed_at is not None
    assert row.claimed_at - row.placed_at > dt.timedelta(minutes=5)


def test_the_timer_stands_in_the_transaction_that_places_the_order(world: World) -> None:
    order = place(world)

    async def timers() -> list[dt.datetime | None]:
        async with world.tenancy.platform() as db:
            found = select(OutboxRow.due_at).where(
                OutboxRow.reference == str(order.id), OutboxRow.kind == Announcement.UNCLAIMED.value
            )
            return list(await db.scalars(found))

    assert world.run(timers()) == [order.due_at]


def test_the_resident_is_told_who_helps_and_that_it_is_done(world: World, turned: Turned) -> None:
    order = place(world)
    how: dict[str, Any] = {"number": order.number, "now": dt.datetime.now(dt.UTC)}
    world.act("grid-helper", service.claim_order, **how)
    for step in (OrderStep.START, OrderStep.FINISH):
        world.act("grid-helper", service.progress_order, step=step, **how)
    turned.after(minutes=1)
    mine = [each for each in turned.letters.sent if order.number in each.text]
    to_me = [each.template for each in mine if each.to == sample_phone(1)]
    assert to_me == [Template.ORDER_TAKEN, Template.ORDER_DONE]
    assert "样本grid-helper" in mine[-1].text


def test_the_resident_is_told_when_it_is_given_back_unless_somebody_has_it_by_then(
    world: World, turned: Turned
) -> None:
    order = place(world)
    how: dict[str, Any] = {"number": order.number, "now": dt.datetime.now(dt.UTC)}

    def to_me() -> list[Template]:
        mine = [each for each in turned.letters.sent if order.number in each.text]
        return [each.template for each in mine if each.to == sample_phone(1)]

    world.act("grid-helper", service.claim_order, **how)
    turned.after(minutes=1)
    world.act("grid-helper", service.progress_order, step=OrderStep.RELEASE, reason="有事", **how)
    turned.after(minutes=1)
    assert to_me() == [Template.ORDER_TAKEN, Template.ORDER_GIVEN_BACK]
    world.act("grid-helper", service.claim_order, **how)
    turned.after(minutes=1)
    world.act("grid-helper", service.progress_order, step=OrderStep.RELEASE, reason="又有事", **how)
    world.act("grid-helper-2", service.claim_order, **how)
    turned.after(minutes=1)
    assert to_me()[2:] == [Template.ORDER_TAKEN, Template.ORDER_TAKEN], (
        "who has it now, and no word of in between"
    )
