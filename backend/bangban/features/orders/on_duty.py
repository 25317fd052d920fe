"""When a unit is open and nobody on its rota has learnt an item that it takes on 在岗覆盖 (DOMAIN C11, K03).

A unit is the point to which an item was delegated, or all points of the area. It is open by their hours, the district's
calendar and its clock. Whoever is on the rota there counts, at the desk or on call, if they can help with the item.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Date, DateTime, Integer, and_, any_, cast, func, or_, select, true
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, TSTZRANGE

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.gaps import NEVER, service_days, spans_of, wall
from bangban.features.hall.guards import minutes
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.turns import has_somebody
from bangban.features.orders.tables import HelperSkillRow
from bangban.features.places.sql import stands_on
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.fields import column
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Pick, Rows

ON: Any = strawberry.argument(description="Which day; today if left out 日期.")


@reads()
@strawberry.type(
    description="A time that a unit is open and nobody there has learnt the matter 在岗覆盖空缺."
)
class UncoveredTime:
    begins_at: datetime = column("From when on 开始.")
    ends_at: datetime = column("Until when 结束.")
    minutes: int = column("Whole minutes 分钟数.", lambda r: minutes(r.c.begins_at, r.c.ends_at))


def helps_with(skill: Any, given: Any) -> Predicate:
    """Whether somebody with this skill can help with the item of a delegation, by itself or by its theme."""
    item = ServiceItemRow.__table__.alias("delegated_item")
    theme = item.c.details["theme"].astext
    themes = select(item.c.id).where(item.c.code == given.service_code, theme == any_(skill.themes))
    return or_(
        skill.all_round, given.service_code == any_(skill.services), themes.correlate_except(item).exists()
    )


def _of_unit(point: Any, given: Any) -> Predicate:
    """Whether a point is the delegation's, or one of its area."""
    return or_(
        point.id == given.to_point_id, and_(given.to_point_id.is_(None), point.area_id == given.to_area_id)
    )


def uncovered(rows: Rows, given: Any, on: Any) -> ColumnElement[Any]:
    """The moments of a day at which a delegation's unit is open and nobody on duty there can help with its item."""
    each, zone = service_days(rows, on, "duty_day")
    day, around = cast(each.c.value["day"].astext, Date()), tables_of(given.id)
    point = ServicePointRow.__table__.alias("duty_point")
    spans = spans_of(point.c, each, "duty_span")

    def bound(place: int) -> ColumnElement[Any]:
        return wall(zone, day, cast(spans.c.value[place].astext, Integer()))

    def together(begin: Any, end: Any) -> ColumnElement[Any]:
        return func.coalesce(func.range_agg(func.tstzrange(begin, end, type_=TSTZRANGE())), NEVER)

    opened = (
        select(together(bound(0), bound(1)))
        .select_from(point.join(each, true()).join(spans, true()))
        .where(_of_unit(point.c, given), each.c.place == 1, stands_on(point.c, day))
    )
    shift, place = GuideShiftRow.__table__.alias("duty_shift"), ServicePointRow.__table__.alias("rota_point")
    skill = HelperSkillRow.__table__.alias("duty_skill")
    first = select(func.min(day)).select_from(each).correlate(None).scalar_subquery()
    taken = (
        select(together(shift.c.begins_at, shift.c.ends_at))
        .select_from(
            shift.join(place, place.c.id == shift.c.point_id).join(
                skill, skill.c.staff_id == shift.c.guide_id
            )
        )
        .where(
            _of_unit(place.c, given),
            shift.c.day.between(first - 1, first),  # no turn is longer than a day
            shift.c.cancelled_at.is_(None),
            has_somebody(shift.c),
            helps_with(skill.c, given),
        )
    )
    open_, taken_ = (found.correlate(*around).scalar_subquery() for found in (opened, taken))
    return open_.op("-", return_type=TSTZMULTIRANGE())(taken_)


def uncovered_times(
    rows: Rows,
    on: Annotated[date | None, ON] = None,
) -> Pick:
    """Those of the delegation at hand, the first one first."""
    given = rows.parent
    listed = func.unnest(uncovered(rows, given, on)).table_valued(sql_column("time", TSTZRANGE()))
    time = listed.render_derived(name="duty_time")
    moment = DateTime(timezone=True)
    drawn = (
        select(
            func.lower(time.c.time, type_=moment).label("begins_at"),
            func.upper(time.c.time, type_=moment).label("ends_at"),
        )
        .select_from(time)
        .correlate(*tables_of(given.id))
        .subquery("uncovered_time")
    )
    return Pick(true(), (drawn.c.begins_at,), drawn=drawn)


def is_uncovered(rows: Rows, given: Any, on: Any) -> Predicate:
    """Whether there are any."""
    return ~func.isempty(uncovered(rows, given, on))
