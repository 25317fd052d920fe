"""Chief representatives at a point 首席代表现场办公, in the API: when, and what they decide there (DOMAIN A11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import false, func, select

from bangban.features.cases.tables import CaseEventRow
from bangban.features.catalog.graphql import ServiceItem, in_force
from bangban.features.catalog.offered_sql import live_on
from bangban.features.catalog.tables import DelegationRow, ServiceItemRow
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.values import ShiftKind
from bangban.features.people.graphql import Staff, among_staff
from bangban.features.people.tables import TeamMemberRow, TeamRow
from bangban.features.places.graphql import ServicePoint
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.judged import Usual
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import bounds
from bangban.kernel.planner.reads import Columns, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


def _own(columns: Columns) -> Any:
    """What was delegated to the person of a turn for its day."""
    given = DelegationRow.__table__.alias("own_delegation")
    live = (given.c.staff_id == columns.guide_id, live_on(given.c, columns.day))
    return given, live


def _department(rows: Rows) -> Any:
    """Of the department's team that the person belongs to that day, or else of what they decide."""
    member, team = TeamMemberRow.__table__.alias("seat"), TeamRow.__table__.alias("department_team")
    seated = (
        select(func.coalesce(team.c.department, team.c.name))
        .select_from(member.join(team, team.c.id == member.c.team_id))
        .where(
            member.c.staff_id == rows.c.guide_id,
            team.c.kind == "DEPARTMENT",
            member.c.since <= rows.c.day,
            func.coalesce(member.c.until, rows.c.day) >= rows.c.day,
        )
        .order_by(team.c.key)
        .limit(1)
    )
    item = ServiceItemRow.__table__.alias("decided_item")
    given, live = _own(rows.c)
    decided = select(func.min(item.c.department)).where(item.c.code == given.c.service_code, *live)
    around = rows.c.guide_id.table
    return func.coalesce(
        seated.correlate(around).scalar_subquery(), decided.correlate(around).scalar_subquery()
    )


def _services(rows: Rows) -> Pick:
    given, live = _own(rows.parent)
    codes = select(given.c.service_code).where(*live).correlate(rows.parent.guide_id.table)
    return Pick(rows.c.code.in_(codes) & in_force(rows), (rows.c.code, rows.c.id))


def decisions(rows: Rows) -> Any:
    """Of the timelines: what they did between begin and end by a delegation of their own."""
    event, given = CaseEventRow.__table__.alias("decision"), DelegationRow.__table__.alias("decided_by")
    return (
        select(func.count())
        .select_from(event.join(given, given.c.id == event.c.delegation_id))
        .where(
            given.c.staff_id == rows.c.guide_id, event.c.at >= rows.c.begins_at, event.c.at < rows.c.ends_at
        )
        .correlate(rows.c.guide_id.table)
        .scalar_subquery()
    )


def _person(rows: Rows) -> Predicate:
    return rows.c.id == rows.parent.guide_id if among_staff(rows) else false()


@reads(GuideShiftRow)
@strawberry.type(
    description="A department's chief representative at a point, from when until when 首席代表现场办公."
)
class RepresentativeTurn:
    id: strawberry.ID = column("Identifier of the turn 值班标识.")
    point: ServicePoint = one("Where 服务点.", lambda r: r.c.id == r.parent.point_id)
    department: str | None = column("The department they decide for 部门.", _department)
    begins_at: datetime = column("From when on 开始.")
    ends_at: datetime = column("Until when 结束.")
    services: list[ServiceItem] = many("What they decide on the spot 现场决定事项.", _services)
    decisions: int = column("Acts that they did on the spot by their own delegation 现场办理数.", decisions)
    representative: Staff | None = one("Who it is; told to staff and auditors 首席代表.", _person)


def _turns(
    root: Rows,
    point_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="At this point; anywhere if left out 服务点.")
    ] = None,
    since: Annotated[
        date | None, strawberry.argument(description="First day; today if left out 起始日期.")
    ] = None,
    until: Annotated[date | None, strawberry.argument(description="Last day 截止日期.")] = None,
) -> Listing:
    first, last = bounds(root, since, until, Usual.SINCE)
    given, live = _own(root.c)
    where: list[Predicate] = [
        # Once it is taken back nobody comes to decide, whatever the rota says.
        select(given.c.id).where(*live).correlate(root.c.guide_id.table).exists(),
        root.c.kind == ShiftKind.REPRESENTATIVE.value,
        root.c.cancelled_at.is_(None),
        root.c.day >= first,
    ]
    if point_id is not None:
        where.append(root.c.point_id == point_id)
    if last is not None:
        where.append(root.c.day <= last)
    return Listing(Order("turn", (root.c.begins_at, root.c.id)), tuple(where))


@strawberry.type
class RepresentativeQuery:
    representatives: Connection[RepresentativeTurn] = paged(
        "When chief representatives are at points, and what they decide there 首席代表现场办公安排.",
        _turns,
        requires=Permission.PLACE_READ,
    )
