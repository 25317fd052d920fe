"""How often questions lead to the right place 情形引导命中率, in the API (DOMAIN E04)."""

from __future__ import annotations

from typing import Annotated, Any, cast

import strawberry
from sqlalchemy import ColumnElement, Date, Float, FromClause, func, select, true
from sqlalchemy import cast as sql_cast

from bangban.features.guidance.walking_sql import asked_version, endings
from bangban.features.joint.guided_sql import (
    ACCEPTED,
    DECLINED,
    ELSEWHERE,
    WAITING,
    WITHDRAWN,
    came_of,
    joined,
    led,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows


@reads()
@strawberry.type(
    description="An end of the questions, and what came of those who applied after it 引导结果成效."
)
class GuidanceEnding:
    key: str = column("The question and the answer by which it is reached 问题与选项.")
    question: str = column("The question 问题文字.", lambda r: r.c.question["zh"].astext)
    question_en: str = column("The question in English 英文问题.", lambda r: r.c.question["en"].astext)
    label: str = column("The answer 选项文字.", lambda r: r.c.label["zh"].astext)
    label_en: str = column("The answer in English 英文选项.", lambda r: r.c.label["en"].astext)
    service_code: str | None = column("Code of the matter that it leads to 事项编码.", lambda r: r.c.item)
    bundle_code: str | None = column("Code of the bundle that it leads to 一件事编码.", lambda r: r.c.bundle)
    begun: int = column("Applications that named it as where they were led to 申请数.")
    elsewhere: int = column("Of these, for something else than it leads to 另办他项数.")
    waiting: int = column("Of the rest, those that wait to be accepted 待受理数.")
    accepted: int = column("Those that were accepted 已受理数.")
    declined: int = column("Those that were declined 不予受理数.")
    withdrawn: int = column("Those that ended before they were accepted 受理前撤回数.")
    hit_rate: float | None = column(
        "Share of those accepted in all but the waiting ones; null where there is none 命中率."
    )


def _hits(
    root: Rows,
    code: Annotated[str, strawberry.argument(description="Code of the questions 引导编码.")],
    version: Annotated[
        int | None, strawberry.argument(description="Of this version; of today's if left out 版本.")
    ] = None,
) -> Pick:
    asked = asked_version(
        cast("Any", code), cast("Any", version), root.request.bind("today", Date())
    ).subquery("asked")
    found = _counted(endings(asked))
    return Pick(true(), (found.c.question_place, found.c.place), drawn=found)


def _counted(ending: FromClause) -> FromClause:
    begun = led()
    each = (
        select(*ending.c, came_of(ending, begun).label("came"))
        .select_from(ending.outerjoin(begun, joined(ending, begun)))
        .subquery("led_to")
    )

    def count(what: str) -> ColumnElement[int]:
        return func.count().filter(each.c.came == what)

    kept = [each.c[name] for name in ending.c.keys()]  # noqa: SIM118 - no mapping: its values are the columns
    decided = func.nullif(func.count().filter(each.c.came != WAITING), 0)
    return (
        select(
            *kept,
            func.count(each.c.came).label("begun"),
            count(ELSEWHERE).label("elsewhere"),
            count(WAITING).label("waiting"),
            count(ACCEPTED).label("accepted"),
            count(DECLINED).label("declined"),
            count(WITHDRAWN).label("withdrawn"),
            (sql_cast(count(ACCEPTED), Float()) / decided).label("hit_rate"),
        )
        .group_by(*kept)
        .subquery("counted_ending")
    )


@strawberry.type
class GuidanceHitQuery:
    guidance_hits: list[GuidanceEnding] = many(
        "How often the ends of questions led to the right place, in the whole district 情形引导命中率.",
        _hits,
        requires=Permission.INDICATORS_READ,
    )
