"""Value lists of supervision. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum


class DutyKind(StrEnum):
    """What a duty is about 督办类型."""

    YELLOW = "YELLOW"  # 预警
    RED = "RED"  # 临期
    OVERDUE = "OVERDUE"  # 超期: later than promised
    LEGAL_LIMIT = "LEGAL_LIMIT"  # 超法定时限: later than the law allows
    PROMISE_DUE = "PROMISE_DUE"  # 容缺承诺将到期
    PROMISE_BROKEN = "PROMISE_BROKEN"  # 容缺承诺逾期
    NOTICE_EXPIRED = "NOTICE_EXPIRED"  # 补正期限已过


class DutyState(StrEnum):
    """State of a duty 督办状态."""

    OPEN = "OPEN"  # 待办
    SETTLED = "SETTLED"  # 已办
    VOID = "VOID"  # 已失效: its case ended, moved on, or is due on another day


class Alert(StrEnum):
    """Type of alert, as the national monitoring data names it 预警类型 (GB/T 39046, DOMAIN 3.2, 3.18)."""

    YELLOW = "YELLOW"
    RED = "RED"
    DELAY = "DELAY"


class Rule(StrEnum):
    """The rule that a duty follows from 监察规则. Ids are this product's own."""

    LIGHTS = "B04-LIGHT"
    OVERDUE = "B04-OVERDUE"
    LEGAL = "LAW-42"
    PROMISE = "D10-PROMISE"
    NOTICE = "B03-NOTICE"


ALERT_OF: dict[DutyKind, Alert] = {
    DutyKind.YELLOW: Alert.YELLOW,
    DutyKind.RED: Alert.RED,
    DutyKind.OVERDUE: Alert.DELAY,
    DutyKind.LEGAL_LIMIT: Alert.DELAY,
    DutyKind.PROMISE_DUE: Alert.YELLOW,
    DutyKind.PROMISE_BROKEN: Alert.DELAY,
    DutyKind.NOTICE_EXPIRED: Alert.DELAY,
}

RULE_OF: dict[DutyKind, Rule] = {
    DutyKind.YELLOW: Rule.LIGHTS,
    DutyKind.RED: Rule.LIGHTS,
    DutyKind.OVERDUE: Rule.OVERDUE,
    DutyKind.LEGAL_LIMIT: Rule.LEGAL,
    DutyKind.PROMISE_DUE: Rule.PROMISE,
    DutyKind.PROMISE_BROKEN: Rule.PROMISE,
    DutyKind.NOTICE_EXPIRED: Rule.NOTICE,
}

FOR_SUPERVISORS = frozenset(kind for kind, alert in ALERT_OF.items() if alert is Alert.DELAY)
"""Something was missed, so a supervisor looks into it. The others warn whoever holds the case."""
