"""Value lists of orders. The stored text is the name."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

from bangban.features.profiles.values import AT_THE_DOOR, OrderKind

__all__ = [
    "AT_THE_DOOR",
    "FEE",
    "HELD",
    "LIVE",
    "OrderEventKind",
    "OrderKind",
    "OrderState",
    "OrderStep",
]


FEE: Final = Decimal(0)
"""What help costs 费用, yuan (DOMAIN C01, invariant 18)."""


class OrderState(StrEnum):
    """State of an order 帮办单状态."""

    OPEN = "OPEN"  # 待认领: ordered, called, planned
    CLAIMED = "CLAIMED"  # 已认领: answered
    DOING = "DOING"  # 办理中: attended, on the way
    FAILED = "FAILED"  # 未办成: may be tried again
    DONE = "DONE"  # 已完成
    CANCELLED = "CANCELLED"  # 已取消


HELD = frozenset({OrderState.CLAIMED, OrderState.DOING, OrderState.FAILED})
"""States in which somebody answers for the order."""

LIVE = HELD | {OrderState.OPEN}
"""States that are not the end."""


class OrderStep(StrEnum):
    """What can be done to an order that somebody holds 办理动作."""

    START = "START"  # 出发: on the way, attending; also the next try after a failed one
    FINISH = "FINISH"  # 完成
    FAIL = "FAIL"  # 未办成
    RELEASE = "RELEASE"  # 退单: it is offered again
    CANCEL = "CANCEL"  # 取消: not wanted any more


class OrderEventKind(StrEnum):
    """What happened to an order 帮办单事件."""

    PLACED = "PLACED"  # 下单
    CLAIMED = "CLAIMED"  # 认领
    ASSIGNED = "ASSIGNED"  # 指派, and 改派
    STARTED = "STARTED"  # 出发
    DONE = "DONE"  # 完成
    FAILED = "FAILED"  # 未办成
    RELEASED = "RELEASED"  # 退单
    CANCELLED = "CANCELLED"  # 取消
    FELL_THROUGH = "FELL_THROUGH"  # 无人认领,转上一级
    UNCLAIMED = "UNCLAIMED"  # 各级均无人认领
    RATED = "RATED"  # 评价
