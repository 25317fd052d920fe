"""The value lists of a hall, described for the API."""

from __future__ import annotations

from bangban.features.hall.values import (
    AlertAction,
    AlertKind,
    CareNeed,
    OvertimeKind,
    OvertimeOutcome,
    PaperState,
    Proposal,
    ShiftKind,
    TicketState,
    TicketStep,
    VisitEnd,
    VisitState,
)
from bangban.kernel.graphql.enums import describe

describe(
    ShiftKind,
    "What somebody on the rota is there for 值班类型.",
    {
        ShiftKind.GUIDE: "At the desk; greets visitors 导办.",
        ShiftKind.ON_CALL: "On call; answers enquiries, outside opening hours too 值守.",
        ShiftKind.REPRESENTATIVE: "A department's chief representative, who decides on the spot 首席代表.",
    },
)
describe(
    VisitState,
    "State of a visit 到访状态.",
    {
        VisitState.GREETED: "Greeted by a guide 已接待.",
        VisitState.TICKETED: "Has a number 已取号.",
        VisitState.WAITING: "Waits again, for another window 再次等候.",
        VisitState.AT_WINDOW: "Being served 窗口办理中.",
        VisitState.DONE: "Done and gone 办完离厅.",
        VisitState.LEFT: "Gone without being done 未办离厅.",
        VisitState.REDIRECTED: "Led elsewhere, with what this hall does not take 引导至他处.",
    },
)
describe(
    VisitEnd,
    "How a visit ends at the desk 到访结束方式.",
    {
        VisitEnd.DONE: "Answered at the desk 咨询台办结.",
        VisitEnd.LEFT: "Gone without being done 未办离厅.",
        VisitEnd.REDIRECTED: "Led elsewhere, with what this hall does not take 引导至他处.",
    },
)
describe(
    Proposal,
    "What is proposed to somebody with a care need 照顾服务.",
    {
        Proposal.CARING: "To be helped in the mode CARING: `applyForCase(modes: [CARING])` 贴心帮.",
        Proposal.DOOR: "Service at the door: `placeOrder` with PICKUP or DELIVERY and `visitId` 上门服务.",
    },
)
describe(
    PaperState,
    "What a guide finds of a required paper 材料预检结果.",
    {
        PaperState.HAS: "There and in order 已备.",
        PaperState.MISSING: "Not there 缺少.",
        PaperState.WRONG_FORM: "There, but not in the right form 不合格式.",
    },
)
describe(
    TicketState,
    "State of a queue ticket 号票状态.",
    {
        TicketState.ISSUED: "Waiting to be called 等候中.",
        TicketState.CALLED: "Called to a window 已叫号.",
        TicketState.SERVING: "Being served 办理中.",
        TicketState.SERVED: "Served 已办理.",
        TicketState.NO_SHOW: "Called and not there 过号.",
        TicketState.CANCELLED: "Cancelled, or dead with its day 已作废.",
        TicketState.TRANSFERRED: "Replaced by a number of another queue 已转窗.",
    },
)
describe(
    TicketStep,
    "What is done with a ticket 号票操作.",
    {
        TicketStep.RECALL: "Call it again 重呼.",
        TicketStep.SERVE: "The visitor is at the window 开始办理.",
        TicketStep.FINISH: "The visitor is done 办理完毕.",
        TicketStep.NO_SHOW: "Nobody came 过号.",
        TicketStep.CANCEL: "Take it back 作废.",
        TicketStep.TRANSFER: "Give a number of the right queue, with the same turn 转窗.",
        TicketStep.CARRY_OVER: "End overtime undone, with an explanation 延时未完另日办理.",
    },
)
describe(
    CareNeed,
    "Why somebody is looked after first; for the staff of the point only 照顾需求.",
    {
        CareNeed.ELDERLY: "Old 老年人.",
        CareNeed.WEAK: "Weak 体弱.",
        CareNeed.SICK: "Sick 患病.",
        CareNeed.DISABLED: "Disabled 残疾.",
        CareNeed.HARDSHIP: "In hardship 困难群众.",
    },
)
describe(
    OvertimeKind,
    "Kind of overtime 延时类型.",
    {
        OvertimeKind.EVENING: "After closing 下班延时.",
        OvertimeKind.NOON: "In the noon break 午间延时.",
        OvertimeKind.APPOINTMENT: "Agreed on earlier in the day 预约延时.",
    },
)
describe(
    OvertimeOutcome,
    "How overtime ended 延时结果.",
    {
        OvertimeOutcome.DONE: "Done the same day 当日办完.",
        OvertimeOutcome.CARRIED_OVER: "Carried over, with an explanation 说明后另日办理.",
    },
)
describe(
    AlertKind,
    "What makes a crowd 拥堵类型.",
    {
        AlertKind.LENGTH: "Too many wait 排队人数超限.",
        AlertKind.WAIT: "Somebody waits too long 等候时间超限.",
    },
)
describe(
    AlertAction,
    "What is done about a crowd 疏导措施.",
    {
        AlertAction.OPEN_WINDOW: "Open another window 增开窗口.",
        AlertAction.DIVERT: "Lead people to self-service 分流到自助服务.",
        AlertAction.BATCH_INTAKE: "Take papers in as a batch 集中收件.",
    },
)
