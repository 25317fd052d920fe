"""Value lists of casework. The stored text is the name."""

from __future__ import annotations

from enum import StrEnum

from bangban.features.profiles.values import HelpMode

__all__ = [
    "AuthorisationScope",
    "CaseOrder",
    "CaseOutcome",
    "CaseState",
    "ClockLight",
    "CommitmentKind",
    "EventKind",
    "Grade",
    "HelpKind",
    "HelpMode",
    "MaterialState",
    "RatingPhase",
    "ResultStanding",
]


class CaseState(StrEnum):
    """State of a case 办件状态."""

    SUBMITTED = "SUBMITTED"  # 已申请
    PRE_CHECKING = "PRE_CHECKING"  # 初审通过, 待受理
    AWAITING_MATERIALS = "AWAITING_MATERIALS"  # 待补正
    ACCEPTED = "ACCEPTED"  # 已受理
    IN_PROGRESS = "IN_PROGRESS"  # 办理中
    SUSPENDED = "SUSPENDED"  # 中止(停钟)
    COMPLETED = "COMPLETED"  # 已办结
    CLOSED = "CLOSED"  # 已评价归档
    DECLINED = "DECLINED"  # 不予受理
    WITHDRAWN = "WITHDRAWN"  # 已撤回
    TERMINATED = "TERMINATED"  # 已终止


class EventKind(StrEnum):
    """What happened to a case 办件事件."""

    SUBMITTED = "SUBMITTED"  # 申请
    PRE_CHECKED = "PRE_CHECKED"  # 初审通过
    NOTICE_ISSUED = "NOTICE_ISSUED"  # 一次性告知
    NOTICE_ACKNOWLEDGED = "NOTICE_ACKNOWLEDGED"  # 签收告知
    MATERIALS_SUPPLIED = "MATERIALS_SUPPLIED"  # 补交材料
    ACCEPTED = "ACCEPTED"  # 受理
    COMPLETED = "COMPLETED"  # 办结
    PROMISED_REJECTED = "PROMISED_REJECTED"  # 容缺材料不符
    CONDITION_MET = "CONDITION_MET"  # 所附条件已满足
    RESULT_WITHDRAWN = "RESULT_WITHDRAWN"  # 撤销附条件结果
    RATED = "RATED"  # 评价
    RATED_DURING = "RATED_DURING"  # 边办边评
    DECLINED = "DECLINED"  # 不予受理
    WITHDRAWN = "WITHDRAWN"  # 撤回
    SUSPENDED = "SUSPENDED"  # 中止
    RESUMED = "RESUMED"  # 恢复办理
    TERMINATED = "TERMINATED"  # 终止
    HANDED_OVER = "HANDED_OVER"  # 交接(待接收)
    TAKEN_OVER = "TAKEN_OVER"  # 接收
    RETURNED = "RETURNED"  # 退回
    EXPIRED = "EXPIRED"  # 交接超时退回
    RECALLED = "RECALLED"  # 收回交接
    AUTHORISED = "AUTHORISED"  # 续办委托
    AUTHORISATION_REVOKED = "AUTHORISATION_REVOKED"  # 撤销委托
    PROMISE_CLEARED = "PROMISE_CLEARED"  # 恢复容缺资格
    NEXT_ACKNOWLEDGED = "NEXT_ACKNOWLEDGED"  # 已知悉后续事项
    CHECKED_IN = "CHECKED_IN"  # 跟踪回访
    PAPERS_TAKEN = "PAPERS_TAKEN"  # 代收材料
    PAPERS_FORWARDED = "PAPERS_FORWARDED"  # 转交材料
    PAPERS_RETURNED = "PAPERS_RETURNED"  # 退还材料
    PROXY_USED = "PROXY_USED"  # 代操作


class HelpKind(StrEnum):
    """HELP 帮办: do it together; AGENCY 代办: do it for the applicant, by written authorisation."""

    HELP = "HELP"
    AGENCY = "AGENCY"


class MaterialState(StrEnum):
    """State of one material of a case 材料状态."""

    MISSING = "MISSING"
    SUPPLIED = "SUPPLIED"
    REJECTED = "REJECTED"
    TOLERATED = "TOLERATED"  # 容缺: promised for later
    EXEMPT = "EXEMPT"  # 免交


class CaseOutcome(StrEnum):
    """Result of a completed case 办理结果."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    DONE = "DONE"


class ResultStanding(StrEnum):
    """How a result stands 结果效力 (DOMAIN D10). Stored only of results that were issued with a condition."""

    UNCONDITIONAL = "UNCONDITIONAL"  # 无附加条件
    CONDITIONAL = "CONDITIONAL"  # 附条件: promised materials are not there, or not checked
    CONDITION_MET = "CONDITION_MET"  # 条件已满足
    WITHDRAWN = "WITHDRAWN"  # 已撤销: the promise was broken


class Grade(StrEnum):
    """Rating grade 好差评, best first (GB/T 39046 A.8: 1 is best)."""

    VERY_SATISFIED = "VERY_SATISFIED"
    SATISFIED = "SATISFIED"
    FAIRLY_SATISFIED = "FAIRLY_SATISFIED"
    DISSATISFIED = "DISSATISFIED"
    VERY_DISSATISFIED = "VERY_DISSATISFIED"


class RatingPhase(StrEnum):
    """When an applicant rates 评价时点 (DOMAIN H01)."""

    DURING = "DURING"  # 边办边评
    AFTER = "AFTER"  # 办后再评


class ClockLight(StrEnum):
    """Traffic light of the promised limit 亮灯."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    OVERDUE = "OVERDUE"


class CaseOrder(StrEnum):
    """Order of a case list 排序."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    DUE_FIRST = "DUE_FIRST"


class AuthorisationScope(StrEnum):
    """What the applicant lets an agent do 委托权限 (DOMAIN C01, 3.7)."""

    APPLY = "APPLY"  # 代为申请
    SUPPLY_MATERIALS = "SUPPLY_MATERIALS"  # 代交材料
    RECEIVE_RESULT = "RECEIVE_RESULT"  # 代领结果


class NoticeChannel(StrEnum):
    """How a one-time notice was given 告知方式 (DOMAIN B03)."""

    COUNTER = "COUNTER"  # 当场
    ONLINE = "ONLINE"  # 线上
    PHONE = "PHONE"  # 电话
    DOOR = "DOOR"  # 上门
    PAPER = "PAPER"  # 书面


class NoticeSigner(StrEnum):
    """Who acknowledged a one-time notice 告知签收方式 (DOMAIN B03)."""

    APPLICANT = "APPLICANT"  # 申请人本人线上确认
    REPRESENTATIVE = "REPRESENTATIVE"  # 代办人凭委托书签收
    AT_COUNTER = "AT_COUNTER"  # 当面签字,经办人见证


class CommitmentKind(StrEnum):
    """The five commitments 五项承诺 (DOMAIN B07), in the order in which they are made."""

    FIRST_ASKED = "FIRST_ASKED"  # 首问负责
    TOLD_ONCE = "TOLD_ONCE"  # 一次告知
    TO_THE_POINT = "TO_THE_POINT"  # 精准到位
    DONE_ONCE = "DONE_ONCE"  # 一次办好
    HANDED_OVER_IN_TIME = "HANDED_OVER_IN_TIME"  # 交接及时
