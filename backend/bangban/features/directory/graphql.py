"""The directory of districts for operators in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from typing import cast as cast_as

import strawberry
from sqlalchemy import Integer, any_, cast

from bangban.features.areas.graphql import containing
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.fields import column, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows
from bangban.kernel.tenancy.quotas import MEGABYTE
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus

FLEET = Guard(Permission.FLEET_READ)


def _quota(name: str) -> Any:
    return lambda r: cast(r.c.quotas[name].astext, Integer)


@reads()
@strawberry.type(description="What a district may use at most; what is null follows the settings 地区配额.")
class DistrictQuotas:
    storage_mb: int | None = column("Mebibytes of storage 存储(MB).", _quota("storage_mb"))
    staff_accounts: int | None = column("Accounts of its staff 工作人员账号数.", _quota("staff_accounts"))
    cost_per_minute: int | None = column(
        "What its operations may cost in a minute, in each process 每分钟请求量.", _quota("cost_per_minute")
    )
    statement_timeout_ms: int | None = column(
        "Milliseconds that one statement may take 单条语句时限(毫秒).", _quota("statement_timeout_ms")
    )


@reads(DistrictRow, guard=FLEET, platform=True)
@strawberry.type(description="A district as the platform's operators see it 平台地区.")
class PlatformDistrict:
    slug: strawberry.ID = column("Its name in addresses 地区标识.")
    name: str = column("Name 名称.")
    brand: str = column("Brand of its assistance service 服务品牌.")
    division_code: str | None = column("Division code, if it has one 区划代码.")
    levels: list[AreaLevel] = column("Levels of its area tree 层级.")
    status: DistrictStatus = column("Life of the district 状态.")
    suspended_why: str | None = column("Why it is suspended 暂停原因.")
    revision: str = column("Revision of its schema 结构版本.")
    created_at: datetime = column("When it was made 创建时间.")
    live_since: datetime | None = column("When it went live first 上线时间.")
    storage_mb: int | None = column(
        "Mebibytes it used when last measured 已用存储(MB).",
        lambda r: cast(r.c.storage_bytes / MEGABYTE, Integer),
    )
    staff_accounts: int | None = column("Accounts that might sign in, when last measured 工作人员账号数.")
    measured_at: datetime | None = column("When it was last measured 测量时间.")
    quotas: DistrictQuotas = same_row("What it may use at most 配额.")


def _districts(
    root: Rows,
    search: Annotated[str | None, strawberry.argument(description="Part of name or slug 查询词.")] = None,
    status: Annotated[
        list[DistrictStatus] | None, strawberry.argument(description="In one of these states 状态.")
    ] = None,
) -> Listing:
    where: list[Predicate] = []
    if search is not None:
        where.append(containing(search, root.c.name, root.c.slug))
    if status is not None:
        where.append(root.c.status == any_(cast_as("Any", status)))
    return Listing(Order("platformDistricts", (root.c.slug,)), tuple(where))


@strawberry.type
class DirectoryQuery:
    platform_districts: Connection[PlatformDistrict] = paged(
        "Every district in whatever state, for operators 平台地区名录.",
        _districts,
        requires=Permission.FLEET_READ,
        platform=True,
    )
