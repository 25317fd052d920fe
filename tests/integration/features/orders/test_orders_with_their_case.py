"""An order that dispatches a case goes with it: whoever has the order holds the case, or is being handed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.dispatching import (
    HELPER,
    OTHER,
    OWNER,
    act,
    again,
    assign,
    assigned,
    hands,
    offered,
    pending,
    told,
)
from tests.integration.features.orders.ordering import claim, history, place, row_of, step

from bangban.features.cases import service as cases
from bangban.features.cases.problems import HandoverPending, NoHandover
from bangban.features.orders.parting import handlers as moved_cases
from bangban.features.orders.problems import CaseNotInHand
from bangban.features.orders.values import OrderEventKind, OrderKind, OrderStep
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.messenger import Template

DISPATCHERS = {"staff:dispatcher", "staff:supervisor"}


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


def test_every_way_of_a_case_from_hand_to_hand_is_followed(world: World) -> None:
    ways = {"taken-over", "handover-returned", "handover-recalled", "handover-expired", "sent-back"}
    assert set(moved_cases(world.tenancy)) == {f"case.{each}" for each in ways}
