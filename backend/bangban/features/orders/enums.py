"""The value lists of orders, described for the API."""

from __future__ import annotations

from bangban.features.orders.values import OrderEventKind, OrderState, OrderStep
from bangban.features.people.training import TrainingKind
from bangban.features.profiles.enums import OrderKind
from bangban.kernel.graphql.enums import describe

__all__ = ["OrderEventKind", "OrderKind", "OrderState", "OrderStep", "TrainingKind"]

describe(
    OrderState,
    "State of an order 帮办单状态.",
    {
        OrderState.OPEN: "Placed, called or planned, and offered 待认领.",
        OrderState.CLAIMED: "Taken by one helper; of a call: answered 已认领.",
        OrderState.DOING: "On the way or attending 办理中.",
        OrderState.FAILED: "Tried without success; may be tried again 未办成.",
        OrderState.DONE: "Done 已完成.",
        OrderState.CANCELLED: "Not wanted any more 已取消.",
    },
)
describe(
    OrderStep,
    "What is done to an order 办理动作.",
    {
        OrderStep.START: "Set out, attend, try again 出发.",
        OrderStep.FINISH: "Done 完成.",
        OrderStep.FAIL: "Not done, with the reason; a new window may be agreed 未办成.",
        OrderStep.RELEASE: "Give it back with a reason; it is offered again 退单.",
        OrderStep.CANCEL: "It is not wanted any more 取消.",
    },
)
describe(
    OrderEventKind,
    "What happened to an order 帮办单事件.",
    {
        OrderEventKind.PLACED: "Placed 下单.",
        OrderEventKind.CLAIMED: "Claimed 认领.",
        OrderEventKind.ASSIGNED: "Assigned by a dispatcher 指派.",
        OrderEventKind.STARTED: "Set out 出发.",
        OrderEventKind.DONE: "Done 完成.",
        OrderEventKind.FAILED: "Tried without success 未办成.",
        OrderEventKind.RELEASED: "Given back 退单.",
        OrderEventKind.CANCELLED: "Cancelled 取消.",
        OrderEventKind.FELL_THROUGH: "Not taken in time, offered further up 逾时上转.",
        OrderEventKind.UNCLAIMED: "Not taken in time at any level 各级均无人认领.",
        OrderEventKind.RATED: "Rated 评价.",
    },
)
describe(
    TrainingKind,
    "What was held 培训类型.",
    {
        TrainingKind.TRAINING: "A training of those who help 培训.",
        TrainingKind.COACHING: "A coaching of people, hand in hand 手把手辅导.",
    },
)
