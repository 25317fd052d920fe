"""What the mutations that keep teams are given."""

from __future__ import annotations

from datetime import date

import strawberry

from bangban.features.people.rules import TeamKind


@strawberry.input(
    description="A team as it shall be, known by its key; null takes away, what is left out stays 设置队伍."
)
class SetTeamInput:
    key: str = strawberry.field(
        description="Key that never changes: lower-case letters, digits and hyphens 键."
    )
    name: str = strawberry.field(description="Name 名称.")
    kind: TeamKind = strawberry.field(description="Kind 队伍类别.")
    area_id: strawberry.ID = strawberry.field(description="Area it serves, where it has its seat 服务区域.")
    name_en: str | None = strawberry.field(default=strawberry.UNSET, description="Name in English 英文名称.")
    brand: str | None = strawberry.field(default=strawberry.UNSET, description="Brand name 品牌.")
    department: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Department it belongs to, as items call it: their matters come to it first 所属部门.",
    )
    until: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="Last day: memberships end by it, the team stays on record 截止日期.",
    )


@strawberry.input(
    description="Somebody's time in a team; one that begins on the same day is the same 队伍成员."
)
class SetTeamMemberInput:
    team_id: strawberry.ID = strawberry.field(description="The team 队伍.")
    staff_id: strawberry.ID = strawberry.field(description="Who 人员.")
    since: date | None = strawberry.field(default=None, description="First day; today if left out 起始日期.")
    until: date | None = strawberry.field(
        default=None, description="Last day, if it is known; the team's if left out 截止日期."
    )
    lead: bool = strawberry.field(default=False, description="Whether they lead it 是否负责人.")
    full_time: bool | None = strawberry.field(
        default=None, description="Whether full-time; as the person if left out 是否专职."
    )


@strawberry.input(description="Somebody's time in a team that ends 结束队伍成员.")
class EndTeamMembershipInput:
    membership_id: strawberry.ID = strawberry.field(description="Which one, from `members` 成员记录.")
    until: date | None = strawberry.field(default=None, description="Last day; today if left out 截止日期.")
