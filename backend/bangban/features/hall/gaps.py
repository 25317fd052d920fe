"""Where the rota leaves a point without anybody 值班空缺 (DOMAIN A01, K03): sets of moments, taken from one another.

At the desk a guide is wanted while the point is open, by its hours, the district's calendar and its clock. On call,
somebody is wanted while it is closed. What nobody's turn covers is a gap.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB, TSTZMULTIRANGE, TSTZRANGE

from bangban.features.hall import enums as described  # noqa: F401 - it describes the value lists
from bangban.features.hall.guards import OVERSIGHT_GUARD, minutes
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.turns import has_somebody
from bangban.features.hall.values import ShiftKind
from bangban.features.places.sql import stands_on
from bangban.kernel.clock.week import MOST_DAYS
from bangban.kernel.graphql.values import LOCAL_DAYS
from bangban.kernel.planner.elements import elements, tables_of
from bangban.kernel.planner.fields import column
from bangban.kernel.planner.judged import Between
from bangban.kernel.planner.reads import reads
from bangban.kernel.planner.sources import Pick, Rows

NEVER: ColumnElement[Any] = literal_column("'{}'::tstzmultirange", TSTZMULTIRANGE())
"""No moment at all."""

_DAY = 24 * 60  # minutes


@reads(guard=OVERSIGHT_GUARD)
@strawberry.type(description="A time that the rota leaves without anybody 值班空缺.")
class RotaGap:
    begins_at: datetime = column("From when on 开始.")
    ends_at: datetime = column("Until when 结束.")
    minutes: int = column("Whole minutes 分钟数.", lambda r: minutes(r.c.begins_at, r.c.ends_at))


def rota_gaps(
    rows: Rows,
    since: Annotated[
        date | None, strawberry.argument(description="From which day on; today if left out 起始日期.")
    ] = None,
    days: Annotated[int, strawberry.argument(description=f"How many days, {MOST_DAYS} at most 天数.")] = 7,
    kind: Annotated[
        ShiftKind, strawberry.argument(description="At the desk, or on call 值班类型.")
    ] = ShiftKind.GUIDE,
) -> Pick:
    """The gaps of the point at hand, the first one first."""
    bounded = rows.request.judged(days, Between("days", 1, MOST_DAYS))
    drawn = gaps(rows, since, bounded, kind).subquery("rota_gap")
    return Pick(true(), (drawn.c.begins_at,), drawn=drawn)


def service_days(rows: Rows, since: Any, name: str) -> Any:
    """A month of days from ``since`` on: ``value`` with ``day`` and ``key``, and ``place`` from 1 on; their zone."""
    known = (
        rows.request.bind(LOCAL_DAYS, Text())
        if since is None
        else rows.request.derive(since, LOCAL_DAYS, Text())
    )
    document = cast(known, JSONB)
    return elements(document["days"], name), document["zone"].astext


def spans_of(point: Any, each: Any, name: str) -> Any:
    """The spans of minutes in which a point serves on one of the ``service_days``: ``value``, a pair."""
    spans = point.hours.op("->")(each.c.value["key"].astext)
    return elements(func.coalesce(spans, literal_column("'[]'::jsonb", JSONB())), name)


def wall(zone: Any, day: Any, minute: Any) -> ColumnElement[Any]:
    """The moment at which clocks of a zone show so many minutes of a day."""
    shown = cast(day, DateTime()) + func.make_interval(0, 0, 0, 0, 0, minute)
    return func.timezone(zone, shown, type_=DateTime(timezone=True))


def gaps(rows: Rows, since: Any, days: Any, kind: ShiftKind) -> Select[Any]:
    """``begins_at`` and ``ends_at`` of each gap of a point; its columns are ``rows.parent``."""
    point = rows.parent
    each, zone = service_days(rows, since, "rota_day")
    day = cast(each.c.value["day"].astext, Date())
    spans = spans_of(point, each, "rota_span")
    wanted = (each.c.place <= days, stands_on(point, day))
    around = tables_of(point.id)

    def moments(begin: Any, end: Any) -> ColumnElement[Any]:
        bounds = wall(zone, day, begin), wall(zone, day, end)
        return func.coalesce(func.range_agg(func.tstzrange(*bounds, type_=TSTZRANGE())), NEVER)

    def bound(place: int) -> ColumnElement[Any]:
        return cast(spans.c.value[place].astext, Integer())

    lasting = (
        select(moments(literal(0, Integer()), literal(_DAY, Integer()))).select_from(each).where(*wanted)
    )
    opened = select(moments(bound(0), bound(1))).select_from(each.join(spans, true())).where(*wanted)
    shift = GuideShiftRow.__table__.alias("rota_shift")
    first = select(func.min(day)).select_from(each).correlate(None).scalar_subquery()
    taken = select(
        func.coalesce(
            func.range_agg(func.tstzrange(shift.c.begins_at, shift.c.ends_at, type_=TSTZRANGE())), NEVER
        )
    ).where(
        shift.c.point_id == point.id,
        shift.c.day >= first - 1,  # no turn is longer than a day
        shift.c.day < first + literal(MOST_DAYS, Integer()),
        shift.c.cancelled_at.is_(None),
        has_somebody(shift.c),
        func.coalesce(shift.c.kind, ShiftKind.GUIDE.value) == kind.value,
    )
    open_, taken_ = (each_.correlate(*around).scalar_subquery() for each_ in (opened, taken))
    asked = (
        open_
        if kind is not ShiftKind.ON_CALL
        else lasting.correlate(*around).scalar_subquery().op("-")(open_)
    )
    listed = func.unnest(asked.op("-")(taken_)).table_valued(sql_column("gap", TSTZRANGE()))
    gap = listed.render_derived(name="gap")
    return (
        select(
            point.id.label("point_id"),
            func.lower(gap.c.gap, type_=DateTime(timezone=True)).label("begins_at"),
            func.upper(gap.c.gap, type_=DateTime(timezone=True)).label("ends_at"),
        )
        .select_from(gap)
        .correlate(*around)
    )
