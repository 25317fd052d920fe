"""Refusals to place an order."""

from __future__ import annotations

from bangban.features.orders.values import OrderKind, OrderState
from bangban.kernel.problems import ErrorCode, Problem

STATE_ZH = {
    OrderState.OPEN: "待认领",
    OrderState.CLAIMED: "已认领",
    OrderState.DOING: "办理中",
    OrderState.FAILED: "未办成",
    OrderState.DONE: "已完成",
    OrderState.CANCELLED: "已取消",
}


class CaseOffered(Problem):
    """A case is offered to helpers by one order at a time."""

    code = ErrorCode.CONFLICT
    zh = "此办件已由帮办单 {number} 派出。"
    en = "The order {number} offers this case already."

    def __init__(self, number: str) -> None:
        super().__init__(fields=("input.caseNumber",), number=number)


class DoorOrdered(Problem):
    """Of one case, no two open orders of a kind are for the same time: two people would stand before one door."""

    code = ErrorCode.CONFLICT
    zh = "此办件在该时段已有未完成的同类上门服务单 {number}。"
    en = "The open order {number} is for the same, at the door and time of this case."

    def __init__(self, number: str) -> None:
        super().__init__(fields=("input.caseNumber",), number=number)


class NothingToDeliver(Problem):
    """A delivery of a case that ended undecided brings back what somebody still has of it, if anybody has."""

    code = ErrorCode.CONFLICT
    zh = "该办件未出结果即已结束,也没有在他人手中的材料,无需上门送达。"
    en = "This case ended without a result, and nobody has any of its papers, so there is nothing to deliver."

    def __init__(self) -> None:
        super().__init__(fields=("input.caseNumber",))


class OnlyNeeds(Problem):
    """A volunteer's rights are limited (DOMAIN C17)."""

    code = ErrorCode.FORBIDDEN
    zh = "志愿者只能认领群众点单。"
    en = "Volunteers take needs of residents only."

    def __init__(self) -> None:
        super().__init__(fields=("input.number",))


class TooManyOpen(Problem):
    """One resident does not send for everybody again and again: each order goes to all helpers of an area."""

    code = ErrorCode.LIMIT_EXCEEDED
    zh = "您未办结的帮办单已达上限({most} 单),请先等待办结或取消其中一单。"
    en = "You have as many open orders as one person may have: {most}. Wait until one is done, or cancel one."

    def __init__(self, most: int) -> None:
        super().__init__(most=most)


class NobodyToAsk(Problem):
    """An order must not be lost, so one that could be offered to nobody is not taken in."""

    code = ErrorCode.CONFLICT  # and not UNAVAILABLE: to send the same again at once is no use
    zh = "该区域目前没有可接单的帮办人员,请稍后再试或到窗口办理。"
    en = "Nobody can take orders in this area at present; try again later or come to a window."


class KindNotOffered(Problem):
    """The district does not offer orders of this kind."""

    zh = "本地区未开通此类帮办单:{kind}。"
    en = "This district does not offer orders of this kind: {kind}."

    def __init__(self, kind: OrderKind) -> None:
        super().__init__(fields=("input.kind",), kind=kind)


class VisitOrdered(Problem):
    code = ErrorCode.CONFLICT
    zh = "该到访已下过上门服务单。"
    en = "Service at the door was ordered for this visit already."


class FreeOfCharge(Problem):
    """Help is free: whatever names a fee is refused (DOMAIN C01, invariant 18)."""

    zh = "帮办代办一律免费,不得收取或约定任何费用。"
    en = "Help is always free of charge: an order cannot name a fee."

    def __init__(self) -> None:
        super().__init__(fields=("input.fee",))
