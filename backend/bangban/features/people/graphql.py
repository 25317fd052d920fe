"""Staff and the viewer in the API."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, Text, Uuid, and_, case, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.areas.graphql import Area, containing, in_subtree, within_paths
from bangban.features.people.enums import StaffSource
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.assessed import PointAssessment
from bangban.features.places.graphql import ServicePoint
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.graphql.extending import extend
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


class ViewerKind(StrEnum):
    """The API's name for the kinds of caller; the members are those of ``PrincipalKind``."""

    ANONYMOUS = "ANONYMOUS"
    RESIDENT = "RESIDENT"
    STAFF = "STAFF"
    AUDITOR = "AUDITOR"
    OPERATOR = "OPERATOR"
    PORTAL = "PORTAL"


describe(
    OperatorDuty,
    "Which third of the platform's administration an operator has 平台管理员职责.",
    {
        OperatorDuty.SYSTEM: "Districts, fleet, onboarding and the national calendar 系统管理员.",
        OperatorDuty.SECURITY: "Operators' accounts and duties 安全管理员.",
        OperatorDuty.AUDIT: "The platform's trail and statistics, to read only 审计管理员.",
    },
)
describe(
    ViewerKind,
    "Kind of caller 访问者类别.",
    {
        ViewerKind.ANONYMOUS: "Not signed in 未登录.",
        ViewerKind.RESIDENT: "A resident or a firm's contact, signed in by phone 办事群众、企业.",
        ViewerKind.STAFF: "Staff of the district 工作人员.",
        ViewerKind.AUDITOR: "Auditor of the district, who only reads 审计员.",
        ViewerKind.OPERATOR: "Operator of the platform 平台运营人员.",
        ViewerKind.PORTAL: "A portal's service account 门户账号.",
    },
)


def _current(columns: Any, rows: Rows) -> Predicate:
    today = rows.request.bind("today", Date())
    return and_(columns.since <= today, or_(columns.until.is_(None), columns.until >= today))


@reads(AssignmentRow)
@strawberry.type(description="A role held at an area; it covers the area's subtree 任职.")
class Assignment:
    role: str = column("Role 角色.")
    area: Area = one("Where it is held 任职区域.", lambda r: r.c.id == r.parent.area_id)
    point: ServicePoint | None = one(
        "The service point that they are posted at 所在服务点.", lambda r: r.c.id == r.parent.point_id
    )
    since: date = column("First day 起始日期.")
    until: date | None = column("Last day, if it is known 截止日期.")


def _assignments(rows: Rows) -> Pick:
    return Pick(and_(rows.c.staff_id == rows.parent.id, _current(rows.c, rows)), (rows.c.since, rows.c.id))


def _own_assignments(rows: Rows) -> Pick:
    me = rows.request.bind("me", Uuid())
    return Pick(and_(rows.c.staff_id == me, _current(rows.c, rows)), (rows.c.since, rows.c.id))


def told_source(rows: Rows) -> Any:
    """The source where it is one of the list: what was written before there was one is not told."""
    return case((rows.c.source.in_([each.value for each in StaffSource]), rows.c.source))


@reads(StaffRow)
@strawberry.type(description="A person who works for the district 工作人员.")
class Staff:
    id: strawberry.ID = column("Identifier 标识.")
    name: str = column("Name 姓名.")
    source: StaffSource | None = column(
        "Where the person comes from; null where none of these is known 人员来源.", told_source
    )
    full_time: bool = column("Whether full-time 是否专职.")
    assignments: list[Assignment] = many("Roles held today 现任职务.", _assignments)


def among_staff(rows: Rows) -> bool:
    """Whether staff or auditors ask: of who works for the district they are told more than the public is."""
    return rows.request.principal_kind in (ViewerKind.STAFF, ViewerKind.AUDITOR)


def staffed_within(staff_id: Any, paths: Any) -> Predicate:
    """Whether somebody holds, held or will hold a role in one of the subtrees ``paths``."""
    held = AssignmentRow.__table__.alias("held")
    return staff_id.in_(select(held.c.staff_id).where(within_paths(held.c.area_id, paths)))


# On the list only: whoever sees a case also sees who helps with it.
STAFF_GUARD = Guard(Permission.STAFF_READ, within=lambda c, paths: staffed_within(c.id, paths))


@strawberry.input(description="Which staff to list 人员筛选条件.")
class StaffFilter:
    role: str | None = strawberry.field(default=None, description="Holds this role today 角色.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="Holds a role in this area's subtree today 区域(含下级)."
    )
    search: str | None = strawberry.field(default=None, description="Part of the name 姓名片段.")


def _staff(
    root: Rows,
    filter: Annotated[StaffFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
) -> Listing:
    where: list[Predicate] = [root.c.active, root.c.portal_origins.is_(None)]
    if filter is not None:
        held = AssignmentRow.__table__.alias("held_today")
        tests: list[Predicate] = []
        if filter.role is not None:
            tests.append(held.c.role == filter.role)
        if filter.area_id is not None:
            tests.append(in_subtree(held.c.area_id, filter.area_id))
        if tests:
            holders = select(held.c.staff_id).where(_current(held.c, root), *tests)
            where.append(root.c.id.in_(holders))
        if filter.search is not None:
            where.append(containing(filter.search, root.c.name))
    return Listing(Order("staff", (root.c.id,)), tuple(where))


@reads()
@strawberry.type(description="Who asks 当前访问者.")
class Viewer:
    kind: ViewerKind = column("Kind of caller 类别.", lambda r: r.request.bind("kind", Text()))
    name: str | None = column("Name, for staff and operators 姓名.", lambda r: r.request.bind("name", Text()))
    duty: OperatorDuty | None = column(
        "An operator's duty 平台管理员职责.", lambda r: r.request.bind("duty", Text())
    )
    assignments: list[Assignment] = many("Roles held today 现任职务.", _own_assignments)
    permissions: list[str] = column(
        "What the caller may do somewhere, as object:action 权限.",
        lambda r: r.request.bind("permissions", ARRAY(Text())),
    )


def _viewer(root: Rows) -> Predicate:  # noqa: ARG001 - the request itself, no row is asked for
    return true()


extend(
    PointAssessment,
    assessed_by=(
        Staff | None,
        one(
            "Who assessed it; told to staff and auditors 评定人.",
            lambda r: r.c.id == r.parent.assessed_by,
            requires=Permission.STAFF_READ,  # points are shown to everybody
        ),
    ),
)


@strawberry.type
class PeopleQuery:
    viewer: Viewer = one("Who asks 当前访问者.", _viewer, requires=Permission.VIEWER_READ, platform=None)
    staff: Connection[Staff] = paged("Staff of the district 工作人员名册.", _staff, guard=STAFF_GUARD)
