"""The value lists of profiles that the API shows, with a description for each value."""

from __future__ import annotations

from bangban.features.profiles.values import HelpMode, RatingMoment
from bangban.kernel.graphql.enums import describe

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

__all__ = ["HelpMode", "RatingMoment"]
