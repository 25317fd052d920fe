"""An order that dispatches a case goes with it: whoever has the order holds the case, or is being handed it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import claim, history, place, race, row_of, step
from tests.integration.features.orders.test_falling_through import Letters

from bangban.features.cases import service as cases
from bangban.features.cases.problems import HandoverPending, NoHandover
from bangban.features.cases.reminders import handlers as handover_clock
from bangban.features.cases.tables import HandoverRow
from bangban.features.orders import service
from bangban.features.orders.messages import handlers as messages_of
from bangban.features.orders.parting import bring_along
from bangban.features.orders.parting import handlers as moved_cases
from bangban.features.orders.problems import CaseNotInHand
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderStep
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.jobs.deliveries import Delivery, joined
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.messenger import Template
from bangban.kernel.problems import Problem

OWNER, HELPER, OTHER = "helper-a", "grid-helper", "grid-helper-2"
Act: TypeAlias = tuple[str, Callable[..., Awaitable[Any]], dict[str, Any]]
_WAITING = text("SELECT count(*) FROM pg_catalog.pg_locks WHERE NOT granted")
DISPATCHERS = {"staff:dispatcher", "staff:supervisor"}


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def act(world: World, who: str, do: Callable[..., Awaitable[Any]], **how: Any) -> None:
    world.act(who, do, now=now(), **how)


def told(world: World, **later: float) -> Letters:
    """What the outbox does, once so much more time has passed; and who got a message."""
    letters, at = Letters(world.district.slug), now() + dt.timedelta(**later)
    handlers = joined(
        handover_clock(world.tenancy, letters),
        messages_of(world.tenancy, letters),
        moved_cases(world.tenancy),
    )
    relay = Relay(world.tenancy, handlers, clock=lambda: at)
    for _ in range(2):  # what was announced by what was announced
        world.run(relay.drain())
    return letters


def again(world: World, number: str) -> None:
    """Every announcement that a case went from hand to hand, once more."""
    reference = str(world.case(number).id)
    for kind in moved_cases(world.tenancy):
        delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=now(), tries=1)
        world.run(bring_along(world.tenancy, delivery))


def offered(world: World, area: str = "grid-a") -> tuple[str, OrderRow]:
    """A case in its owner's hands, and the order that offers it."""
    number = world.apply(OWNER, area=area)
    told(world)  # nothing of this is looked at
    return number, place(
        world, "dispatcher", kind=OrderKind.CASE, case_number=number, area_id=world.areas[area].id
    )


def assign(world: World, order: OrderRow, to: str) -> None:
    to_staff_id = world.people[to].id
    act(
        world, "dispatcher", service.assign_order, number=order.number, to_staff_id=to_staff_id, reason="派单"
    )


def assigned(world: World) -> tuple[str, OrderRow]:
    """The same, given to somebody who is to take the case yet."""
    number, order = offered(world)
    assign(world, order, HELPER)
    return number, order


def hands(world: World, number: str, order: OrderRow) -> tuple[str, str | None, str | None]:
    """The order's state, who has it, and who the case."""
    names = {person.id: name for name, person in world.people.items()}
    row = row_of(world, order.id)
    return row.state.value, row.holder_id and names[row.holder_id], names[world.case(number).holder_id]


def pending(world: World, number: str) -> list[str]:
    """To whom the case is being handed."""
    names = {person.id: name for name, person in world.people.items()}
    found = world.rows(HandoverRow, HandoverRow.case_id == world.case(number).id)
    return [names[each.to_id] for each in found if each.taken_at is None and each.returned_at is None]


def give_back(world: World, number: str) -> None:
    act(world, HELPER, cases.return_case, number=number, reason="不在辖区")


def recall(world: World, number: str) -> None:
    act(world, "dispatcher", cases.return_case, number=number, reason="改派他人")


def let_it_expire(_: World, __: str) -> None:
    """Nobody does anything."""


@pytest.mark.parametrize(("undo", "minutes"), [(give_back, 0), (recall, 0), (let_it_expire, 121)])
def test_an_order_whose_case_is_not_taken_is_offered_again(
    world: World, undo: Callable[[World, str], None], minutes: int
) -> None:
    number, order = assigned(world)
    told(world)
    assert hands(world, number, order) == ("CLAIMED", HELPER, OWNER), "it waits for them to take it"
    undo(world, number)
    letters = told(world, minutes=minutes)
    row = row_of(world, order.id)
    assert hands(world, number, order) == ("OPEN", None, OWNER)
    assert row.offered_to_area_id == world.areas["grid-a"].id
    assert row.due_at is not None, "so it falls on when nobody takes it"
    assert row.claimed_at is None
    assert letters.of(Template.ORDER_UNTAKEN) == DISPATCHERS
    assert letters.of(Template.ORDER_OFFERED) == {f"staff:{HELPER}", f"staff:{OTHER}"}
    last = history(world, order.id)[-1]
    assert (last.kind, last.actor, last.note) == (OrderEventKind.RELEASED, "系统", "办件交接未被接收")
    trail = world.rows(AuditEntryRow, AuditEntryRow.object == f"order:{order.number}")
    assert [each.details for each in trail].count({"step": "RELEASE"}) == 1
    again(world, number)
    assert len(history(world, order.id)) == 3, "placed, assigned, offered again: once"
    claim(world, OTHER, order.number)
    again(world, number)
    assert hands(world, number, order) == ("CLAIMED", OTHER, OTHER)


