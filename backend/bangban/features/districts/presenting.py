"""What a portal needs of a district beside its name: modes of help, rating, levels under their own names.

All of it stands in the settings of the district's own profile. The directory, which is the platform's, keeps no
settings: there these fields are null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import strawberry
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from bangban.features.areas import graphql as _  # noqa: F401 - it describes the levels, which come after it
from bangban.features.profiles.enums import HelpMode, OrderKind, RatingMoment
from bangban.features.profiles.level_names import USUAL_NAMES
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import Made, elements, in_place, inner, number, value
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import Columns
from bangban.kernel.planner.sources import Rows

NOTHING: Final[ColumnElement[Any]] = literal_column("(NULL::jsonb)", JSONB())


def setting(columns: Columns, *path: str) -> ColumnElement[Any]:
    """What a profile's row says under ``path``; null for rows without settings."""
    found = columns.settings if "settings" in columns else NOTHING
    for name in path:
        found = found[name]
    return found


def said(*path: str) -> Callable[[Rows], ColumnElement[Any]]:
    """A text of the settings."""
    return lambda rows: setting(rows.c, *path).astext


def number_or_usual(section: str, name: str, usual: int) -> Callable[[Rows], ColumnElement[int]]:
    """A whole number of a section; the usual one where the district says none."""
    return lambda rows: func.coalesce(
        cast(setting(rows.c, section, name).astext, Integer()), literal(usual, Integer()), type_=Integer()
    )


def listed(*path: str) -> Made:
    """A list of the settings, as rows."""

    def made(rows: Rows, alias: str) -> FromClause | None:
        return elements(setting(rows.parent, *path), alias) if "settings" in rows.parent else None

    return made


def levels_named(rows: Rows, alias: str) -> FromClause | None:
    """The levels that the district uses, each with its own name for it, or else the usual one."""
    if "settings" not in rows.parent:
        return None
    levels = func.unnest(rows.parent.levels).table_valued(
        "level", with_ordinality="place", name=f"{alias}_levels"
    )
    level = levels.render_derived().c
    own = setting(rows.parent, "level_names")
    usual = case(
        *((level.level == each.value, _document(name.zh, name.en)) for each, name in USUAL_NAMES.items())
    )
    named = func.coalesce(own.op("->", return_type=JSONB())(level.level), usual)
    made = func.jsonb_build_object("level", level.level, "name", named, type_=JSONB())
    return select(made.label("value"), level.place).correlate(rows.parent.levels.table).lateral(alias)


def _document(zh: str, en: str) -> ColumnElement[Any]:
    return func.jsonb_build_object("zh", literal(zh, Text()), "en", literal(en, Text()), type_=JSONB())


@strawberry.type(description="Something that a request in a mode of help must say 必填项.")
class RequiredField:
    key: str = column("Key in the request 键.", value("key"))
    label: str = column("Label 标签.", value("label", "zh"))
    label_en: str = column("Label in English 英文标签.", value("label", "en"))


@strawberry.type(description="A mode of help under the name that the district gives it 帮办方式.")
class OfferedMode:
    mode: HelpMode = column("Which mode 方式.", value("mode"))
    name: str = column("Its name here 名称.", value("name", "zh"))
    name_en: str = column("Its name in English 英文名称.", value("name", "en"))
    required: list[RequiredField] = many(
        "What a request in it must say 必填项.", in_place, rows=inner("required")
    )


@strawberry.type(
    description="A kind of order on offer, under the name that the district gives it 帮办单类型."
)
class OfferedOrderKind:
    kind: OrderKind = column("Which kind 类型.", value("kind"))
    name: str | None = column("Its name here, if it has one 名称.", value("name", "zh"))
    name_en: str | None = column("Its name in English 英文名称.", value("name", "en"))
    claim_minutes: int | None = column(
        "Until one that nobody took falls to the next level; null: as usual 认领时限(分钟).",
        number("claim_minutes"),
    )


@strawberry.type(description="A phrase that staff do not write to applicants 禁用语.")
class BannedPhrase:
    phrase: str = column("The phrase 禁用语.", value("phrase"))
    instead: str | None = column("What is said instead 规范用语.", value("instead"))


@strawberry.type(description="What a rating looks at beside the grade 评价维度.")
class RatingDimension:
    key: str = column("Key 键.", value("key"))
    name: str = column("Name 名称.", value("name", "zh"))
    name_en: str = column("Name in English 英文名称.", value("name", "en"))


@strawberry.type(description="One part of the assessment 考核指标.")
class RatingIndicator:
    key: str = column("Key 键.", value("key"))
    name: str = column("Name 名称.", value("name", "zh"))
    name_en: str = column("Name in English 英文名称.", value("name", "en"))
    weight: int = column("Weight in percent 权重.", number("weight"))


@strawberry.type(
    description="How the district lets itself be rated; grades are the five national ones 评价方案."
)
class RatingScheme:
    moments: list[RatingMoment] = column(
        "When services are judged 评价时点.", lambda rows: setting(rows.c, "rating", "moments")
    )
    dimensions: list[RatingDimension] = many(
        "What ratings look at 评价维度.", in_place, rows=listed("rating", "dimensions")
    )
    assessment: list[RatingIndicator] = many(
        "Parts of the assessment 考核指标.", in_place, rows=listed("rating", "assessment")
    )


@strawberry.type(description="A level of the area tree under the name that the district gives it 层级名称.")
class NamedLevel:
    level: AreaLevel = column("Which level 层级.", value("level"))
    name: str = column("Its name here 名称.", value("name", "zh"))
    name_en: str = column("Its name in English 英文名称.", value("name", "en"))
