"""What can be done to an order (DOMAIN C07, C08, C10): placed, claimed, assigned, worked on, rated. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bangban.features.cases.rules.facts import said
from bangban.features.cases.values import Grade
from bangban.features.orders.problems import (
    IllegalOrderStep,
    KindNotOffered,
    NotYourOrder,
    OnlyTheResident,
    OrderAlreadyRated,
    OrderTaken,
)
from bangban.features.orders.rules.facts import (
    Actor,
    Announcement,
    Audit,
    Event,
    Helper,
    OrderFacts,
    Place,
    Transition,
    Window,
    in_minutes,
)
from bangban.features.orders.rules.offering import check_claim, deepest, unfitness
from bangban.features.orders.rules.settings import KindSettings, OrderSettings
from bangban.features.orders.values import (
    AT_THE_DOOR,
    HELD,
    LIVE,
    OrderEventKind,
    OrderKind,
    OrderState,
    OrderStep,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput

LONGEST_WINDOW: Final = timedelta(hours=12)


def offered(kind: OrderKind, settings: OrderSettings) -> KindSettings:
    """What the district decides about this kind. Raises ``KindNotOffered``."""
    found = settings.kinds.get(kind)
    if found is None:
        raise KindNotOffered(kind)
    return found


def window_of(begins: datetime | None, ends: datetime | None) -> Window | None:
    """The window that two moments make; None of neither. Raises InvalidInput for one alone."""
    if begins is None and ends is None:
        return None
    if begins is None or ends is None:
        raise InvalidInput(
            "A window has a beginning and an end.",
            "约定时段须有开始和结束时间。",
            fields=("input.windowFrom", "input.windowUntil"),
        )
    return Window(begins=begins, ends=ends)


def check_window(window: Window, *, at: datetime) -> None:
    """An agreed time ends after it begins, in the future, and is no longer than half a day. Raises InvalidInput."""
    if not window.begins < window.ends or window.ends <= at or window.ends - window.begins > LONGEST_WINDOW:
        raise InvalidInput(
            "The agreed window begins before it ends, is not over yet, and is at most twelve hours long.",
            "约定时段应先开始后结束、尚未过去,且不超过十二小时。",
            fields=("input.windowFrom", "input.windowUntil"),
        )


def place_order(
    order: OrderFacts,
    places: Sequence[Place],
    *,
    settings: OrderSettings,
    has_address: bool,
    has_note: bool,
    actor: Actor,
    at: datetime,
) -> Transition:
    """下单: offered to the deepest place that has anybody; its clock begins.

    Raises:
        KindNotOffered, NobodyToAsk.
        InvalidInput: A task at the door without address or window, a window that cannot be, or a problem of which
            nothing is said.
    """
    limit = offered(order.kind, settings)
    if order.kind in AT_THE_DOOR and (not has_address or order.window is None):
        raise InvalidInput(
            "A task at the door needs an address and an agreed window.",
            "上门任务须填写地址和约定时段。",
            fields=("input.address", "input.windowFrom"),
        )
    if order.kind is OrderKind.ISSUE and not has_note:
        raise InvalidInput("Say what the problem is.", "请说明是什么问题。", fields=("input.note",))
    if order.window is not None:
        check_window(order.window, at=at)
    asked, due = deepest(places), in_minutes(at, limit.claim_minutes)
    return Transition(
        order=replace(order, asked=asked, due_at=due),
        event=Event(
            kind=OrderEventKind.PLACED,
            from_state=None,
            to_state=OrderState.OPEN,
            actor=actor.shown,
            area_id=asked.id,
        ),
        audit=Audit(action=Permission.ORDER_PLACE, details={"kind": order.kind.value}),
        announce=(Announcement.CHANGED, Announcement.OFFERED),
        timer=due,
    )


def claim(
    order: OrderFacts, helper: Helper, *, settings: OrderSettings, actor: Actor, at: datetime
) -> Transition:
    """认领, 应答: the order is theirs, and nobody else's.

    Raises:
        OrderTaken: Somebody has it already; what the second of two gets who claim at once.
        IllegalOrderStep: It is over.
        NotOfferedToYou, OnlyNeeds, VolunteerNotApproved, TrainingRequired, TooManyInHand.
    """
    if order.state in HELD:
        raise OrderTaken
    if order.state is not OrderState.OPEN:
        raise IllegalOrderStep(order.state)
    check_claim(order, helper, settings)
    return _given(
        order,
        helper,
        kind=OrderEventKind.CLAIMED,
        audit=Audit(action=Permission.ORDER_CLAIM, details={"post": helper.post.level.value}),
        announce=(Announcement.TAKEN,),
        actor=actor,
        at=at,
    )


def assign(
    order: OrderFacts, helper: Helper, *, reason: str, settings: OrderSettings, actor: Actor, at: datetime
) -> Transition:
    """指派, 改派: a dispatcher gives it to somebody, whoever had it before; the history keeps both.

    How far the offer has come and how much they have in hand does not bind a dispatcher; what somebody may not do
    at all, does.

    Raises:
        IllegalOrderStep: It is over.
        InvalidInput: No reason, or they have it already.
        OnlyNeeds, VolunteerNotApproved, TrainingRequired.
    """
    if order.state not in LIVE:
        raise IllegalOrderStep(order.state)
    if helper.id == order.holder_id:
        raise InvalidInput(
            "This person has the order already.", "此单已在此人手上。", fields=("input.toStaffId",)
        )
    unfit = unfitness(order, helper, settings)
    if unfit is not None:
        raise unfit
    return _given(
        order,
        helper,
        kind=OrderEventKind.ASSIGNED,
        audit=Audit(
            action=Permission.ORDER_DISPATCH,
            details={"from": None if order.holder_id is None else str(order.holder_id), "to": str(helper.id)},
        ),
        announce=(Announcement.TAKEN, Announcement.ASSIGNED),
        actor=actor,
        at=at,
        note=_reason(reason),
    )


def _given(
    order: OrderFacts,
    helper: Helper,
    *,
    kind: OrderEventKind,
    audit: Audit,
    announce: tuple[Announcement, ...],
    actor: Actor,
    at: datetime,
    note: str | None = None,
) -> Transition:
    return Transition(
        order=replace(
            order, state=OrderState.CLAIMED, holder_id=helper.id, claimed_at=at, due_at=None, started_at=None
        ),
        event=Event(
            kind=kind,
            from_state=order.state,
            to_state=OrderState.CLAIMED,
            actor=actor.shown,
            area_id=helper.post.id,
            staff_id=helper.id,
            note=note,
        ),
        audit=audit,
        announce=(Announcement.CHANGED, *announce),
    )


def start(
    order: OrderFacts, helper: Helper, *, settings: OrderSettings, actor: Actor, at: datetime
) -> Transition:
    """出发, 到场: on the way or attending; after a failed try, the next one.

    Raises:
        NotYourOrder, IllegalOrderStep, TrainingRequired, VolunteerNotApproved, OnlyNeeds.
    """
    _in_hand(order, actor, OrderState.CLAIMED, OrderState.FAILED)
    unfit = unfitness(order, helper, settings)
    if unfit is not None:
        raise unfit
    return _worked(
        replace(order, started_at=at, tries=order.tries + 1),
        OrderEventKind.STARTED,
        was=order.state,
        to=OrderState.DOING,
        actor=actor,
    )


def finish(order: OrderFacts, *, actor: Actor, at: datetime) -> Transition:
    """完成. Raises ``NotYourOrder``, ``IllegalOrderStep``."""
    _in_hand(order, actor, OrderState.DOING)
    return _worked(
        replace(order, ended_at=at),
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
    _in_hand(order, actor, OrderState.DOING)
    if window is not None:
        check_window(window, at=at)
    return _worked(
        replace(order, window=window or order.window),
        OrderEventKind.FAILED,
        was=order.state,
        to=OrderState.FAILED,
        actor=actor,
        note=_reason(reason),
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
    _in_hand(order, actor, *HELD)
    asked = deepest(_unsolved(order, places) if order.kind is OrderKind.ISSUE else places)
    due = in_minutes(at, offered(order.kind, settings).claim_minutes)
    back = replace(
        order,
        asked=asked,
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
            note=_reason(reason),
        ),
        audit=Audit(action=Permission.ORDER_DO, details={"step": OrderStep.RELEASE.value}),
        announce=(Announcement.CHANGED, Announcement.OFFERED),
        timer=due,
    )


def _unsolved(order: OrderFacts, places: Sequence[Place]) -> Sequence[Place]:
    """Those above the area that was asked; the highest again where there is none."""
    above = [place for place in places if place.level.depth < order.asked.level.depth]
    return above or places[-1:]


def cancel(
    order: OrderFacts, *, reason: str | None, may_dispatch: bool, actor: Actor, at: datetime
) -> Transition:
    """取消: by whoever asked, or by a dispatcher with a reason; not once somebody is on the way.

    What a resident says is not kept: the history names staff's reasons only.

    Raises:
        OnlyTheResident, IllegalOrderStep.
        InvalidInput: A dispatcher's cancellation without a reason.
    """
    own = not actor.is_staff and actor.id is not None and actor.id == order.resident_id
    if not own and not (actor.is_staff and may_dispatch):
        raise OnlyTheResident
    if order.state not in (OrderState.OPEN, OrderState.CLAIMED, OrderState.FAILED):
        raise IllegalOrderStep(order.state)
    return _worked(
        replace(order, ended_at=at, due_at=None),
        OrderEventKind.CANCELLED,
        was=order.state,
        to=OrderState.CANCELLED,
        actor=actor,
        note=None if own else _reason(reason or ""),
        action=Permission.ORDER_PLACE if own else Permission.ORDER_DISPATCH,
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
    return _worked(
        replace(order, grade=grade, comment=None if comment is None else said(comment), rated_at=at),
        OrderEventKind.RATED,
        was=order.state,
        to=order.state,
        actor=actor,
        action=Permission.ORDER_PLACE,
    )


def _worked(
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


def _in_hand(order: OrderFacts, actor: Actor, *states: OrderState) -> None:
    if order.state not in LIVE:
        raise IllegalOrderStep(order.state)
    if actor.id is None or order.holder_id != actor.id:
        raise NotYourOrder
    if order.state not in states:
        raise IllegalOrderStep(order.state)


def _reason(text: str) -> str:
    found = said(text)
    if found is None:
        raise InvalidInput("State the reason.", "请填写理由。", fields=("input.reason",))
    return found
