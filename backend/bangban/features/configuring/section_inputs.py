"""Inputs of sections that stand by themselves: a member that is null goes back to what is usual."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from bangban.features.configuring.helping_inputs import NextStepsInput
from bangban.features.places.enums import PointKind


@strawberry.input(description="A phrase that staff do not write to applicants 禁用语.")
class BannedPhraseInput:
    phrase: str = strawberry.field(
        description="Its letters; blanks, marks and signs between them make no difference 禁用语."
    )
    instead: str | None = strawberry.field(default=None, description="What is said instead 规范用语.")


@strawberry.input(
    description="How long assistance may wait, and what is not said; null is as usual, what is left out stays 帮办设置."
)
class AssistanceSettingsInput:
    handover_minutes: int | None = strawberry.field(
        default=UNSET, description="How long a hand-over waits to be taken 交接时限(分钟)."
    )
    transfer_minutes: int | None = strawberry.field(
        default=UNSET, description="How long a transfer inside waits to be accepted 内部转办时限(分钟)."
    )
    reply_minutes_in_hours: int | None = strawberry.field(
        default=UNSET, description="How soon a question online is answered in office hours 办公时间答复时限."
    )
    reply_minutes_off_hours: int | None = strawberry.field(
        default=UNSET, description="And at any other time 非办公时间答复时限(分钟)."
    )
    review_minutes: int | None = strawberry.field(
        default=UNSET, description="Office time until an application is reviewed 初审时限(办公分钟)."
    )
    office_hours: str | None = strawberry.field(
        default=UNSET, description="Office hours of working days, as 09:00-17:00 办公时间."
    )
    phrases: list[BannedPhraseInput] | None = strawberry.field(
        default=UNSET, description="Phrases that staff do not write to applicants, all of them 禁用语."
    )
    next_step_days: int | None = strawberry.field(
        default=UNSET,
        description="Working days before the due day on which the next matters are told 后续事项提前提示天数.",
    )
    check_in_working_days: int | None = strawberry.field(
        default=UNSET,
        description="Working days between two check-ins of a tracked case, 1 to 60 跟踪回访间隔(工作日).",
    )
    check_in_message_hours: int | None = strawberry.field(
        default=UNSET,
        description="Hours between two messages about check-ins of a case, 1 to 168 跟踪回访消息间隔(小时).",
    )
    open_questions: int | None = strawberry.field(
        default=UNSET,
        description="Unanswered questions with which no resident asks another 群众未答复咨询上限.",
    )
    next_steps: list[NextStepsInput] | None = strawberry.field(
        default=UNSET, description="Which matters usually follow which, all of them 后续事项."
    )


@strawberry.input(
    description="Which points take bookings, and how many; null is as usual, what is left out stays 预约设置."
)
class BookingsSettingsInput:
    kinds: list[PointKind] | None = strawberry.field(
        default=UNSET, description="Kinds of points that take bookings; none: nowhere 可预约的服务点类型."
    )
    slot_minutes: int | None = strawberry.field(
        default=UNSET, description="How long a booking lasts, 10 to 240 minutes 时段分钟数."
    )
    capacity: int | None = strawberry.field(
        default=UNSET, description="Bookings at a point at the same time, 1 to 100 席位数."
    )
    days_ahead: int | None = strawberry.field(
        default=UNSET, description="For how many days from today on, 1 to 60 可提前预约天数."
    )