@pytest.mark.parametrize("what", [OrderStep.START, OrderStep.FINISH, OrderStep.FAIL])
def test_nobody_works_on_an_order_whose_case_they_do_not_hold(world: World, what: OrderStep) -> None:
    number, order = assigned(world)
    if what is not OrderStep.START:  # they hold it, begin, and hand it to somebody else
        act(world, HELPER, cases.take_over_case, number=number)
        step(world, HELPER, order.number, OrderStep.START)
        to = world.people[OTHER].id
        act(world, HELPER, cases.hand_over_case, number=number, to_staff_id=to, reason="请假")
        act(world, OTHER, cases.take_over_case, number=number)
    before = row_of(world, order.id).state
    with pytest.raises(CaseNotInHand):
        step(world, HELPER, order.number, what, reason="样本")
    assert row_of(world, order.id).state is before


def test_whoever_takes_the_case_works_on_the_order(world: World) -> None:
    number, order = assigned(world)
    act(world, HELPER, cases.take_over_case, number=number)
    told(world)
    again(world, number)
    for what in (OrderStep.START, OrderStep.FINISH):
        step(world, HELPER, order.number, what)
    assert hands(world, number, order) == ("DONE", HELPER, HELPER)


def test_whoever_gives_back_the_order_is_not_handed_the_case(world: World) -> None:
    number, order = assigned(world)
    step(world, HELPER, order.number, OrderStep.RELEASE, reason="请假")
    assert pending(world, number) == []
    assert hands(world, number, order) == ("OPEN", None, OWNER)
    last = world.events(number)[-1]
    assert (last.kind, last.note) == ("RETURNED", "请假")
    with pytest.raises(NoHandover):
        act(world, HELPER, cases.take_over_case, number=number)
    assert told(world).of(Template.ORDER_UNTAKEN) == DISPATCHERS
    assign(world, order, OTHER)
    told(world)
    assert pending(world, number) == [OTHER]
    assert hands(world, number, order) == ("CLAIMED", OTHER, OWNER)


def test_an_order_that_is_cancelled_takes_the_case_back(world: World) -> None:
    number, order = assigned(world)
    step(world, "dispatcher", order.number, OrderStep.CANCEL, reason="不再派单")
    with pytest.raises(NoHandover):
        act(world, HELPER, cases.take_over_case, number=number)
    assert [each.kind for each in world.events(number)][-2:] == ["HANDED_OVER", "RECALLED"]
    letters = told(world)
    assert letters.of(Template.ORDER_CANCELLED) == {f"staff:{HELPER}"}
    assert letters.of(Template.ORDER_UNTAKEN) == set()
    assert hands(world, number, order) == ("CANCELLED", HELPER, OWNER)


def test_an_applicant_who_cancels_takes_the_case_back(world: World) -> None:
    number = world.apply("resident", area="grid-a")
    order = place(world, "dispatcher", kind=OrderKind.CASE, case_number=number)
    assign(world, order, OTHER)
    step(world, "resident", order.number, OrderStep.CANCEL, reason="不用了")
    assert pending(world, number) == []
    last = world.events(number)[-1]
    assert (last.kind, last.note) == ("RECALLED", f"帮办单 {order.number}"), "not what a resident says"


def test_an_order_is_given_to_another_with_its_case_before_it_was_taken(world: World) -> None:
    number, order = assigned(world)
    assign(world, order, OTHER)
    told(world)
    again(world, number)
    assert pending(world, number) == [OTHER]
    with pytest.raises(NoHandover):
        act(world, HELPER, cases.take_over_case, number=number)
    act(world, OTHER, cases.take_over_case, number=number)
    told(world)
    assert hands(world, number, order) == ("CLAIMED", OTHER, OTHER)


@pytest.mark.parametrize("begun", [False, True])
def test_an_order_ends_whose_case_goes_to_somebody_else(world: World, begun: bool) -> None:
    number, order = offered(world, area="village-a")
    claim(world, OWNER, order.number)  # who holds the case already
    if begun:
        step(world, OWNER, order.number, OrderStep.START)
    to = world.people["town-helper"].id
    act(world, OWNER, cases.hand_over_case, number=number, to_staff_id=to, reason="就近办理")
    told(world)
    assert hands(world, number, order)[1:] == (OWNER, OWNER), "until they take it"
    act(world, "town-helper", cases.take_over_case, number=number)
    assert told(world).of(Template.ORDER_CANCELLED) == {f"staff:{OWNER}"}
    again(world, number)
    assert hands(world, number, order) == ("CANCELLED", OWNER, "town-helper")
    last = history(world, order.id)[-1]
    assert (last.kind, last.note) == (OrderEventKind.CANCELLED, "办件已转由他人承办")
    assert row_of(world, order.id).ended_at is not None


