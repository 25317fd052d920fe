"""Bundles 一件事 in the API: what a district offers, before anybody applies."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Date, FromClause, and_, any_, func, or_, select

from bangban.features.areas.graphql import containing
from bangban.features.bundles.enums import BundleKind
from bangban.features.bundles.tables import BundleRow
from bangban.features.bundles.union_sql import papers_of
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.tables import ServiceItemRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import flag, in_column, in_place, value
from bangban.kernel.planner.fields import column, many, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


@strawberry.type(description="A line of the form that all matters share 共用表单项.")
class BundleField:
    key: str = column("Key in the application 键.", value("key"))
    label: str = column("Label 标签.", value("zh"))
    label_en: str = column("Label in English 英文标签.", value("en"))
    required: bool = column("Whether it must be filled in 是否必填.", flag("required"))


@strawberry.type(description="A paper of a bundle, given once however many matters need it 共用材料.")
class BundleMaterial:
    key: str = column("Key under which it is given 键.")
    name: str = column("Name 材料名称.")
    required: bool = column("Whether one of the matters cannot do without it 是否必备.")
    services: list[str] = column("Codes of the matters that need it 用于事项.")


def in_force(rows: Rows, on: Any = None) -> Predicate:
    """Whether the version holds on a day, or today."""
    day = rows.request.bind("today", Date()) if on is None else on
    return and_(rows.c.effective_from <= day, or_(rows.c.effective_to.is_(None), rows.c.effective_to > day))


def _services(rows: Rows) -> Pick:
    codes = rows.parent["items"]
    return Pick(
        and_(rows.c.code == any_(codes), in_force(rows)), (func.array_position(codes, rows.c.code), rows.c.id)
    )


def _papers(rows: Rows, alias: str) -> FromClause:
    return papers_of(rows.parent, rows.request.bind("today", Date()), alias)


def _counted(rows: Rows, *, separately: bool) -> ColumnElement[Any]:
    papers = papers_of(rows.c, rows.request.bind("today", Date()), "separate" if separately else "once")
    how_many = func.coalesce(func.sum(papers.c.wanted), 0) if separately else func.count()
    return select(how_many).select_from(papers).scalar_subquery()


def _longest(rows: Rows) -> ColumnElement[Any]:
    item = ServiceItemRow.__table__.alias("member_item")
    today = rows.request.bind("today", Date())
    return (
        select(func.coalesce(func.max(item.c.promised_working_days), 0))
        .where(
            item.c.code == any_(rows.c["items"]),
            item.c.effective_from <= today,
            or_(item.c.effective_to.is_(None), item.c.effective_to > today),
        )
        .scalar_subquery()
    )


@reads(BundleRow)
@strawberry.type(description="Several matters as one 一件事.")
class Bundle:
    id: strawberry.ID = column("Identifier of this version 标识.")
    code: str = column("Code 编码.")
    version: int = column("Version, counted from 1 版本.")
    kind: BundleKind = column("Kind 类型.")
    name: str = column("Name 名称.")
    name_en: str | None = column("Name in English 英文名称.")
    lead_department: str = column("Department that leads 牵头部门.")
    services: list[ServiceItem] = many("Its matters, as they are in force today 包含事项.", _services)
    optional: list[str] = column("Codes of the matters that may be left out 可选事项.")
    fields: list[BundleField] = many("The shared form 共用表单.", in_place, rows=in_column("fields"))
    materials: list[BundleMaterial] = many(
        "The papers, each once 材料清单.", lambda r: Pick(r.c.key.is_not(None), (r.c.place,)), rows=_papers
    )
    materials_once: int = column(
        "How many papers there are 合并后材料数.", lambda r: _counted(r, separately=False)
    )
    materials_separately: int = column(
        "How many there were if each matter were applied for by itself 合并前材料数.",
        lambda r: _counted(r, separately=True),
    )
    promised_working_days: int = column(
        "Promised limit in working days: the longest of its matters 承诺时限(工作日).", _longest
    )
    answer_working_days: int | None = column(
        "Working days within which each department answers; of confirmations only 答复时限(工作日)."
    )
    effective_from: date = column("First day of this version 生效日期.")
    effective_to: date | None = column("Day on which it is replaced 失效日期.")


@strawberry.input(description="Which bundles to list 一件事筛选条件.")
class BundleFilter:
    code: str | None = strawberry.field(default=None, description="The one with this code 编码.")
    search: str | None = strawberry.field(default=None, description="Part of the name 名称片段.")
    service_code: str | None = strawberry.field(default=None, description="With this matter 包含事项编码.")


def _bundles(
    root: Rows,
    filter: Annotated[BundleFilter | None, strawberry.argument(description="Which ones 筛选条件.")] = None,  # noqa: A002 - the word of the other lists
    on: Annotated[
        date | None,
        strawberry.argument(description="As in force on which day; today if left out 日期."),
    ] = None,
) -> Listing:
    where: list[Predicate] = [in_force(root, on)]
    if filter is not None:
        if filter.code is not None:
            where.append(root.c.code == filter.code)
        if filter.search is not None:
            where.append(containing(filter.search, root.c.name))
        if filter.service_code is not None:
            where.append(filter.service_code == any_(root.c["items"]))
    return Listing(Order("bundle", (root.c.code, root.c.id)), tuple(where))


@strawberry.type
class BundleQuery:
    bundles: Connection[Bundle] = paged(
        "Bundles in force on a day, by code 一件事目录.", _bundles, requires=Permission.CATALOG_READ
    )
