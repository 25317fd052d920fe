"""An order ends before it is done, or with its case, and is rated (DOMAIN C10, 3.5). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bangban.features.cases.values import Grade
from bangban.features.orders.problems import IllegalOrderStep, OnlyTheResident, OrderAlreadyRated
from bangban.features.orders.rules.facts import (
    THE_CLOCK,
    Actor,
    Announcement,
    OrderFacts,
    Transition,
)
from bangban.features.orders.rules.working import in_hand, worked
from bangban.features.orders.values import (
    AT_THE_DOOR,
    HELD,
    LIVE,
    OrderEventKind,
    OrderKind,
    OrderState,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words, reason_of

_CASE_OVER: Final = "办件已结束"


def cancel(
    order: OrderFacts,
    *,
    reason: str | None,
    may_place: bool,
    may_dispatch: bool,
    actor: Actor,
    at: datetime,
) -> Transition:
    """取消: by whoever asked, or with a reason by whoever of the staff placed it, while they may still place orders
    there, or by a dispatcher; not once somebody is on the way.

    What a resident says is not kept: the history names staff's reasons only.

    Raises:
        OnlyTheResident, IllegalOrderStep.
        InvalidInput: Staff's cancellation without a reason.
    """
    own = not actor.is_staff and actor.id is not None and actor.id == order.resident_id
    placed = actor.is_staff and may_place and actor.id == order.placed_by_id
    if not own and not placed and not (actor.is_staff and may_dispatch):
        raise OnlyTheResident
    if order.state not in (OrderState.OPEN, OrderState.CLAIMED, OrderState.FAILED):
        raise IllegalOrderStep(order.state)
    return worked(
        replace(order, ended_at=at, due_at=None),
        OrderEventKind.CANCELLED,
        was=order.state,
        to=OrderState.CANCELLED,
        actor=actor,
        note=None if own else reason_of(reason or ""),
        announce=None if order.holder_id is None else Announcement.CANCELLED,
        action=Permission.ORDER_PLACE if own or placed else Permission.ORDER_DISPATCH,
    )


def end_with_case(order: OrderFacts, *, done: bool, at: datetime) -> Transition | None:
    """随办件结束: what the end of its case does to an order for it; None where the order goes on, or is over already.

    ``done``: the case was decided, so that whoever has the order in hand has done it, and papers go their way. Whoever
    is on the way for a case that was not decided ends that by themselves: they may have papers to be returned.
    """
    if order.state not in LIVE:
        return None
    if order.kind is not OrderKind.CASE:
        if done or order.kind not in AT_THE_DOOR or order.state is OrderState.DOING:
            return None
        return worked(
            replace(order, ended_at=at, due_at=None),
            OrderEventKind.CANCELLED,
            was=order.state,
            to=OrderState.CANCELLED,
            actor=THE_CLOCK,
            note=_CASE_OVER,
            announce=None if order.holder_id is None else Announcement.CANCELLED,
            action=Permission.ORDER_DISPATCH,
        )
    finished = done and order.state in HELD
    return worked(
        replace(order, ended_at=at, due_at=None),
        OrderEventKind.DONE if finished else OrderEventKind.CANCELLED,
        was=order.state,
        to=OrderState.DONE if finished else OrderState.CANCELLED,
        actor=THE_CLOCK,
        note=_CASE_OVER,
        action=Permission.ORDER_DISPATCH,
    )


def end_in_vain(order: OrderFacts, *, reason: str, actor: Actor, at: datetime) -> Transition:
    """案结未办: an errand whose case ended undecided and that came to nothing; there is no next try.

    Raises:
        NotYourOrder, IllegalOrderStep.
        InvalidInput: No reason.
    """
    in_hand(order, actor, *HELD)
    return worked(
        replace(order, ended_at=at, due_at=None),
        OrderEventKind.CANCELLED,
        was=order.state,
        to=OrderState.CANCELLED,
        actor=actor,
        note=reason_of(reason),
    )


def rate(order: OrderFacts, *, grade: Grade, comment: str | None, actor: Actor, at: datetime) -> Transition:
    """评价: one of the five national grades, once, by whoever asked (DOMAIN 3.5).

    Raises:
        OnlyTheResident, IllegalOrderStep, OrderAlreadyRated.
    """
    if actor.is_staff or actor.id is None or actor.id != order.resident_id:
        raise OnlyTheResident
    if order.state is not OrderState.DONE:
        raise IllegalOrderStep(order.state)
    if order.grade is not None:
        raise OrderAlreadyRated
    return worked(
        replace(order, grade=grade, comment=free_words(comment, fields=("input.comment",)), rated_at=at),
        OrderEventKind.RATED,
        was=order.state,
        to=order.state,
        actor=actor,
        action=Permission.ORDER_PLACE,
    )
