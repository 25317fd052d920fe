"""Statistics over all districts in the API: sums, and each district's own numbers as far as they may be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import func, literal, select, true

from bangban.features.statistics.tables import StatisticRow
from bangban.features.statistics.values import ALL, EVERYWHERE, Measure
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows

describe(
    Measure,
    "What is counted 统计口径.",
    {
        Measure.STATE: "All cases, by state 办件状态.",
        Measure.MONTH: "Cases of the last thirteen months, by month of application 申请月份.",
        Measure.GRADE: "Ratings, by grade 评价等级.",
        Measure.CHANNEL: "All cases, by the door they came through 办理渠道.",
        Measure.DUE: "Accepted cases not done yet: in time or overdue 是否超期.",
    },
)

STATISTICS = Guard(Permission.STATISTICS_READ)


@reads(StatisticRow, guard=STATISTICS, platform=True)
@strawberry.type(description="How many there were, of one word of a measure 统计数.")
class StatisticCount:
    measure: Measure = column("What is counted 统计口径.")
    word: str = column(
        "State, month, grade, channel or light; ALL for the whole, UNTOLD for what districts keep to themselves 类目."
    )
    count: int | None = column("How many; null where it is too few to tell 数量.")
    day: date = column("Of which day 日期.")
    computed_at: datetime = column("When it was counted 统计时间.")


@reads(StatisticRow, guard=STATISTICS, platform=True)
@strawberry.type(description="A district's own numbers, as far as they may be told 地区统计.")
class DistrictStatistic:
    district: strawberry.ID = column("The district 地区标识.")
    measure: Measure = column("What is counted 统计口径.")
    word: str = column("State, month, grade, channel or light; ALL for the whole 类目.")
    count: int | None = column("How many; null where it is too few to tell 数量.")
    computed_at: datetime = column("When it was counted 统计时间.")


def _latest(rows: Rows) -> Pick:
    table = StatisticRow.__table__.alias("latest")
    day = select(func.max(table.c.day)).where(table.c.district == EVERYWHERE).scalar_subquery()
    return Pick(
        (rows.c.district == EVERYWHERE) & (rows.c.day == day), (rows.c.measure, rows.c.word, rows.c.day)
    )


def _history(
    rows: Rows,
    measure: Annotated[
        Measure, strawberry.argument(description="What was counted 统计口径.")
    ] = Measure.STATE,
    word: Annotated[str, strawberry.argument(description="Of which word; the whole if left out 类目.")] = ALL,
) -> Pick:
    which = (rows.c.district == EVERYWHERE) & (rows.c.measure == measure) & (rows.c.word == word)
    return Pick(which, (rows.c.day,))


@reads()
@strawberry.type(description="Numbers over all districts; no case and no person is in them 跨地区统计.")
class PlatformStatistics:
    counts: list[StatisticCount] = many("The latest sums over all districts 最新统计.", _latest)
    history: list[StatisticCount] = many("One sum, day by day, for some 400 days 历史统计.", _history)


def _of_districts(
    root: Rows,
    measure: Annotated[Measure | None, strawberry.argument(description="This measure only 统计口径.")] = None,
    district: Annotated[str | None, strawberry.argument(description="This district only 地区标识.")] = None,
) -> Listing:
    where: list[Predicate] = [root.c.district != EVERYWHERE]
    if measure is not None:
        where.append(root.c.measure == measure)
    if district is not None:
        where.append(root.c.district == district)
    key = root.c.district + literal(" ") + root.c.measure + literal(" ") + root.c.word
    return Listing(Order("statistics", (key,)), tuple(where))


@strawberry.type
class StatisticsQuery:
    platform_statistics: PlatformStatistics = one(
        "Numbers over all districts 跨地区统计.",
        lambda r: true(),  # noqa: ARG005 - the request itself, no row is asked for
        requires=Permission.STATISTICS_READ,
        platform=True,
    )
    district_statistics: Connection[DistrictStatistic] = paged(
        "Each district's numbers, as far as they may be told 各地区统计.",
        _of_districts,
        requires=Permission.STATISTICS_READ,
        platform=True,
    )
