"""Printed guides 掌办指南册 in the API: what there is to print, and where the paper is fetched."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Date, Integer, Text, any_, cast, func, literal, not_, select

from bangban.features.catalog.graphql import ServiceItem
from bangban.features.catalog.offered_sql import in_force_on
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.printed_guides.tables import PrintedGuideRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

PATH = "/guides/"
"""Before the district's slug, the guide's code and its version."""


def _items(rows: Rows) -> Pick:
    ids = rows.parent["items"]
    return Pick(rows.c.id == any_(ids), (func.array_position(ids, rows.c.id),))


def _current(rows: Rows) -> ColumnElement[Any]:
    """Whether each of its items holds today in the version that the guide was made of."""
    item = ServiceItemRow.__table__.alias("printed_item")
    today = rows.request.bind("today", Date())
    return not_(
        select(literal(1))
        .where(item.c.id == any_(rows.c["items"]), not_(in_force_on(item.c, today)))
        .correlate(rows.c.id.table)
        .exists()
    )


def _address(rows: Rows) -> ColumnElement[Any]:
    slug = rows.request.bind("district_slug", Text())
    return (
        literal(PATH)
        .concat(slug)
        .concat("/")
        .concat(rows.c.code)
        .concat("/")
        .concat(cast(rows.c.version, Text()))
    )


@reads(PrintedGuideRow)
@strawberry.type(description="A guide to print: what can be done on a phone, and how 掌办指南册.")
class PrintedGuide:
    code: str = column("Code 编码.")
    version: int = column("Version, which stands on every page 版本.")
    name: str = column("Title 名称.")
    name_en: str | None = column("Title in English 英文名称.")
    effective_from: date = column("First day of this version 生效日期.")
    effective_to: date | None = column("Day on which it is replaced 失效日期.")
    item_count: int = column(
        "How many matters it has 事项数.", lambda r: cast(func.cardinality(r.c["items"]), Integer())
    )
    items: list[ServiceItem] = many("The versions of matters that it was made of 收录事项.", _items)
    current: bool = column("Whether all of them still hold; if not, publish it anew 内容是否现行.", _current)
    address: str = column(
        "Path on this server where anybody who may see the catalog fetches it as PDF 下载地址.", _address
    )


def _guides(
    root: Rows,
    code: Annotated[
        str | None,
        strawberry.argument(description="All versions of this one; else those in force today 编码."),
    ] = None,
) -> Listing:
    today = root.request.bind("today", Date())
    wanted = in_force_on(root.c, today) if code is None else root.c.code == code
    return Listing(Order("guide", (root.c.code, root.c.version)), (wanted,))


@strawberry.type
class PrintedGuideQuery:
    printed_guides: Connection[PrintedGuide] = paged(
        "Guides to print, by code 掌办指南册列表.", _guides, requires=Permission.CATALOG_READ
    )
