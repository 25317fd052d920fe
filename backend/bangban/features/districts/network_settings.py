"""How a district reckons its network and by what it assesses points, as its settings say or as is usual."""

from __future__ import annotations

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, Integer, Text, cast, func, literal
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.districts.presenting import RatingIndicator, listed, number_or_usual, setting
from bangban.features.places import settings as usual
from bangban.features.places.assessments import SETTING, VALID_DAYS
from bangban.features.places.enums import AssessmentScheme, PointKind, Specialty, Travel
from bangban.features.places.settings import NETWORK
from bangban.kernel.planner.elements import in_place, inner, number, value
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.sources import Pick, Rows


def _member(name: str) -> Any:
    empty: ColumnElement[Any] = cast(literal("[]", Text()), JSONB())
    return lambda rows: func.coalesce(rows.c.value[name], empty, type_=JSONB())


def _targets(rows: Rows, alias: str) -> FromClause | None:
    if "settings" not in rows.parent:
        return None
    told = func.jsonb_each_text(setting(rows.parent, NETWORK, "specialty_coverage"))
    return told.table_valued("key", "value", name=alias).render_derived()


def _by_key(rows: Rows) -> Pick:
    return Pick(rows.c.key.is_not(None), (rows.c.key,))


@strawberry.type(description="A grade and what reaches it 等级.")
class AssessmentGrade:
    key: str = column("Key 键.", value("key"))
    name: str = column("Name 名称.", value("name", "zh"))
    name_en: str = column("Name in English 英文名称.", value("name", "en"))
    least: int = column("The least total that reaches it 最低分.", number("least"))


@strawberry.type(description="By what service points are assessed 评定方案设置.")
class AssessmentSettings:
    scheme: AssessmentScheme = column("Which scheme 评定方案.", value("scheme"))
    kinds: list[PointKind] = column("For points of these kinds; none: of any 适用类型.", _member("kinds"))
    specialties: list[Specialty] = column(
        "For points set up for one of these; none: any 适用专业.", _member("specialties")
    )
    indicators: list[RatingIndicator] = many("What is looked at 指标.", in_place, rows=inner("indicators"))
    grades: list[AssessmentGrade] = many("The grades 等级.", in_place, rows=inner("grades"))
    valid_days: int = column(
        "For how many days an assessment holds 有效天数.",
        lambda rows: func.coalesce(
            cast(rows.c.value["valid_days"].astext, Integer()),
            literal(VALID_DAYS, Integer()),
            type_=Integer(),
        ),
    )


@strawberry.type(description="How many villages shall have a station of a specialty 专业站点覆盖目标.")
class SpecialtyTarget:
    specialty: Specialty = column("Which specialty 专业.", lambda rows: rows.c.key)
    percent: int = column("Percent of the villages 百分比.", lambda rows: cast(rows.c.value, Integer()))


@strawberry.type(description="How the network is reckoned and assessed 服务网络设置.")
class NetworkSettings:
    travel: Travel = column(
        "How people go, where nobody says 出行方式.",
        lambda rows: func.coalesce(
            setting(rows.c, NETWORK, "travel").astext, literal(usual.TRAVEL.value, Text()), type_=Text()
        ),
    )
    walking_metres_per_minute: int = column(
        "Metres in a minute on foot 步行速度.",
        number_or_usual(NETWORK, "walking_metres_per_minute", usual.WALKING_METRES),
    )
    driving_metres_per_minute: int = column(
        "Metres in a minute by car 驾车速度.",
        number_or_usual(NETWORK, "driving_metres_per_minute", usual.DRIVING_METRES),
    )
    agents_each_grid: int = column(
        "Helpers that each grid shall have 每网格帮办员数.",
        number_or_usual(NETWORK, "agents_each_grid", usual.AGENTS_EACH_GRID),
    )
    terminal_silence_minutes: int = column(
        "A terminal that was not heard of for longer is down 终端失联分钟数.",
        number_or_usual(NETWORK, "terminal_silence_minutes", usual.SILENCE_MINUTES),
    )
    outreach_days: int = column(
        "So many days after an outreach cases count as begun because of it 宣讲后统计天数.",
        number_or_usual(NETWORK, "outreach_days", usual.OUTREACH_DAYS),
    )
    assessments: list[AssessmentSettings] | None = many(
        "By what points are assessed 评定方案.", in_place, rows=listed(NETWORK, SETTING)
    )
    specialty_coverage: list[SpecialtyTarget] | None = many(
        "Which share of villages shall have stations 专业站点覆盖目标.", _by_key, rows=_targets
    )
