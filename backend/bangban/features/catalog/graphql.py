"""The service catalog in the API."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from sqlalchemy import Boolean, Date, Integer, Text, and_, any_, cast, false, func, literal, select
from sqlalchemy.types import TypeEngine

from bangban.features.areas.graphql import containing
from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.enums import (
    Audience,
    CaseType,
    Channel,
    MaterialForm,
    MaterialSource,
    MobileApp,
    ServiceKind,
)
from bangban.features.catalog.offered_sql import in_force_on
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


@reads()
@strawberry.type(description="What a matter costs by law; help with it is always free 收费.")
class Fee:
    amount: Decimal = column("Amount in yuan 金额(元).", lambda r: r.c.fee_amount)
    basis: str = column("Legal basis of the fee 收费依据.", lambda r: r.c.fee_basis)


@reads()
@strawberry.type(description="How a matter is done on a phone 掌办指南.")
class MobileGuide:
    app: MobileApp = column("Where it is done 应用类型.", lambda r: r.c.details["mobile"]["app"].astext)
    name: str = column(
        "Name of the app, mini-program or page 应用名称.", lambda r: r.c.details["mobile"]["name"].astext
    )
    link: str = column(
        "Link that leads straight to it 直达链接.", lambda r: r.c.details["mobile"]["link"].astext
    )
    steps: list[str] = column("What to do, step by step 办理步骤.", lambda r: r.c.details["mobile"]["steps"])
    steps_en: list[str] | None = column(
        "The same in English 英文步骤.", lambda r: r.c.details["mobile"]["stepsEn"]
    )
    validated_on: date | None = column(
        "When the steps were last gone through and right 核验日期.",
        lambda r: cast(r.c.details["mobile"]["validatedOn"].astext, Date()),
    )


def _of_material(name: str, as_type: TypeEngine[Any]) -> Any:
    """What an item's details say of the material at hand; null where they say nothing."""

    def said(rows: Rows) -> Any:
        item = ServiceItemRow.__table__.alias("material_item")
        found = item.c.details["materials"][rows.c.code][name].astext
        return (
            select(cast(found, as_type))
            .where(item.c.id == rows.c.item_id)
            .correlate(rows.c.item_id.table)
            .scalar_subquery()
        )

    return said


def _said(name: str) -> Any:
    """A text of an item's details; null where they say nothing."""
    return lambda rows: rows.c.details[name].astext


@reads(ServiceMaterialRow)
@strawberry.type(description="A paper that a matter asks for 申请材料.")
class ServiceMaterial:
    code: str = column("Code, unique within the item 材料编码.")
    name: str = column("Name 材料名称.")
    name_en: str | None = column("Name in English 英文名称.", _of_material("name_en", Text()))
    required: bool = column("Whether the matter cannot be accepted without it 是否必备.")
    core: bool = column("Whether it can never be tolerated 主要材料.")
    tolerable: bool = column("Whether it may follow later by promise 是否可容缺.")
    tolerable_days: int | None = column(
        "Working days within which it follows; null: the item's promise 容缺期限.",
        _of_material("tolerable_days", Integer()),
    )
    originals: int = column("How many originals 原件份数.")
    copies: int = column("How many copies 复印件份数.")
    issuer: str | None = column("Who issues it 出具机构.")
    source: MaterialSource | None = column("Where it comes from 来源渠道.")
    form: MaterialForm | None = column("Paper, electronic or both 材料形式.")


def _materials(rows: Rows) -> Pick:
    return Pick(rows.c.item_id == rows.parent.id, (rows.c.position, rows.c.code))


