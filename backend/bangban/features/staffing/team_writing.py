"""Keeping teams in the API. Each mutation is one transaction; resolvers only translate."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from bangban.features.people.team_graphql import Team
from bangban.features.staffing.memberships import Membership, end_membership, set_member
from bangban.features.staffing.team_inputs import EndTeamMembershipInput, SetTeamInput, SetTeamMemberInput
from bangban.features.staffing.teams import set_team
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Info
from bangban.kernel.graphql.roots import mutation
from bangban.kernel.graphql.writing import row_of
from bangban.kernel.planner.parameters import as_uuid

_INPUT = strawberry.argument(description="What to do 输入.")
_OPTIONAL = ("name_en", "brand", "department", "until")


@strawberry.type
class TeamMutation:
    @mutation("Make a team, change it, or give it a last day 设置队伍.", Permission.STAFF_MANAGE)
    async def set_team(self, info: Info, input: Annotated[SetTeamInput, _INPUT]) -> Team:  # noqa: A002 - the contract's name
        area_id = as_uuid(input.area_id, ("input", "areaId"))
        given: dict[str, Any] = {name: getattr(input, name) for name in _OPTIONAL}
        changes = {name: value for name, value in given.items() if value is not strawberry.UNSET}
        return await row_of(
            info,
            Team,
            lambda work: set_team(
                work, key=input.key, name=input.name, kind=input.kind, area_id=area_id, changes=changes
            ),
        )

    @mutation("Let somebody belong to a team, from day to day 设置队伍成员.", Permission.STAFF_MANAGE)
    async def set_team_member(self, info: Info, input: Annotated[SetTeamMemberInput, _INPUT]) -> Team:  # noqa: A002 - the contract's name
        team_id = as_uuid(input.team_id, ("input", "teamId"))
        staff_id = as_uuid(input.staff_id, ("input", "staffId"))
        return await row_of(
            info,
            Team,
            lambda work: set_member(
                work,
                team_id=team_id,
                staff_id=staff_id,
                wished=Membership(
                    since=input.since or work.today,
                    until=input.until,
                    lead=input.lead,
                    full_time=input.full_time,
                ),
            ),
        )

    @mutation("Let somebody's time in a team end 结束队伍成员.", Permission.STAFF_MANAGE)
    async def end_team_membership(self, info: Info, input: Annotated[EndTeamMembershipInput, _INPUT]) -> Team:  # noqa: A002 - the contract's name
        membership_id = as_uuid(input.membership_id, ("input", "membershipId"))
        return await row_of(
            info,
            Team,
            lambda work: end_membership(work, membership_id=membership_id, until=input.until or work.today),
        )
