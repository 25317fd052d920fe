"""Delegations in the API, and what can be done at a service point."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import Date, false, or_, select, true

from bangban.features.areas.graphql import Area, in_subtree
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.offered_sql import in_force_on, live_on, offered
from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.features.people.graphql import Staff, among_staff
from bangban.features.places.graphql import ServicePoint
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.judged import Between
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

describe(
    DelegationScope,
    "How far an item is delegated; each holds what stands before it 承接范围.",
    {
        DelegationScope.PRE_CHECK: "Pre-check 初审.",
        DelegationScope.ACCEPT: "Accept 受理.",
        DelegationScope.FULL: "All of it, with the decision 全程办理.",
    },
)
describe(
    RunningCases,
    "What becomes of the cases in hand when a delegation is withdrawn 在办件处置.",
    {
        RunningCases.KEEP: "The unit finishes them 由承接单位办结.",
        RunningCases.RETURN: "They go back to the owner at once 退回原单位.",
    },
)


def _item(rows: Rows) -> Pick:
    """The version in force today, or else the last one."""
    today = rows.request.bind("today", Date())
    return Pick(
        rows.c.code == rows.parent.service_code, (in_force_on(rows.c, today).desc(), rows.c.version.desc())
    )


def _person(rows: Rows) -> Predicate:
    return rows.c.id == rows.parent.staff_id if among_staff(rows) else false()


@reads(DelegationRow)
@strawberry.type(description="An item that a unit takes on 事项下放与承接.")
class Delegation:
    id: strawberry.ID = column("Identifier 标识.")
    service: ServiceItem = one("The item 事项.", _item)
    owner: Area = one("Whose item it is 下放单位.", lambda r: r.c.id == r.parent.from_area_id)
    area: Area | None = one(
        "The area that takes it on, with all below it 承接区域.", lambda r: r.c.id == r.parent.to_area_id
    )
    point: ServicePoint | None = one(
        "The service point that takes it on 承接服务点.", lambda r: r.c.id == r.parent.to_point_id
    )
    staff: Staff | None = one(
        "The person whose it is alone while they work there; told to staff and auditors 首席代表.", _person
    )
    scope: DelegationScope = column("How far 承接范围.")
    since: date = column("First day 起始日期.")
    until: date | None = column("Last day, if one is stated 截止日期.")
    basis: str = column("What it rests on 依据.")
    live: bool = column(
        "Whether it holds today 是否有效.", lambda r: live_on(r.c, r.request.bind("today", Date()))
    )
    withdrawn_on: date | None = column("First day without it, where it was withdrawn 收回日期.")
    running: RunningCases | None = column("What became of the cases then 在办件处置.")
    withdrawal_reason: str | None = column("Why it was withdrawn 收回理由.")


@strawberry.input(description="Which delegations to list 下放筛选条件.")
class DelegationFilter:
    service_code: str | None = strawberry.field(default=None, description="Of this item 事项编码.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="To units in this area's subtree, its points included 承接区域(含下级)."
    )
    point_id: strawberry.ID | None = strawberry.field(
        default=None, description="To this service point 承接服务点."
    )
    on: date | None = strawberry.field(default=None, description="That hold on this day 有效日期.")
    representatives: bool | None = strawberry.field(
        default=None, description="A person's own, or those of units only 是否为首席代表承接."
    )


def _delegations(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the contract's name
        DelegationFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.service_code is not None:
            where.append(root.c.service_code == filter.service_code)
        if filter.area_id is not None:
            point = ServicePointRow.__table__.alias("unit_point")
            at_point = select(point.c.id).where(in_subtree(point.c.area_id, filter.area_id))
            where.append(or_(in_subtree(root.c.to_area_id, filter.area_id), root.c.to_point_id.in_(at_point)))
        if filter.point_id is not None:
            where.append(root.c.to_point_id == filter.point_id)
        if filter.representatives is not None:
            where.append(root.c.staff_id.is_not(None) == cast("Any", filter.representatives))
        if filter.on is not None:
            where.append(live_on(root.c, cast("Any", filter.on)))
    return Listing(Order("delegation", (root.c.service_code, root.c.id)), tuple(where))


MOST_AT_A_POINT: Final = 500


@reads()
@strawberry.type(description="An item that a service point takes, and how far 可办事项.")
class PointService:
    service: ServiceItem = one("The item 事项.", lambda r: r.c.id == r.parent.item_id)
    scope: DelegationScope = column("How far it is dealt with there 办理范围.")


def _services(
    root: Rows,
    point_id: Annotated[strawberry.ID, strawberry.argument(description="The service point 服务点.")],
    on: Annotated[
        date | None, strawberry.argument(description="On which day; today if left out 日期.")
    ] = None,
    first: Annotated[
        int, strawberry.argument(description=f"How many, {MOST_AT_A_POINT} at most 个数.")
    ] = MOST_AT_A_POINT,
    after_code: Annotated[
        str | None,
        strawberry.argument(description="Those whose code comes after this one, to go on 起始编码(不含)."),
    ] = None,
) -> Pick:
    point = ServicePointRow.__table__.alias("asked_point")
    day: Any = root.request.bind("today", Date()) if on is None else on
    found = offered(point.c, day).lateral("here")
    drawn = (
        select(found.c.item_id, found.c.code, found.c.scope)
        .select_from(point.join(found, true()))
        .where(point.c.id == point_id)
    )
    if after_code is not None:
        drawn = drawn.where(found.c.code > after_code)
    few = root.request.judged(first, Between("first", 1, MOST_AT_A_POINT))
    page = drawn.order_by(found.c.code).limit(few).subquery("services_here")
    return Pick(true(), (page.c.code,), drawn=page)


@strawberry.type
class DelegationQuery:
    delegations: Connection[Delegation] = paged(
        "Delegations, by item 事项下放与承接列表.", _delegations, requires=Permission.PLACE_READ
    )
    point_services: list[PointService] = many(
        "What can be done at a service point on a day, by code 服务点可办事项.",
        _services,
        requires=Permission.PLACE_READ,
    )
