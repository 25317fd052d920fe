"""Indicators 效能指标 in the API: one question, one statement, however many mechanisms it is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

import strawberry
from sqlalchemy import true

from bangban.features.indicators.asked import questions
from bangban.features.indicators.begun import begun
from bangban.features.indicators.ended import ended
from bangban.features.indicators.enums import IndicatorKey, Mechanism, Unit
from bangban.features.indicators.hall import hall
from bangban.features.indicators.helping import helping
from bangban.features.indicators.network import network
from bangban.features.indicators.numbers import numbers
from bangban.features.indicators.scope import Asked, named
from bangban.features.indicators.self_service import self_service
from bangban.features.indicators.together import together
from bangban.features.indicators.tracking import tracking
from bangban.features.indicators.workers import workers
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows

_GROUPS: Final = (
    hall,
    numbers,
    questions,
    begun,
    tracking,
    ended,
    helping,
    workers,
    network,
    self_service,
    together,
)


@reads()
@strawberry.type(description="One thing that a mechanism is measured by 效能指标.")
class Indicator:
    mechanism: Mechanism = column("Of which mechanism 机制.")
    key: IndicatorKey = column("What is measured 指标.")
    name: str = column("Its name 指标名称.")
    name_en: str = column("The same in English 指标英文名称.")
    unit: Unit = column("In what the value is given 计量单位.")
    label: str | None = column(
        "Of which mode, channel, kind, theme or point, where there are several; its code 分项."
    )
    value: Decimal | None = column(
        "The value, to four places; null where there is nothing to measure, or too few to tell 指标值."
    )
    part: int | None = column("The count behind it: of a share, the part 分子.")
    whole: int | None = column("Of a share or an average, of how many 分母.")


def _indicators(
    root: Rows,
    area_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(
            description="In this area's subtree; wherever the caller may look if left out 区域."
        ),
    ] = None,
    since: Annotated[
        date | None,
        strawberry.argument(description="First day; the 30th day up to the last if left out 起始日期."),
    ] = None,
    until: Annotated[
        date | None,
        strawberry.argument(description="Last day, a year after the first at most; today 截止日期."),
    ] = None,
    mechanisms: Annotated[
        list[Mechanism] | None, strawberry.argument(description="Of these only; all if left out 机制.")
    ] = None,
) -> Pick:
    asked = Asked.of(root, area_id=area_id, since=since, until=until, mechanisms=mechanisms)
    found = named(asked, [line for group in _GROUPS for line in group(asked)])
    return Pick(true(), (found.c.place, found.c.label), drawn=found)


@strawberry.type
class IndicatorQuery:
    indicators: list[Indicator] = many(
        "What mechanisms are measured by, of some days in some areas; counts only 效能指标.",
        _indicators,
        requires=Permission.INDICATORS_READ,
    )
