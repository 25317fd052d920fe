"""Inputs of the limits that supervision watches, as the section ``supervision`` of ``district.yaml`` has them."""

from __future__ import annotations

import strawberry
from strawberry import UNSET


@strawberry.input(
    description="When people are warned, in working days; null is as usual, what is left out stays 督办时限设置."
)
class SupervisionSettingsInput:
    promise_warning_days: int | None = strawberry.field(
        default=UNSET, description="Before the end of a tolerance promise, in days 容缺承诺提前提醒."
    )
    acceptance_working_days: int | None = strawberry.field(
        default=UNSET,
        description="To accept, decline or tell what is missing, 5 at most by law 受理审查时限.",
    )
    answer_warning_working_days: int | None = strawberry.field(
        default=UNSET, description="Before a department's confirmation is due 确认答复提前提醒."
    )
    papers_working_days: int | None = strawberry.field(
        default=UNSET, description="Until papers that were taken below are forwarded 代收材料转交时限."
    )
    order_working_days: int | None = strawberry.field(
        default=UNSET,
        description="Until a claimed order that nobody works on goes to the lead 认领未办提醒时限.",
    )
    order_supervised_working_days: int | None = strawberry.field(
        default=UNSET, description="Until it goes to the supervisors, too 认领未办督办时限."
    )
    fault_working_days: int | None = strawberry.field(
        default=UNSET, description="Until a terminal's fault is mended 终端故障修复时限."
    )
    volunteer_working_days: int | None = strawberry.field(
        default=UNSET, description="Until a volunteer is let in or not 志愿者审核时限."
    )
    post_warning_days: int | None = strawberry.field(
        default=UNSET,
        description="Before the post of somebody ends who has something in hand, in days 任职到期提前提醒.",
    )
