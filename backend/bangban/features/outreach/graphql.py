"""Outreach in the API: what is planned, what came of it, and who wants to be told (DOMAIN G13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final
from typing import cast as py_cast

import strawberry
from sqlalchemy import (
    Date,
    Integer,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.features.accounts.tables import ResidentRow
from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.bundles.tables import BundleRow
from bangban.features.cases.tables import CaseRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.outreach.enums import Audience, CareNeed, OutreachKind
from bangban.features.outreach.tables import InterestRow, OutreachRow
from bangban.features.people.graphql import Staff
from bangban.features.places.settings import OUTREACH_DAYS, number_set
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import during, touching
from bangban.kernel.planner.reads import Columns, Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

_TEXTS: Final = ARRAY(Text())


def _last_day(columns: Columns) -> Any:
    """The last day on which a case counts as begun after it."""
    return columns.ends_on + number_set("outreach_days", OUTREACH_DAYS)


def begun_for_it(rows: Rows) -> Any:
    """How many cases were begun for what was presented, in the area, from its first day to the last that counts."""
    case, item = CaseRow.__table__.alias("begun"), ServiceItemRow.__table__.alias("presented")
    member = BundleMemberRow.__table__.alias("together")
    application = BundleApplicationRow.__table__.alias("joint")
    bundle = BundleRow.__table__.alias("offered_bundle")
    in_time = and_(
        rows.c.cancelled_at.is_(None),
        during(case.c.submitted_at, rows.c.starts_on, _last_day(rows.c)),
        in_subtree(case.c.area_id, rows.c.area_id),
    )
    outer = rows.c.id.table
    one_by_one = (
        select(case.c.id)
        .join(item, item.c.id == case.c.service_item_id)
        .where(item.c.code == any_(rows.c.codes), in_time)
        .correlate(outer)
    )
    at_once = (
        select(case.c.id)
        .join(member, member.c.case_id == case.c.id)
        .join(application, application.c.id == member.c.application_id)
        .join(bundle, bundle.c.id == application.c.bundle_id)
        .where(bundle.c.code == any_(rows.c.codes), in_time)
        .correlate(outer)
    )
    both = union(one_by_one, at_once).subquery("begun_for_it")
    return select(cast(func.count(), Integer())).select_from(both).scalar_subquery()


_CANDIDATES: Final = Guard(
    Permission.OUTREACH_HOLD, within=lambda c, paths: within_paths(c.area_id, paths), personal=True
)


def _phone(rows: Rows) -> Any:
    resident = ResidentRow.__table__.alias("interested")
    return (
        select(resident.c.phone_masked)
        .where(resident.c.id == rows.c.resident_id)
        .correlate(rows.c.resident_id.table)
        .scalar_subquery()
    )


@reads(InterestRow, guard=_CANDIDATES)
@strawberry.type(
    description="Somebody who agreed to be told of offers; who needs what is not told 愿意接收政策提示的群众."
)
class OutreachCandidate:
    phone: str = column("Phone number, masked 手机号(脱敏).", _phone)
    area: Area = one("Where they wish to be told of 所在区域.", lambda r: r.c.id == r.parent.area_id)
    themes: list[str] = column("Themes that they chose; none: whatever there is 关注主题.")
    since: datetime = column("When they agreed 同意时间.")


def suits(interest: Columns, event: Columns) -> Predicate:
    """Whether somebody agreed, in the area, with the themes and needs of the outreach where either names any."""
    item = ServiceItemRow.__table__.alias("told_of")
    bundle = BundleRow.__table__.alias("told_together")
    empty = cast(literal([], _TEXTS), _TEXTS)
    inside = (
        select(func.unnest(bundle.c["items"]))
        .where(bundle.c.code == any_(event.codes))
        .correlate(event.id.table)
    )
    themes = (
        select(func.array_agg(item.c.details["theme"].astext, type_=_TEXTS))
        .where(or_(item.c.code == any_(event.codes), item.c.code.in_(inside)))
        .correlate(event.id.table)
        .scalar_subquery()
    )
    shared_theme = interest.themes.op("&&", is_comparison=True)(func.coalesce(themes, empty))
    shared_need = interest.care_needs.op("&&", is_comparison=True)(event.care_needs)
    return and_(
        in_subtree(interest.area_id, event.area_id),
        or_(func.cardinality(interest.themes) == 0, shared_theme),
        or_(func.cardinality(event.care_needs) == 0, shared_need),
    )


def _candidates(rows: Rows) -> Listing:
    return Listing(Order("candidates", (rows.c.resident_id,)), (suits(rows.c, rows.parent),))


@reads(
    OutreachRow,
    guard=Guard(Permission.OUTREACH_READ, within=lambda c, paths: within_paths(c.area_id, paths)),
)
@strawberry.type(description="A time at which people are told what there is for them 政策宣讲活动.")
class Outreach:
    id: strawberry.ID = column("Identifier 标识.")
    kind: OutreachKind = column("Kind 宣讲方式.")
    area: Area = one("Where 所在区域.", lambda r: r.c.id == r.parent.area_id)
    place: str = column("Market, shop, homes or hall 地点.")
    starts_on: date = column("First day 开始日期.")
    ends_on: date = column("Last day 结束日期.")
    codes: list[str] = column("Items and bundles that are presented 宣讲事项与一件事编码.")
    audience: Audience | None = column("Whom it is for; anybody if empty 对象类型.")
    care_needs: list[CareNeed] = column("Who needs such care; none: anybody 照顾对象.")
    planned_at: datetime = column("When it was planned 计划时间.")
    planned_by: Staff | None = one("Who planned it 计划人.", lambda r: r.c.id == r.parent.planned_by)
    reported_at: datetime | None = column("When it was reported 填报时间.")
    reported_by: Staff | None = one("Who reported it 填报人.", lambda r: r.c.id == r.parent.reported_by)
    reached: int | None = column("People reached 触达人数.")
    questions: int | None = column("Questions that they had 咨询数.")
    cancelled_at: datetime | None = column("When it was cancelled 取消时间.")
    cancelled_by: Staff | None = one("Who cancelled it 取消人.", lambda r: r.c.id == r.parent.cancelled_by)
    cancel_reason: str | None = column("Why it was cancelled 取消原因.")
    applied: int = column(
        "Cases begun for what was presented, in the area, up to the last day; 0 once cancelled 申请数.",
        begun_for_it,
    )
    applied_until: date = column(
        "The last day whose cases count 统计截止日期.", lambda r: cast(_last_day(r.c), Date())
    )
    candidates: Connection[OutreachCandidate] = paged(
        "Who agreed to be told of such offers; for those who hold it 可告知群众.", _candidates
    )


@strawberry.input(description="Which outreach to list 宣讲筛选条件.")
class OutreachFilter:
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    kind: OutreachKind | None = strawberry.field(default=None, description="Of this kind 宣讲方式.")
    since: date | None = strawberry.field(default=None, description="That end on this day or later 起始日期.")
    until: date | None = strawberry.field(
        default=None, description="That begin on this day or earlier 截止日期."
    )
    cancelled: bool | None = strawberry.field(
        default=None, description="Cancelled, or not; both if left out 是否已取消."
    )


def _outreaches(
    root: Rows,
    filter: Annotated[  # noqa: A002 - the contract's name
        OutreachFilter | None, strawberry.argument(description="Which ones 筛选条件.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.area_id is not None:
            where.append(in_subtree(root.c.area_id, filter.area_id))
        if filter.kind is not None:
            where.append(root.c.kind == filter.kind.value)
        where += touching(root, filter.since, filter.until, first=root.c.starts_on, last=root.c.ends_on)
        if filter.cancelled is not None:
            where.append(root.c.cancelled_at.is_not(None) == py_cast("Any", filter.cancelled))
    return Listing(Order("outreach", (root.c.starts_on, root.c.id), descending=True), tuple(where))


@strawberry.type
class OutreachQuery:
    outreaches: Connection[Outreach] = paged(
        "Outreach that is planned, was held or cancelled, the latest first 政策宣讲活动列表.",
        _outreaches,
        requires=Permission.OUTREACH_READ,
    )
