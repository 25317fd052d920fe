"""Guidance 情形引导 in the API: questions, one after the other, to the matter that somebody needs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import ColumnElement, Date, and_, true

from bangban.features.bundles.graphql import Bundle, in_force
from bangban.features.catalog.graphql import ServiceItem
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.guidance.walking_sql import walked
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.elements import elements, in_place, value
from bangban.kernel.planner.fields import column, many, one, paged, same_row
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows


@strawberry.type(description="A possible answer 选项.")
class GuidanceAnswer:
    key: str = column("Key to answer with 键.", value("key"))
    label: str = column("Label 选项文字.", value("label", "zh"))
    label_en: str = column("Label in English 英文选项.", value("label", "en"))


def _said(column_: str, *path: str) -> Any:
    def found(rows: Rows) -> ColumnElement[Any]:
        at = rows.c[column_]
        for name in path:
            at = at[name]
        return at.astext  # type: ignore[no-any-return]  # columns by name are untyped

    return found


@reads()
@strawberry.type(description="A question 问题.")
class GuidanceQuestion:
    text: str = column("The question 问题文字.", _said("node", "question", "zh"))
    text_en: str = column("The question in English 英文问题.", _said("node", "question", "en"))
    answers: list[GuidanceAnswer] = many(
        "What may be answered 选项.",
        in_place,
        rows=lambda rows, alias: elements(rows.parent.node["answers"], alias),
    )


def _end(kind: str) -> Any:
    def found(rows: Rows) -> Predicate:
        return and_(rows.c.code == rows.parent.chosen[kind].astext, in_force(rows))

    return found


@reads()
@strawberry.type(description="Where the answers lead 引导结果.")
class GuidanceEnd:
    service: ServiceItem | None = one(
        "The matter, with its papers; as it is in force today 事项.", _end("item")
    )
    bundle: Bundle | None = one(
        "The bundle, with its papers; as it is in force today 一件事.", _end("bundle")
    )
    advice: str | None = column(
        "What to do where it is no matter of the catalog 建议.", _said("chosen", "advice", "zh")
    )
    advice_en: str | None = column("The same in English 英文建议.", _said("chosen", "advice", "en"))


@reads()
@strawberry.type(description="How far the answers have led 情形引导.")
class Guidance:
    code: str = column("Code 编码.")
    version: int = column("Version; name it with the next answers, so that they stay in it 版本.")
    name: str = column("Name 名称.")
    question: GuidanceQuestion | None = same_row(
        "The next question; null at the end 下一个问题.", when=lambda r: r.c.node.is_not(None)
    )
    end: GuidanceEnd | None = same_row(
        "The end; null while there is another question 引导结果.",
        when=lambda r: and_(r.c.node.is_(None), r.c.chosen.is_not(None)),
    )


@reads(GuidanceRow)
@strawberry.type(description="Questions that lead to a matter 情形引导主题.")
class GuidanceTopic:
    code: str = column("Code 编码.")
    version: int = column("Version, counted from 1 版本.")
    name: str = column("Name 名称.")
    name_en: str | None = column("Name in English 英文名称.")
    effective_from: date = column("First day of this version 生效日期.")
    effective_to: date | None = column("Day on which it is replaced 失效日期.")


def _guidance(
    root: Rows,
    code: Annotated[str, strawberry.argument(description="Code 编码.")],
    answers: Annotated[
        list[str] | None, strawberry.argument(description="The answers so far, by their keys 已选答案.")
    ] = None,
    version: Annotated[
        int | None,
        strawberry.argument(
            description="Version that was begun with, or is to be proof-read; today's if left out 版本."
        ),
    ] = None,
) -> Pick:
    today = root.request.bind("today", Date())
    drawn = walked(cast("Any", code), cast("Any", version), cast("Any", answers), today)
    return Pick(true(), drawn=drawn)


def _topics(
    root: Rows,
    on: Annotated[
        date | None,
        strawberry.argument(description="As in force on which day; today if left out 日期."),
    ] = None,
) -> Listing:
    return Listing(Order("guidance", (root.c.code, root.c.version)), (in_force(root, on),))


@strawberry.type
class GuidanceQuery:
    guidance: Guidance | None = one(
        "The next question or the end, after some answers; null where they do not fit 情形引导.",
        _guidance,
        requires=Permission.GUIDANCE_READ,
    )
    guidances: Connection[GuidanceTopic] = paged(
        "What one can be led by questions to, by code 情形引导主题.",
        _topics,
        requires=Permission.GUIDANCE_READ,
    )
