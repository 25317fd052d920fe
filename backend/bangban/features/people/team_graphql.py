"""Teams and who belongs to them, in the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, and_, func, or_, select

from bangban.features.areas.graphql import Area
from bangban.features.people.graphql import Staff
from bangban.features.people.rules import TeamKind
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

describe(
    TeamKind,
    "Kind of team 队伍类别.",
    {
        TeamKind.CENTRE: "Of the service centre 中心队伍.",
        TeamKind.DEPARTMENT: "Of a department 部门队伍.",
        TeamKind.TOWN: "Of a town or street 镇街队伍.",
        TeamKind.PARK: "Of a park 园区队伍.",
        TeamKind.PROJECT: "Of one project, with its work group 项目队伍.",
    },
)


def _headcount(
    rows: Rows,
    on: Annotated[date | None, strawberry.argument(description="The day; today if left out 日期.")] = None,
) -> Any:
    member = TeamMemberRow.__table__.alias("member")
    day = rows.request.bind("today", Date()) if on is None else on
    valid = and_(member.c.since <= day, or_(member.c.until.is_(None), member.c.until >= day))
    return (
        select(func.count(member.c.staff_id.distinct()))
        .where(member.c.team_id == rows.c.id, valid)
        .correlate(rows.c.id.table)
        .scalar_subquery()
    )


@reads(TeamMemberRow)
@strawberry.type(description="Somebody's time in a team 队伍成员记录.")
class TeamMember:
    id: strawberry.ID = column("Identifier, for `endTeamMembership` 标识.")
    staff: Staff = one("Who 人员.", lambda r: r.c.id == r.parent.staff_id)
    since: date = column("First day 起始日期.")
    until: date | None = column("Last day, if it is known 截止日期.")
    lead: bool = column("Whether they lead it 是否负责人.")
    full_time: bool = column("Whether full-time 是否专职.")


def _members(rows: Rows) -> Pick:
    return Pick(rows.c.team_id == rows.parent.id, (rows.c.since, rows.c.id))


@reads(TeamRow)
@strawberry.type(description="A team with its brand name 帮办队伍.")
class Team:
    id: strawberry.ID = column("Identifier 标识.")
    key: str = column("Key that never changes, by which settings name the team 键.")
    name: str = column("Name 名称.")
    name_en: str | None = column("Name in English 英文名称.")
    brand: str | None = column("Brand name 品牌.")
    kind: TeamKind = column("Kind 队伍类别.")
    department: str | None = column("Department it belongs to 所属部门.")
    area: Area | None = one("Area it serves 服务区域.", lambda r: r.c.id == r.parent.area_id)
    until: date | None = column("Last day, if it is known; the team stays on record 截止日期.")
    headcount: int = column("Members on a day, full- and part-time 人数.", _headcount)
    members: list[TeamMember] = many(
        "Who belongs to it, past and coming ones too 成员记录.", _members, requires=Permission.TEAM_READ
    )


def _teams(root: Rows) -> Listing:
    return Listing(Order("team", (root.c.key, root.c.id)))


@strawberry.type
class TeamQuery:
    teams: Connection[Team] = paged("Teams of the district 帮办队伍.", _teams, requires=Permission.TEAM_READ)
