"""What has parted between the district's catalog and its template, in the API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import strawberry
from sqlalchemy import Date, Text, cast, func, true
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.catalog.comparing import ChangedBy
from bangban.features.catalog.drift_sql import drift
from bangban.features.catalog.templates import TEMPLATES, USUAL_TEMPLATE
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows


class DriftKind(StrEnum):
    """How an item has parted from the template's 差异类型."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    WITHDRAWN = "WITHDRAWN"
    ADAPTED = "ADAPTED"


describe(
    DriftKind,
    "How an item has parted from the template's newer text 差异类型.",
    {
        DriftKind.NEW: "The template offers it and the district never did 模板新增.",
        DriftKind.CHANGED: "The template changed it; the district has it as it took it 模板变更.",
        DriftKind.WITHDRAWN: "The template offers it no longer 模板停办.",
        DriftKind.ADAPTED: "The template changed it, and so did the district 双方均有变更.",
    },
)
describe(
    ChangedBy,
    "Who changed a field since the item was taken 变更来源.",
    {
        ChangedBy.TEMPLATE: "The template 模板.",
        ChangedBy.DISTRICT: "The district 本地区.",
        ChangedBy.BOTH: "Both, or nobody knows 双方.",
    },
)


@reads()
@strawberry.type(description="One field in which the district's item and the template's differ 字段差异.")
class TemplateDifference:
    field: str = column(
        "The field of ServiceItem, or `materials.` and a material's code 字段.",
        lambda r: r.c.value["field"].astext,
    )
    district: str | None = column(
        "What the district has; lists and materials as JSON 本地区现值.", lambda r: r.c.value["ours"].astext
    )
    template: str | None = column(
        "What the template says now; lists and materials as JSON 模板现值.",
        lambda r: r.c.value["theirs"].astext,
    )
    changed_by: ChangedBy = column("Who changed it 变更来源.", lambda r: r.c.value["changedBy"].astext)


def _differences(rows: Rows) -> Pick:
    listed = func.jsonb_array_elements(rows.parent.differences).table_valued(sql_column("value", JSONB))
    drawn = listed.render_derived(name="difference")
    return Pick(true(), (drawn.c.value["field"].astext.collate("C"),), drawn=drawn)


@reads()
@strawberry.type(description="An item in which the district's catalog has parted from its template 模板差异.")
class TemplateDrift:
    code: str = column("Implementation code 实施编码.")
    name: str = column("Name, as the template has it now 事项名称.")
    kind: DriftKind = column("How it has parted 差异类型.")
    version: int | None = column("The district's newest version of it 本地区版本.")
    taken: str | None = column(
        "Digest of the template's text that the district took 已采用的模板内容摘要.", lambda r: r.c.taken
    )
    offered: str | None = column(
        "Digest of the template's text as it is now 模板现行内容摘要.", lambda r: r.c.offered
    )
    differences: list[TemplateDifference] = many(
        "Field by field; every field of a new or withdrawn item 逐项差异.", _differences
    )


def _drift(
    root: Rows,
    template: Annotated[
        str, strawberry.argument(description="Name of the template 模板名称.")
    ] = USUAL_TEMPLATE,
) -> Pick:
    texts = cast(root.request.bind(TEMPLATES, Text()), JSONB)
    drawn = drift(
        texts.op("->", return_type=JSONB())(template),
        cast(template, Text),
        root.request.bind("today", Date()),
    )
    return Pick(true(), (drawn.c.code.collate("C"),), drawn=drawn)


@strawberry.type
class DriftQuery:
    template_drift: list[TemplateDrift] = many(
        "What the template's newer text has that the district's catalog has not taken over 模板差异.",
        _drift,
        requires=Permission.CATALOG_MANAGE,
    )
