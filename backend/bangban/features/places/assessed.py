"""What a service point was assessed to be, in the API (DOMAIN G05, G06)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, and_, exists, func, literal_column, tuple_
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from bangban.features.places.enums import AssessmentScheme
from bangban.features.places.tables import PointAssessmentRow
from bangban.kernel.planner.elements import in_column, in_place, number, value
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import Columns, Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows

_SAME_KEY: Any = literal_column("'$[*] ? (@.key == $key)'::jsonpath", JSONPATH())


def in_force(columns: Columns, today: Any) -> Predicate:
    """Whether an assessment is the latest of its point and scheme, and still holds."""
    later = PointAssessmentRow.__table__.alias("later_assessment")
    newer = tuple_(later.c.assessed_on, later.c.id) > tuple_(columns.assessed_on, columns.id)
    replaced = (
        exists()
        .where(later.c.point_id == columns.point_id, later.c.scheme == columns.scheme, newer)
        .correlate(columns.id.table)
    )
    return and_(columns.valid_until >= today, ~replaced)


def grade_name(columns: Columns, language: str) -> Any:
    """What the grade is called by the criteria that held."""
    key = func.jsonb_build_object("key", columns.grade, type_=JSONB())
    grade = func.jsonb_path_query_first(columns.grades, _SAME_KEY, key, type_=JSONB())
    return grade["name"][language].astext


@strawberry.type(description="An indicator and what it was given 指标评分.")
class AssessmentScore:
    key: str = column("Key 键.", value("key"))
    name: str = column("Name 名称.", value("name", "zh"))
    name_en: str = column("Name in English 英文名称.", value("name", "en"))
    weight: int = column("Weight in percent 权重.", number("weight"))
    score: int = column("What it was given, 0 to 100 评分.", number("score"))


@reads(PointAssessmentRow)
@strawberry.type(description="What a service point was assessed to be 服务点评定.")
class PointAssessment:
    scheme: AssessmentScheme = column("By what 评定方案.")
    grade: str = column("Key of the grade 等级.")
    grade_name: str = column("The grade 等级名称.", lambda r: grade_name(r.c, "zh"))
    grade_name_en: str = column("The same in English 等级英文名称.", lambda r: grade_name(r.c, "en"))
    total: float = column("Weighted mean of the scores, 0 to 100 总分.")
    scores: list[AssessmentScore] = many(
        "By which indicators, in their order 指标评分.", in_place, rows=in_column("scores")
    )
    assessed_on: date = column("Day of the assessment 评定日期.")
    valid_until: date = column("Its last day 有效期至.")
    live: bool = column(
        "Whether it is the latest of its scheme and still holds 是否有效.",
        lambda r: in_force(r.c, r.request.bind("today", Date())),
    )


def assessments_of(
    rows: Rows,
    former: Annotated[
        bool | None, strawberry.argument(description="Also those that are replaced or over 是否包括历史.")
    ] = None,
) -> Pick:
    """The assessments of the parent, a point."""
    own = rows.c.point_id == rows.parent.id
    wanted = own if former else and_(own, in_force(rows.c, rows.request.bind("today", Date())))
    return Pick(wanted, (rows.c.scheme, rows.c.assessed_on, rows.c.id))
