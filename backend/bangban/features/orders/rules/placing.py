"""An order is placed: of what kind, for when, and who is asked first (DOMAIN C07, C08, C10). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bangban.features.orders.placing_problems import KindNotOffered
from bangban.features.orders.rules.facts import (
    Actor,
    Announcement,
    Audit,
    Event,
    OrderFacts,
    Place,
    Transition,
    Window,
    in_minutes,
)
from bangban.features.orders.rules.offering import deepest
from bangban.features.orders.rules.settings import KindSettings, OrderSettings
from bangban.features.orders.values import (
    AT_THE_DOOR,
    OrderEventKind,
    OrderKind,
    OrderState,
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
    has_case: bool = False,
    actor: Actor,
    at: datetime,
) -> Transition:
    """下单: offered to the deepest place that has anybody; its clock begins.

    Raises:
        KindNotOffered, NobodyToAsk.
        InvalidInput: A task at the door without address or window, a window that cannot be, or a problem or a need
            of which nothing is said.
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
    if order.kind is OrderKind.NEED and not (has_note or has_case or order.service_code):
        raise InvalidInput(
            "Say what is needed, or name the matter.",
            "请说明需要什么帮助,或写明事项。",
            fields=("input.note", "input.serviceCode"),
        )
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
            staff_id=actor.id if actor.is_staff else None,
        ),
        audit=Audit(action=Permission.ORDER_PLACE, details={"kind": order.kind.value}),
        announce=(Announcement.CHANGED, Announcement.OFFERED),
        timer=due,
        agreed=order.window,
    )
