"""Inputs of how halls work, as the section ``hall`` of ``district.yaml`` has it."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from bangban.features.hall import enums as _  # noqa: F401 - it describes them
from bangban.features.profiles.values import CareNeed, OvertimeKind, Proposal


@strawberry.input(description="From when on a queue is a crowd 拥堵标准.")
class CrowdInput:
    queue_length: int = strawberry.field(default=20, description="People waiting, more than this 排队人数.")
    wait_minutes: int = strawberry.field(default=20, description="Minutes that somebody waits 等候分钟数.")


@strawberry.input(description="The class in which a care need is called 照顾需求的优先级.")
class PriorityInput:
    need: CareNeed = strawberry.field(description="Which need 照顾需求.")
    level: int = strawberry.field(description="0 to 9; the highest is called first 优先级.")


@strawberry.input(description="What is proposed for a care need 照顾需求对应的服务.")
class ProposalsInput:
    need: CareNeed = strawberry.field(description="Which need 照顾需求.")
    proposed: list[Proposal] = strawberry.field(
        description="What, as far as the district offers it; nothing: none 照顾服务."
    )


@strawberry.input(description="A kind of overtime on offer 延时服务.")
class OvertimeInput:
    kind: OvertimeKind = strawberry.field(description="Which kind 类型.")
    before_minutes: int = strawberry.field(
        default=30, description="Minutes before closing at which it is opened at the earliest 提前分钟数."
    )


@strawberry.input(description="How batches are taken in 集中收件.")
class BatchInput:
    most: int = strawberry.field(default=50, description="Applications in one batch, 2 to 100 件数上限.")
    working_days: int = strawberry.field(
        default=1, description="By when the back office begins, in working days 后台办理时限."
    )
    team: str | None = strawberry.field(
        default=None,
        description="Key of the back office's team; anybody who may accept if left out 后台队伍.",
    )


@strawberry.input(description="How halls work; null is as usual, what is left out stays 大厅设置.")
class HallSettingsInput:
    crowd: CrowdInput | None = strawberry.field(
        default=UNSET, description="From when on a queue is a crowd 拥堵标准."
    )
    priorities: list[PriorityInput] | None = strawberry.field(
        default=UNSET, description="Who is called first, all of them 优先级."
    )
    proposals: list[ProposalsInput] | None = strawberry.field(
        default=UNSET, description="What is proposed for which care need, all of them 照顾服务."
    )
    overtime: list[OvertimeInput] | None = strawberry.field(
        default=UNSET, description="The kinds of overtime on offer, all of them 延时服务."
    )
    batch: BatchInput | None = strawberry.field(
        default=UNSET, description="How batches are taken in 集中收件."
    )
    service_minutes: int | None = strawberry.field(
        default=UNSET,
        description="Minutes for one person at a window, until the day has shown it 每人办理分钟数.",
    )
    target_minutes: int | None = strawberry.field(
        default=UNSET, description="Minutes in the hall that are aimed at 在厅时长目标."
    )
    advisory_tickets: bool | None = strawberry.field(
        default=UNSET, description="Whether there are numbers for advice without all papers 咨询号."
    )
    notice_working_days: int | None = strawberry.field(
        default=UNSET, description="Working days to bring what was told to be missing 补正期限(工作日)."
    )
    keep_days: int | None = strawberry.field(
        default=UNSET, description="Days after which a visit forgets who came 来访信息保存天数."
    )