@reads(ServiceItemRow)
@strawberry.type(description="A matter of the district's service catalog 政务服务事项.")
class ServiceItem:
    id: strawberry.ID = column("Identifier of this version 标识.")
    code: str = column("Implementation code 实施编码.")
    name: str = column("Name 事项名称.")
    name_en: str | None = column("Name in English 英文名称.", _said("name_en"))
    kind: ServiceKind = column("Kind of matter 事项类型.")
    audience: list[Audience] = column("Who it is for 服务对象.")
    level: AreaLevel = column("Level at which the power is exercised 行使层级.")
    case_type: CaseType = column("Type of case 办件类型.")
    promised_working_days: int = column("Promised limit in working days 承诺办结时限(工作日).")
    legal_working_days: int = column("Legal limit in working days 法定办结时限(工作日).")
    legal_limit_note: str | None = column(
        "Ground of an unusual legal limit 法定时限说明.", _said("legal_limit_note")
    )
    max_trips: int = column("Most trips an applicant makes 到办事现场次数.")
    fee: Fee | None = same_row("Statutory fee, if any 收费.", when=lambda r: r.c.fee_amount.is_not(None))
    materials: list[ServiceMaterial] = many("Papers it asks for 申请材料.", _materials)
    no_materials_reason: str | None = column(
        "Why no paper is needed 无需材料的理由.", _said("no_materials_reason")
    )
    channels: list[Channel] = column("Ways to apply 办理渠道.")
    online_not_offered_reason: str | None = column(
        "Why it is not offered online 不支持网办的理由.", _said("online_not_offered_reason")
    )
    version: int = column("Version, counted from 1 版本.")
    handled_at: list[AreaLevel] = column("Levels whose windows accept it 受理层级.")
    pre_checked_at: list[AreaLevel] = column("Levels that pre-check it 初审层级.")
    theme: str | None = column("Theme it is listed under 服务主题.", _said("theme"))
    delegated_only: bool = column(
        "Whether units below its level handle it by delegation alone 须经下放承接.",
        lambda r: func.coalesce(cast(r.c.details["delegated_only"].astext, Boolean()), false()),
    )
    result_before_supplied: bool = column(
        "Whether its result may be issued on condition that promised materials come 是否可附条件办结.",
        lambda r: func.coalesce(cast(r.c.details["result_before_supplied"].astext, Boolean()), false()),
    )
    mobile: MobileGuide | None = same_row(
        "How it is done on a phone 掌办指南.", when=lambda r: r.c.details.has_key("mobile")
    )
    legal_basis: list[str] = column("Laws and rules it rests on 设定依据.")
    result_name: str = column("What the applicant gets 办理结果.")
    conditions: str | None = column("Conditions of acceptance 受理条件.")
    department: str | None = column("Department in charge 实施主体.")
    effective_from: date = column("First day of this version 生效日期.")
    effective_to: date | None = column("Day on which it is replaced 失效日期.")


def in_force(rows: Rows, on: Any = None) -> Predicate:
    """Whether an item's version holds on a day, or today."""
    return in_force_on(rows.c, rows.request.bind("today", Date()) if on is None else on)


def _one_service(
    root: Rows,
    code: Annotated[str, strawberry.argument(description="Implementation code 实施编码.")],
    on: Annotated[
        date | None,
        strawberry.argument(description="As in force on which day; today if left out 日期."),
    ] = None,
) -> Predicate:
    return and_(root.c.code == code, in_force(root, on))


@strawberry.input(description="Which matters to list 事项筛选条件.")
class ServiceFilter:
    search: str | None = strawberry.field(
        default=None, description="Part of the name or code 名称或编码片段."
    )
    audience: Audience | None = strawberry.field(default=None, description="Who it is for 服务对象.")
    kind: ServiceKind | None = strawberry.field(default=None, description="Kind of matter 事项类型.")
    handled_in: strawberry.ID | None = strawberry.field(
        default=None, description="Accepted at the level of this area 受理区域."
    )
    level: AreaLevel | None = strawberry.field(default=None, description="Level of the power 行使层级.")


def _services(
    root: Rows,
    filter: Annotated[ServiceFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the contract's name
    on: Annotated[
        date | None,
        strawberry.argument(description="As in force on which day; today if left out 日期."),
    ] = None,
) -> Listing:
    where: list[Predicate] = [in_force(root, on)]
    if filter is not None:
        if filter.search is not None:
            where.append(containing(filter.search, root.c.name, root.c.code))
        if filter.audience is not None:
            where.append(literal(filter.audience.value) == any_(root.c.audience))
        if filter.kind is not None:
            where.append(root.c.kind == filter.kind.value)
        if filter.level is not None:
            where.append(root.c.level == filter.level.value)
        if filter.handled_in is not None:
            where.append(_level_of(filter.handled_in) == any_(root.c.handled_at))
    return Listing(Order("service", (root.c.code, root.c.id)), tuple(where))


def _level_of(area_id: Any) -> Any:
    area = AreaRow.__table__.alias("handling_area")
    return select(area.c.level).where(area.c.id == area_id).scalar_subquery()


@strawberry.type
class CatalogQuery:
    service: ServiceItem | None = one(
        "The version of a matter that is in force on a day 事项.",
        _one_service,
        requires=Permission.CATALOG_READ,
    )
    services: Connection[ServiceItem] = paged(
        "Matters in force on a day, by code 事项列表.", _services, requires=Permission.CATALOG_READ
    )
