"""The value lists of profiles that the API shows, with a description for each value."""

from __future__ import annotations

from bangban.features.profiles.values import HelpMode, OrderKind, RatingMoment, SignatureRule
from bangban.kernel.graphql.enums import describe

describe(
    SignatureRule,
    "When a task at the door ends with a signature 上门签收要求.",
    {
        SignatureRule.ALWAYS: "Each time 一律签收.",
        SignatureRule.WITH_PAPERS: "When papers change hands 涉及材料交接时签收.",
        SignatureRule.NEVER: "It need not 不要求.",
    },
)
describe(
    HelpMode,
    "Mode of help 帮办方式.",
    {
        HelpMode.ONLINE: "Online 线上帮.",
        HelpMode.MOBILE: "On the phone's client 掌上帮.",
        HelpMode.RELAY: "Handed along levels and departments 接力帮.",
        HelpMode.CUSTOM: "Made to measure for a project 定制帮.",
        HelpMode.TRACKING: "Followed until it is done 跟踪帮.",
        HelpMode.CARING: "At the door or with priority 贴心帮.",
    },
)
describe(
    RatingMoment,
    "When a service is judged 评价时点.",
    {
        RatingMoment.BEFORE: "Before it is done 未办先评.",
        RatingMoment.DURING: "While it is done 边办边评.",
        RatingMoment.AFTER: "When it is done 办后再评.",
        RatingMoment.SURVEY: "By a survey 满意度调查.",
        RatingMoment.EXPERIENCE: "By experience officers 体验官.",
    },
)

describe(
    OrderKind,
    "What is asked for 帮办单类型.",
    {
        OrderKind.NEED: "A resident's need, for the helpers of the grid 群众点单.",
        OrderKind.CALL_OUT: "A firm in a park calls its helper 园区呼叫.",
        OrderKind.PICKUP: "Papers to be fetched at the door 上门取件.",
        OrderKind.DELIVERY: "Papers to be brought to the door 上门送达.",
        OrderKind.CASE: "A case that wants a helper 办件派单.",
        OrderKind.ISSUE: "A problem of a community, solved inside the street if it can be 社区问题.",
    },
)

__all__ = ["HelpMode", "OrderKind", "RatingMoment", "SignatureRule"]
