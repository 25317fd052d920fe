"""An order is worked on, missed, and given back (DOMAIN C10, G15, 3.5). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bangban.features.orders.problems import IllegalOrderStep, NotYourOrder
from bangban.features.orders.rules.facts import (
    Actor,
    Announcement,
    Audit,
    Event,
    Helper,
    OrderFacts,
    Place,
    Signature,
    Transition,
    Window,
    in_minutes,
)
from bangban.features.orders.rules.offering import deepest, unfitness
from bangban.features.orders.rules.placing import check_window
from bangban.features.orders.rules.settings import OrderSettings
from bangban.features.orders.values import (
    HELD,
    LIVE,
    OrderEventKind,
    OrderKind,
    OrderState,
    OrderStep,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import reason_of


def start(
    order: OrderFacts, helper: Helper, *, settings: OrderSettings, actor: Actor, at: datetime
) -> Transition:
    """出发, 到场: on the way or attending; after a failed try, the next one.

    Raises:
        NotYourOrder, IllegalOrderStep, TrainingRequired, VolunteerNotApproved, OnlyNeeds.
    """
    in_hand(order, actor, OrderState.CLAIMED, OrderState.FAILED)
    unfit = unfitness(order, helper, settings)
    if unfit is not None:
        raise unfit
    return worked(
        replace(order, started_at=at, tries=order.tries + 1),
        OrderEventKind.STARTED,
        was=order.state,
        to=OrderState.DOING,
        actor=actor,
    )


def finish(
    order: OrderFacts, *, signature: Signature | None = None, actor: Actor, at: datetime
) -> Transition:
    """完成, signed at the door or not. Raises ``NotYourOrder``, ``IllegalOrderStep``."""
    in_hand(order, actor, OrderState.DOING)
    return worked(
        replace(order, ended_at=at, signature=signature),
        OrderEventKind.DONE,
        was=order.state,
        to=OrderState.DONE,
        actor=actor,
        announce=Announcement.DONE,
    )


def fail(order: OrderFacts, *, reason: str, window: Window | None, actor: Actor, at: datetime) -> Transition:
    """未办成, with the reason; ``window`` is the next one that was agreed, without which the old one stands.

    Raises:
        NotYourOrder, IllegalOrderStep.
        InvalidInput: No reason, or a window that cannot be.
    """
    in_hand(order, actor, OrderState.DOING)
    if window is not None:
        check_window(window, at=at)
    failed = worked(
        replace(order, window=window or order.window),
        OrderEventKind.FAILED,
        was=order.state,
        to=OrderState.FAILED,
        actor=actor,
        note=reason_of(reason),
        announce=Announcement.FAILED,
    )
    return replace(failed, agreed=window)


def was_missed(order: OrderFacts, *, at: datetime) -> bool:
    """Whether the agreed window is over and nobody set out for it. A timer of an earlier window finds nothing."""
    window = order.window
    return (
        window is not None
        and window.ends <= at
        and order.state in (OrderState.OPEN, OrderState.CLAIMED, OrderState.FAILED)
        and (order.started_at is None or order.started_at < window.begins)
    )


def release(
    order: OrderFacts,
    places: Sequence[Place],
    *,
    reason: str,
    settings: OrderSettings,
    actor: Actor,
    at: datetime,
) -> Transition:
    """退单: the holder gives it back, and it is offered again from the deepest place on.

    A problem of a community that somebody could not solve goes up instead, while there is anybody above (DOMAIN G15).

    Raises:
        NotYourOrder, IllegalOrderStep, NobodyToAsk.
        InvalidInput: No reason.
    """
    in_hand(order, actor, *HELD)
    solving = order.kind is OrderKind.ISSUE
    asked = deepest(_unsolved(order, places) if solving else places)
    return offered_again(order, asked, reason=reason, settings=settings, actor=actor, at=at)


def offered_again(
    order: OrderFacts,
    asked: Place,
    *,
    reason: str,
    settings: OrderSettings,
    actor: Actor,
    at: datetime,
    action: Permission = Permission.ORDER_DO,
) -> Transition:
    """What somebody had is open again, from a place on. Raises InvalidInput without a reason."""
    due = in_minutes(at, settings.of(order.kind).claim_minutes)
    back = replace(
        order,
        asked=asked,
        raised_to=asked.path if order.kind is OrderKind.ISSUE else None,
        holder_id=None,
        claimed_at=None,
        started_at=None,
        due_at=due,
        state=OrderState.OPEN,
    )
    return Transition(
        order=back,
        event=Event(
            kind=OrderEventKind.RELEASED,
            from_state=order.state,
            to_state=OrderState.OPEN,
            actor=actor.shown,
            area_id=asked.id,
            note=reason_of(reason),
        ),
        audit=Audit(action=action, details={"step": OrderStep.RELEASE.value}),
        announce=(Announcement.CHANGED, Announcement.OFFERED, Announcement.GIVEN_BACK),
        timer=due,
    )


def _unsolved(order: OrderFacts, places: Sequence[Place]) -> Sequence[Place]:
    """Those above the area that was asked; the highest again where there is none."""
    above = [place for place in places if place.level.depth < order.asked.level.depth]
    return above or places[-1:]


def in_hand(order: OrderFacts, actor: Actor, *states: OrderState) -> None:
    """Whether the actor has the order, in one of the states. Raises ``NotYourOrder``, ``IllegalOrderStep``."""
    if order.state not in LIVE:
        raise IllegalOrderStep(order.state)
    if actor.id is None or order.holder_id != actor.id:
        raise NotYourOrder
    if order.state not in states:
        raise IllegalOrderStep(order.state)


def worked(
    order: OrderFacts,
    kind: OrderEventKind,
    *,
    was: OrderState,
    to: OrderState,
    actor: Actor,
    note: str | None = None,
    announce: Announcement | None = None,
    action: Permission = Permission.ORDER_DO,
) -> Transition:
    return Transition(
        order=replace(order, state=to),
        event=Event(
            kind=kind,
            from_state=was,
            to_state=to,
            actor=actor.shown,
            staff_id=actor.id if actor.is_staff else None,
            note=note,
        ),
        audit=Audit(action=action, details={"step": kind.value}),
        announce=(Announcement.CHANGED,) if announce is None else (Announcement.CHANGED, announce),
    )