def test_a_hand_over_of_the_holders_own_stays_when_they_give_back_the_order(world: World) -> None:
    number, order = offered(world)
    claim(world, HELPER, order.number)
    to = world.people["town-helper"].id
    act(world, HELPER, cases.hand_over_case, number=number, to_staff_id=to, reason="就近办理")
    step(world, HELPER, order.number, OrderStep.RELEASE, reason="请假")
    assert pending(world, number) == ["town-helper"]
    assert told(world).of(Template.ORDER_UNTAKEN) == set()


def test_nobody_claims_an_order_while_its_case_is_being_handed_over(world: World) -> None:
    number, order = offered(world, area="village-a")
    to = world.people["town-helper"].id
    act(world, OWNER, cases.hand_over_case, number=number, to_staff_id=to, reason="就近办理")
    with pytest.raises(HandoverPending):
        claim(world, OWNER, order.number)
    act(world, "town-helper", cases.take_over_case, number=number)
    told(world)
    assert hands(world, number, order) == ("OPEN", None, "town-helper"), "it goes on offering the case"


def meanwhile(world: World, first: Act, second: Act) -> str | None:
    """How the second act is refused, which begins before the first one is over, and waits for it."""

    async def attempt() -> str | None:
        who, do, how = second
        try:
            await world.acting(who, do, now=now(), **how)
        except Problem as refused:
            return type(refused).__name__
        return None

    async def one_after_the_other() -> str | None:
        who, do, how = first
        async with world.tenancy.write(world.district, world.people[who], now=now()) as work:
            await do(work, **how)
            sent = asyncio.create_task(attempt())
            while not sent.done() and not await work.db.scalar(_WAITING):  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0)
        return await sent

    refused: str | None = world.run(one_after_the_other())
    return refused


@pytest.mark.parametrize("what", [OrderStep.RELEASE, OrderStep.CANCEL])
@pytest.mark.parametrize("taken_first", [False, True])
def test_a_case_is_taken_while_its_order_is_given_up(
    world: World, what: OrderStep, taken_first: bool
) -> None:
    number, order = assigned(world)
    who = HELPER if what is OrderStep.RELEASE else "dispatcher"
    given_up = (who, service.progress_order, {"number": order.number, "step": what, "reason": "改派"})
    taken = (HELPER, cases.take_over_case, {"number": number})
    refused = meanwhile(world, taken, given_up) if taken_first else meanwhile(world, given_up, taken)
    assert refused == (None if taken_first else "NoHandover"), "who took it gives up the order alone"
    told(world)
    state, _, case_holder = hands(world, number, order)
    assert pending(world, number) == []
    assert state == ("OPEN" if what is OrderStep.RELEASE else "CANCELLED")
    assert case_holder == (HELPER if taken_first else OWNER)


@pytest.mark.parametrize("taken_first", [False, True])
def test_a_case_is_taken_elsewhere_while_its_order_is_finished(world: World, taken_first: bool) -> None:
    number, order = offered(world)
    claim(world, HELPER, order.number)
    step(world, HELPER, order.number, OrderStep.START)
    to = world.people[OTHER].id
    act(world, HELPER, cases.hand_over_case, number=number, to_staff_id=to, reason="请假")
    finished = (HELPER, service.progress_order, {"number": order.number, "step": OrderStep.FINISH})
    taken = (OTHER, cases.take_over_case, {"number": number})
    refused = meanwhile(world, taken, finished) if taken_first else meanwhile(world, finished, taken)
    assert refused == ("CaseNotInHand" if taken_first else None)
    told(world)
    assert hands(world, number, order) == ("CANCELLED" if taken_first else "DONE", HELPER, OTHER)


@pytest.mark.parametrize("_", range(3))
def test_two_dispatchers_acts_and_a_return_leave_one_state(world: World, _: int) -> None:
    number, order = assigned(world)
    reassigned = {"number": order.number, "to_staff_id": world.people[OTHER].id, "reason": "改派"}
    race(
        world,
        ("dispatcher", service.assign_order, reassigned),
        (HELPER, cases.return_case, {"number": number, "reason": "不在辖区"}),
    )
    told(world)
    again(world, number)
    assert hands(world, number, order) == ("CLAIMED", OTHER, OWNER)
    assert pending(world, number) == [OTHER]


def test_every_way_of_a_case_from_hand_to_hand_is_followed(world: World) -> None:
    ways = {"taken-over", "handover-returned", "handover-recalled", "handover-expired", "sent-back"}
    assert set(moved_cases(world.tenancy)) == {f"case.{each}" for each in ways}
