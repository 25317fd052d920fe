"""Helpers' skills in the API, and where skills are lacking (DOMAIN C11, C17, K01, K02)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, Integer, any_, cast, exists, extract, func, or_, select

from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.catalog.offered_sql import live_on
from bangban.features.catalog.tables import DelegationRow
from bangban.features.orders.on_duty import UncoveredTime, helps_with, is_uncovered, uncovered_times
from bangban.features.orders.tables import HelperSkillRow, OrderRow
from bangban.features.orders.trainings_graphql import Training
from bangban.features.orders.values import OrderState
from bangban.features.people.graphql import Staff, staffed_within
from bangban.features.people.tables import AssignmentRow, StaffRow, TrainingRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


def _attended(rows: Rows) -> Pick:
    return Pick(rows.parent.staff_id == any_(rows.c.attendees), (rows.c.held_on, rows.c.id))


def served_seconds(order: Any) -> Any:
    """Seconds from setting out to the end of an order that was done (DOMAIN C17: hours)."""
    return extract("epoch", order.ended_at - order.started_at)


def _served_minutes(rows: Rows) -> Any:
    """Of the helper's orders that were done."""
    done = OrderRow.__table__.alias("served")
    spent = func.coalesce(func.sum(served_seconds(done.c)), 0)
    return (
        select(cast(func.floor(spent / 60), Integer()))
        .where(done.c.holder_id == rows.c.staff_id, done.c.state == OrderState.DONE.value)
        .correlate(rows.c.staff_id.table)
        .scalar_subquery()
    )


def _coached(rows: Rows) -> Any:
    """By the coachings that the helper gave, alone or with others (DOMAIN F01)."""
    given = TrainingRow.__table__.alias("given")
    return (
        select(cast(func.coalesce(func.sum(given.c.served), 0), Integer()))
        .where(rows.c.staff_id == any_(given.c.attendees))
        .correlate(rows.c.staff_id.table)
        .scalar_subquery()
    )


SKILL_GUARD = Guard(Permission.SKILL_MANAGE, within=lambda c, paths: staffed_within(c.staff_id, paths))


@reads(HelperSkillRow, guard=SKILL_GUARD)
@strawberry.type(description="What a helper can help with 帮办人员技能.")
class HelperSkills:
    helper: Staff = one("Who 人员.", lambda r: r.c.id == r.parent.staff_id)
    all_round: bool = column("Whether with everything 全科.")
    themes: list[str] = column("Themes of the catalog 服务主题.")
    services: list[str] = column("Codes of matters 事项编码.")
    approved_at: datetime | None = column("Since when a volunteer was let in 审核通过时间.")
    trainings: list[Training] = many(
        "Trainings attended, and coachings given 参加的培训与开展的辅导.", _attended
    )
    coached: int = column("People coached, with whoever coached along 辅导人数.", _coached)
    served_minutes: int = column("Minutes spent on orders that were done 服务时长(分钟).", _served_minutes)


def _skills(
    root: Rows,
    area_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="Posted in this area's subtree 区域(含下级).")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if area_id is not None:
        held = AssignmentRow.__table__.alias("held_there")
        where.append(root.c.staff_id.in_(select(held.c.staff_id).where(in_subtree(held.c.area_id, area_id))))
    return Listing(Order("helper", (root.c.staff_id,)), tuple(where))


def unit_area(columns: Any) -> Any:
    """The area of the unit to which an item is delegated: its own, or that of its point."""
    point = ServicePointRow.__table__.alias("unit_point")
    of_point = select(point.c.area_id).where(point.c.id == columns.to_point_id)
    # Of this delegation, however deep inside another statement.
    return func.coalesce(columns.to_area_id, of_point.correlate_except(point).scalar_subquery())


def skill_covered(columns: Any, request: Any) -> Predicate:
    """Whether a helper is posted at the unit today who can help with the item."""
    today = request.bind("today", Date())
    held, staff = AssignmentRow.__table__.alias("on_duty"), StaffRow.__table__.alias("colleague")
    skill = HelperSkillRow.__table__.alias("skill")
    # Not every column of staff may be read, so none of them is asked for by a star.
    return exists(select(held.c.id)).where(
        held.c.area_id == unit_area(columns),
        held.c.role == Role.HELPER.value,
        held.c.since <= today,
        or_(held.c.until.is_(None), held.c.until >= today),
        staff.c.id == held.c.staff_id,
        staff.c.active,
        skill.c.staff_id == held.c.staff_id,
        helps_with(skill.c, columns),
    )


@reads(
    DelegationRow,
    guard=Guard(Permission.SKILL_MANAGE, within=lambda c, paths: within_paths(unit_area(c), paths)),
)
@strawberry.type(
    description="A matter that a unit takes on and nobody there or on duty can help with 技能缺口."
)
class SkillGap:
    id: strawberry.ID = column("Identifier of the delegation 承接关系标识.")
    service_code: str = column("Code of the matter 事项编码.")
    area: Area | None = one("The unit's area 承接单位所在区域.", lambda r: r.c.id == unit_area(r.parent))
    uncovered: list[UncoveredTime] = many(
        "When that day the unit is open and nobody on duty there has learnt it 当日在岗未覆盖时段.",
        uncovered_times,
    )


def of_units(given: Any, today: Any) -> tuple[Predicate, ...]:
    """Whether a delegation holds today and is a unit's: a person's own asks for nobody else's skill."""
    return given.staff_id.is_(None), live_on(given, today)


def _gaps(
    root: Rows,
    on_duty_on: Annotated[
        date | None,
        strawberry.argument(
            description="Instead those that at some time of this day nobody on duty has learnt 在岗日期."
        ),
    ] = None,
) -> Listing:
    today = root.request.bind("today", Date())
    lacking = (
        ~skill_covered(root.c, root.request) if on_duty_on is None else is_uncovered(root, root.c, on_duty_on)
    )
    return Listing(Order("gap", (root.c.id,)), (*of_units(root.c, today), lacking))


@strawberry.type
class SkillQuery:
    helper_skills: Connection[HelperSkills] = paged(
        "What helpers can help with 帮办人员技能.", _skills, requires=Permission.SKILL_MANAGE
    )
    skill_gaps: Connection[SkillGap] = paged(
        "Matters that a unit takes on and nobody posted there, or nobody on duty, can help with 技能覆盖缺口.",
        _gaps,
        requires=Permission.SKILL_MANAGE,
    )
