"""The value lists of casework, described for the API."""

from __future__ import annotations

from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOrder,
    CaseOutcome,
    CaseState,
    ClockLight,
    CommitmentKind,
    Grade,
    HelpKind,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
    RatingPhase,
    ResultStanding,
)
from bangban.features.profiles.enums import HelpMode
from bangban.kernel.graphql.enums import describe

describe(
    CaseState,
    "State of a case 办件状态.",
    {
        CaseState.SUBMITTED: "Applied for 已申请.",
        CaseState.PRE_CHECKING: "Pre-checked and complete, to be accepted 初审通过.",
        CaseState.AWAITING_MATERIALS: "Told once what is missing 待补正.",
        CaseState.ACCEPTED: "Accepted, the clock runs 已受理.",
        CaseState.IN_PROGRESS: "Taken over and worked on 办理中.",
        CaseState.SUSPENDED: "Suspended, the clock stands still 已中止.",
        CaseState.COMPLETED: "Completed 已办结.",
        CaseState.CLOSED: "Rated and filed 已评价归档.",
        CaseState.DECLINED: "Not accepted, with reason and basis 不予受理.",
        CaseState.WITHDRAWN: "Withdrawn by the applicant 已撤回.",
        CaseState.TERMINATED: "Terminated on a legal ground 已终止.",
    },
)
describe(
    CommitmentKind,
    "The five commitments 五项承诺.",
    {
        CommitmentKind.FIRST_ASKED: "Whoever was asked first answers for it to the end 首问负责.",
        CommitmentKind.TOLD_ONCE: "Everything missing was told at once 一次告知.",
        CommitmentKind.TO_THE_POINT: "Nobody to whom it was passed on gave it back 精准到位.",
        CommitmentKind.DONE_ONCE: "Done in one go 一次办好.",
        CommitmentKind.HANDED_OVER_IN_TIME: "No hand-over waited too long 交接及时.",
    },
)
describe(
    HelpKind,
    "Helping, or doing it for the applicant 帮办或代办.",
    {
        HelpKind.HELP: "The helper helps the applicant do it 帮办.",
        HelpKind.AGENCY: "The helper does it by written authorisation 代办.",
    },
)
describe(
    MaterialState,
    "State of a material 材料状态.",
    {
        MaterialState.MISSING: "Missing 缺少.",
        MaterialState.SUPPLIED: "Supplied 已提交.",
        MaterialState.REJECTED: "Rejected 已退回.",
        MaterialState.TOLERATED: "Promised for later 容缺.",
        MaterialState.EXEMPT: "Not needed 免交.",
    },
)
describe(
    CaseOutcome,
    "Result of a case 办理结果.",
    {
        CaseOutcome.GRANTED: "Granted 准予.",
        CaseOutcome.REFUSED: "Refused 不予.",
        CaseOutcome.DONE: "Done 办成.",
    },
)
describe(
    ResultStanding,
    "How a result stands 结果效力.",
    {
        ResultStanding.UNCONDITIONAL: "Issued without a condition 无附加条件.",
        ResultStanding.CONDITIONAL: "Issued on condition that promised materials come in time 附条件.",
        ResultStanding.CONDITION_MET: "They came and were found right 条件已满足.",
        ResultStanding.WITHDRAWN: "They did not come in time, so it is withdrawn 已撤销.",
    },
)
describe(
    Grade,
    "Grade of a rating, best first 评价等级.",
    {
        Grade.VERY_SATISFIED: "Very satisfied 非常满意.",
        Grade.SATISFIED: "Satisfied 满意.",
        Grade.FAIRLY_SATISFIED: "Fairly satisfied 基本满意.",
        Grade.DISSATISFIED: "Dissatisfied 不满意.",
        Grade.VERY_DISSATISFIED: "Very dissatisfied 非常不满意.",
    },
)
describe(
    RatingPhase,
    "When the applicant rates 评价时点.",
    {
        RatingPhase.DURING: "While it is done 边办边评.",
        RatingPhase.AFTER: "When it is done, once 办后再评.",
    },
)
describe(
    ClockLight,
    "Traffic light of the promised limit 亮灯.",
    {
        ClockLight.GREEN: "In time 绿灯.",
        ClockLight.YELLOW: "Soon due 黄灯.",
        ClockLight.RED: "Due now 红灯.",
        ClockLight.OVERDUE: "Overdue 超期.",
    },
)
describe(
    CaseOrder,
    "Order of a case list 排序.",
    {
        CaseOrder.NEWEST: "Newest first 最新在前.",
        CaseOrder.OLDEST: "Oldest first 最早在前.",
        CaseOrder.DUE_FIRST: "Due first 先到期在前.",
    },
)
describe(
    NoticeChannel,
    "How a one-time notice was given 告知方式.",
    {
        NoticeChannel.COUNTER: "Face to face at a counter 当场告知.",
        NoticeChannel.ONLINE: "Over the network 线上告知.",
        NoticeChannel.PHONE: "By telephone 电话告知.",
        NoticeChannel.DOOR: "At somebody's door 上门告知.",
        NoticeChannel.PAPER: "In writing, handed over or sent 书面告知.",
    },
)
describe(
    NoticeSigner,
    "Who acknowledged a one-time notice 告知签收方式.",
    {
        NoticeSigner.APPLICANT: "The applicant, signed in 申请人确认.",
        NoticeSigner.REPRESENTATIVE: "Whoever acts for the applicant by a power of attorney 代办人签收.",
        NoticeSigner.AT_COUNTER: "By a signature that staff saw 当面签收.",
    },
)
describe(
    AuthorisationScope,
    "What the applicant lets an agent do 委托权限.",
    {
        AuthorisationScope.APPLY: "Apply on the applicant's behalf 代为申请.",
        AuthorisationScope.SUPPLY_MATERIALS: "Supply materials 代交材料.",
        AuthorisationScope.RECEIVE_RESULT: "Receive the result 代领结果.",
    },
)

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
    "NoticeChannel",
    "NoticeSigner",
    "RatingPhase",
    "ResultStanding",
]
