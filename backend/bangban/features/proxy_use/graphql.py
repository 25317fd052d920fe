"""Proxy use in the API (DOMAIN C16)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import select

from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.cases.tables import CaseRow
from bangban.features.people.graphql import Staff
from bangban.features.proxy_use.tables import ProxyUseRow
from bangban.features.proxy_use.values import Consent, ProxyStep
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.periods import local_day, touching
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

describe(
    ProxyStep,
    "What an agent did online for a resident 代操作环节.",
    {
        ProxyStep.APPLY: "Applied 申请.",
        ProxyStep.SUPPLY: "Supplied materials 补交材料.",
        ProxyStep.LOOK_UP: "Looked something up 查询.",
    },
)
describe(
    Consent,
    "How the resident agreed 同意方式.",
    {Consent.SPOKEN: "In words 口头同意.", Consent.SIGNED: "In writing 书面同意."},
)


def _number(rows: Rows) -> Any:
    case = CaseRow.__table__.alias("case_used_on")
    return select(case.c.number).where(case.c.id == rows.c.case_id).scalar_subquery()


@reads(
    ProxyUseRow,
    guard=Guard(Permission.PROXY_READ, within=lambda c, paths: within_paths(c.area_id, paths)),
)
@strawberry.type(description="An online step that an agent did for a resident who was there 代操作记录.")
class ProxyUse:
    id: strawberry.ID = column("Identifier 标识.")
    case_number: str | None = column("Number of the case, where it was one's 办件编号.", _number)
    service_code: str = column("Code of the matter 事项编码.")
    area: Area = one("Where 区域.", lambda r: r.c.id == r.parent.area_id)
    agent: Staff | None = one("Who did it 代办人员.", lambda r: r.c.id == r.parent.staff_id)
    at: datetime = column("When it was recorded 登记时间.")
    step: ProxyStep = column("What was done 环节.")
    consent: Consent = column("How the resident agreed 同意方式.")
    consented_at: datetime = column("When the resident agreed 同意时间.")
    app: str = column("The app it was done in 办理渠道.")
    entered: list[str] = column("Names of the fields that were filled in, never what was 录入字段.")
    shown: list[str] = column("Names of what the resident was shown 展示内容.")
    elderly: bool = column("Whether it was done for an old person 是否老年人.")


@strawberry.input(description="Which records to list 代操作筛选条件.")
class ProxyUseFilter:
    number: str | None = strawberry.field(default=None, description="Of this case 办件编号.")
    area_id: strawberry.ID | None = strawberry.field(
        default=None, description="In this area's subtree 区域(含下级)."
    )
    since: date | None = strawberry.field(default=None, description="From this day on 起始日期.")
    until: date | None = strawberry.field(default=None, description="Until this day 截止日期.")
    elderly: bool | None = strawberry.field(
        default=None, description="Of old people, or of others 是否老年人."
    )


def _uses(
    root: Rows,
    filter: Annotated[ProxyUseFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the API's usual name
) -> Listing:
    where: list[Predicate] = []
    if filter is not None:
        if filter.number is not None:
            case = CaseRow.__table__.alias("wanted_case")
            where.append(root.c.case_id.in_(select(case.c.id).where(case.c.number == filter.number)))
        if filter.area_id is not None:
            where.append(in_subtree(root.c.area_id, filter.area_id))
        where += touching(root, filter.since, filter.until, first=local_day(root.c.at))
        if filter.elderly is not None:
            where.append(root.c.elderly == cast("Any", filter.elderly))
    return Listing(Order("used", (root.c.at, root.c.id), descending=True), tuple(where))


@strawberry.type
class ProxyUseQuery:
    proxy_uses: Connection[ProxyUse] = paged(
        "Online steps that agents did for residents, latest first 代操作记录列表.",
        _uses,
        requires=Permission.PROXY_READ,
    )
