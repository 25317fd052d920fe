"""Value lists of a hall. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum

from bangban.features.profiles.values import CareNeed, OvertimeKind, Proposal

__all__ = [
    "AlertAction",
    "AlertKind",
    "CareNeed",
    "OvertimeKind",
    "OvertimeOutcome",
    "PaperState",
    "Proposal",
    "ShiftKind",
    "TicketState",
    "TicketStep",
    "VisitEnd",
    "VisitState",
]


class ShiftKind(StrEnum):
    """What somebody on the rota is there for 值班类型 (DOMAIN A01, A11, A12)."""

    GUIDE = "GUIDE"  # 导办: at the desk, greets
    ON_CALL = "ON_CALL"  # 值守: answers enquiries, outside opening hours too
    REPRESENTATIVE = "REPRESENTATIVE"  # 首席代表: decides on the spot what was delegated to them


class VisitState(StrEnum):
    """State of a visit 到访状态 (DOMAIN A02)."""

    GREETED = "GREETED"  # 已接待
    TICKETED = "TICKETED"  # 已取号
    WAITING = "WAITING"  # 再次等候: was at a window and waits for another
    AT_WINDOW = "AT_WINDOW"  # 窗口办理中
    DONE = "DONE"  # 办完离厅
    LEFT = "LEFT"  # 未办离厅
    REDIRECTED = "REDIRECTED"  # 引导至他处


class VisitEnd(StrEnum):
    """How a visit ends at the desk 到访结束方式."""

    DONE = "DONE"
    LEFT = "LEFT"
    REDIRECTED = "REDIRECTED"


class PaperState(StrEnum):
    """What a guide finds of a required paper 材料预检结果 (DOMAIN A06)."""

    HAS = "HAS"  # 已备
    MISSING = "MISSING"  # 缺少
    WRONG_FORM = "WRONG_FORM"  # 不合格式


class TicketState(StrEnum):
    """State of a queue ticket 号票状态 (DOMAIN A03)."""

    ISSUED = "ISSUED"  # 等候中
    CALLED = "CALLED"  # 已叫号
    SERVING = "SERVING"  # 办理中
    SERVED = "SERVED"  # 已办理
    NO_SHOW = "NO_SHOW"  # 过号
    CANCELLED = "CANCELLED"  # 已作废
    TRANSFERRED = "TRANSFERRED"  # 已转窗


class TicketStep(StrEnum):
    """What is done to a ticket after it was issued 号票操作."""

    RECALL = "RECALL"  # 重呼
    SERVE = "SERVE"  # 开始办理
    FINISH = "FINISH"  # 办理完毕
    NO_SHOW = "NO_SHOW"  # 过号
    CANCEL = "CANCEL"  # 作废
    TRANSFER = "TRANSFER"  # 转窗
    CARRY_OVER = "CARRY_OVER"  # 延时未完, 说明后另日办理


class OvertimeOutcome(StrEnum):
    """How overtime ended 延时结果 (DOMAIN A07)."""

    DONE = "DONE"  # 当日办完
    CARRIED_OVER = "CARRIED_OVER"  # 说明后另日办理


class AlertKind(StrEnum):
    """What makes a crowd 拥堵类型 (DOMAIN A05)."""

    LENGTH = "LENGTH"  # 排队人数
    WAIT = "WAIT"  # 等候时间


class AlertAction(StrEnum):
    """What was done about a crowd 疏导措施 (DOMAIN A05)."""

    OPEN_WINDOW = "OPEN_WINDOW"  # 增开窗口
    DIVERT = "DIVERT"  # 分流到自助服务
    BATCH_INTAKE = "BATCH_INTAKE"  # 集中收件
