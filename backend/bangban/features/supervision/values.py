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
    REVIEW_LATE = "REVIEW_LATE"  # 初审超时
    FEEDBACK_LATE = "FEEDBACK_LATE"  # 反馈超时: nothing was said on the day of the review
    ACCEPTANCE_LATE = "ACCEPTANCE_LATE"  # 逾期未受理或告知: nothing within the days of the law
    ANSWER_DUE = "ANSWER_DUE"  # 确认将到期: a department's confirmation
    ANSWER_LATE = "ANSWER_LATE"  # 确认逾期
    PAPERS_HELD = "PAPERS_HELD"  # 代收材料未及时转交
    BATCH_LATE = "BATCH_LATE"  # 集中收件后台未按期启动
    ORDER_IDLE = "ORDER_IDLE"  # 认领后未办理
    ORDER_STUCK = "ORDER_STUCK"  # 认领后久未办理
    TERMINAL_FAULT = "TERMINAL_FAULT"  # 自助终端故障未按期修复
    VOLUNTEER_WAITING = "VOLUNTEER_WAITING"  # 志愿者待审核
    VOLUNTEER_LATE = "VOLUNTEER_LATE"  # 志愿者审核逾期
    CHECK_IN_DUE = "CHECK_IN_DUE"  # 跟踪回访到期
    CHECK_IN_LATE = "CHECK_IN_LATE"  # 跟踪回访超时
    POST_ENDING = "POST_ENDING"  # 任职将到期未移交
    POST_ENDED = "POST_ENDED"  # 任职已到期未移交


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
    REVIEW = "C02-REVIEW"
    FEEDBACK = "C02-FEEDBACK"
    ACCEPTANCE = "LAW-32"
    ANSWER = "D16-ANSWER"
    PAPERS = "C09-PAPERS"
    BATCH = "A08-BATCH"
    ORDER = "C06-ORDER"
    TERMINAL = "F02-FAULT"
    VOLUNTEER = "C17-APPROVAL"
    CHECK_IN = "C03-CHECK-IN"
    POST = "C12-POST"


ALERT_OF: dict[DutyKind, Alert] = {
    DutyKind.YELLOW: Alert.YELLOW,
    DutyKind.RED: Alert.RED,
    DutyKind.OVERDUE: Alert.DELAY,
    DutyKind.LEGAL_LIMIT: Alert.DELAY,
    DutyKind.PROMISE_DUE: Alert.YELLOW,
    DutyKind.PROMISE_BROKEN: Alert.DELAY,
    DutyKind.NOTICE_EXPIRED: Alert.DELAY,
    DutyKind.REVIEW_LATE: Alert.RED,
    DutyKind.FEEDBACK_LATE: Alert.DELAY,
    DutyKind.ACCEPTANCE_LATE: Alert.DELAY,
    DutyKind.ANSWER_DUE: Alert.YELLOW,
    DutyKind.ANSWER_LATE: Alert.DELAY,
    DutyKind.PAPERS_HELD: Alert.DELAY,
    DutyKind.BATCH_LATE: Alert.DELAY,
    DutyKind.ORDER_IDLE: Alert.RED,
    DutyKind.ORDER_STUCK: Alert.DELAY,
    DutyKind.TERMINAL_FAULT: Alert.DELAY,
    DutyKind.VOLUNTEER_WAITING: Alert.YELLOW,
    DutyKind.VOLUNTEER_LATE: Alert.DELAY,
    DutyKind.CHECK_IN_DUE: Alert.YELLOW,
    DutyKind.CHECK_IN_LATE: Alert.DELAY,
    DutyKind.POST_ENDING: Alert.YELLOW,
    DutyKind.POST_ENDED: Alert.DELAY,
}

RULE_OF: dict[DutyKind, Rule] = {
    DutyKind.YELLOW: Rule.LIGHTS,
    DutyKind.RED: Rule.LIGHTS,
    DutyKind.OVERDUE: Rule.OVERDUE,
    DutyKind.LEGAL_LIMIT: Rule.LEGAL,
    DutyKind.PROMISE_DUE: Rule.PROMISE,
    DutyKind.PROMISE_BROKEN: Rule.PROMISE,
    DutyKind.NOTICE_EXPIRED: Rule.NOTICE,
    DutyKind.REVIEW_LATE: Rule.REVIEW,
    DutyKind.FEEDBACK_LATE: Rule.FEEDBACK,
    DutyKind.ACCEPTANCE_LATE: Rule.ACCEPTANCE,
    DutyKind.ANSWER_DUE: Rule.ANSWER,
    DutyKind.ANSWER_LATE: Rule.ANSWER,
    DutyKind.PAPERS_HELD: Rule.PAPERS,
    DutyKind.BATCH_LATE: Rule.BATCH,
    DutyKind.ORDER_IDLE: Rule.ORDER,
    DutyKind.ORDER_STUCK: Rule.ORDER,
    DutyKind.TERMINAL_FAULT: Rule.TERMINAL,
    DutyKind.VOLUNTEER_WAITING: Rule.VOLUNTEER,
    DutyKind.VOLUNTEER_LATE: Rule.VOLUNTEER,
    DutyKind.CHECK_IN_DUE: Rule.CHECK_IN,
    DutyKind.CHECK_IN_LATE: Rule.CHECK_IN,
    DutyKind.POST_ENDING: Rule.POST,
    DutyKind.POST_ENDED: Rule.POST,
}

FOR_SUPERVISORS = frozenset(kind for kind, alert in ALERT_OF.items() if alert is Alert.DELAY)
"""Something was missed, so a supervisor looks into it. The others warn whoever has it in hand."""

BEFORE_ANSWER = frozenset({DutyKind.REVIEW_LATE, DutyKind.FEEDBACK_LATE, DutyKind.ACCEPTANCE_LATE})
"""Nothing was said to the applicant yet."""

CHECK_INS = frozenset({DutyKind.CHECK_IN_DUE, DutyKind.CHECK_IN_LATE})
"""Somebody who is kept posted waits to hear."""

VOLUNTEERS = frozenset({DutyKind.VOLUNTEER_WAITING, DutyKind.VOLUNTEER_LATE})
"""Somebody offered to help, and waits to be let in."""

POSTS = frozenset({DutyKind.POST_ENDING, DutyKind.POST_ENDED})
"""Somebody's post ends, and others have to go on with what they have."""
