"""The district's working calendar in the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import BigInteger, Boolean, Date, Text, cast, extract, func, select, true
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.values import CALENDAR_YEAR
from bangban.kernel.planner.fields import column, many, one
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows
from bangban.kernel.tenancy.tables import ClosureRow

_YEAR = strawberry.argument(description="The year 年份.")


@reads(ClosureRow)
@strawberry.type(
    description="A day on which the district does otherwise than the published calendar 地方安排."
)
class LocalDay:
    day: date = column("The day 日期.")
    working: bool = column("Whether it is worked 是否上班.")
    reason: str = column("Why 理由.")


@reads()
@strawberry.type(description="A day that is not what its weekday would make it 调休日或假日.")
class CalendarDay:
    day: date = column("The day 日期.", lambda r: cast(r.c.value["day"].astext, Date))
    working: bool = column(
        "Whether it is worked 是否上班.", lambda r: cast(r.c.value["working"].astext, Boolean)
    )


def _days(rows: Rows) -> Pick:
    listed = func.jsonb_array_elements(rows.parent.value["days"]).table_valued(sql_column("value", JSONB))
    drawn = listed.render_derived(name="named_day")
    return Pick(true(), (drawn.c.value["day"].astext.collate("C"),), drawn=drawn)


@reads()
@strawberry.type(description="One year of the district's working calendar 工作日历.")
class Calendar:
    year: int = column("The year 年份.", lambda r: cast(r.c.value["year"].astext, BigInteger))
    working_days: int = column(
        "How many days are worked 工作日数.", lambda r: cast(r.c.value["working_days"].astext, BigInteger)
    )
    horizon: date = column(
        "Last day that is published; later ones are assumed 已公布至.",
        lambda r: cast(r.c.value["horizon"].astext, Date),
    )
    provisional: bool = column(
        "Whether a part of the year is assumed 是否暂定.",
        lambda r: cast(r.c.value["provisional"].astext, Boolean),
    )
    days: list[CalendarDay] = many(
        "Holidays on weekdays and worked weekends, the district's own included 调休日与假日.", _days
    )


def _calendar(root: Rows, year: Annotated[int, _YEAR]) -> Pick:
    found: Any = cast(root.request.derive(year, CALENDAR_YEAR, Text()), JSONB)
    return Pick(true(), drawn=select(found.label("value")).subquery("calendar_year"))


def _local_days(root: Rows, year: Annotated[int, _YEAR]) -> Pick:
    return Pick(extract("year", root.c.day) == year, (root.c.day,))


@strawberry.type
class CalendarQuery:
    calendar: Calendar = one(
        "A year of working days 工作日历.", _calendar, requires=Permission.DISTRICT_READ, platform=False
    )
    local_days: list[LocalDay] = many(
        "The district's own days of a year, in order 地方安排.",
        _local_days,
        requires=Permission.DISTRICT_READ,
    )
