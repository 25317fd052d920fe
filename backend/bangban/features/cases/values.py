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
    "Grade",
    "HelpKind",
    "HelpMode",
    "MaterialState",
    "RatingPhase",
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


class CommitmentKind(StrEnum):
    """The five commitments 五项承诺 (DOMAIN B07), in the order in which they are made."""

    FIRST_ASKED = "FIRST_ASKED"  # 首问负责
    TOLD_ONCE = "TOLD_ONCE"  # 一次告知
    TO_THE_POINT = "TO_THE_POINT"  # 精准到位
    DONE_ONCE = "DONE_ONCE"  # 一次办好
    HANDED_OVER_IN_TIME = "HANDED_OVER_IN_TIME"  # 交接及时
