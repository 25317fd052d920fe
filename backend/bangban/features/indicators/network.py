"""Where people are served, and by whose leave 服务网络 (DOMAIN C19, G01–G03, G05–G07, G09, G10, G14)."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Double,
    Select,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)

from bangban.features.areas.tables import AreaRow
from bangban.features.bookings.tables import BookingRow
from bangban.features.bookings.values import BookingState
from bangban.features.cases.tables import CaseEventRow
from bangban.features.catalog.offered_sql import live_on
from bangban.features.catalog.tables import DelegationRow
from bangban.features.indicators.scope import Asked, count, share, told
from bangban.features.indicators.values import IndicatorKey as Key
from bangban.features.network.conformance import has_agents, has_station, is_grid
from bangban.features.network.reach import is_village, reached, speed_of, usual_minutes
from bangban.features.orders.skills_graphql import unit_area
from bangban.features.places.assessed import in_force
from bangban.features.places.settings import travel_set
from bangban.features.places.sql import stands_on
from bangban.features.places.tables import PointAssessmentRow, ServicePointRow
from bangban.features.places.values import Amenity, AssessmentScheme, PointKind
from bangban.kernel.levels import AreaLevel

_GRADES: Final = {
    AssessmentScheme.MATURITY: Key.STATION_MATURITY,
    AssessmentScheme.STARS: Key.POINT_STARS,
}
_OUTLETS: Final = {PointKind.BANK: Key.BANK_CASES, PointKind.SHOP: Key.SHOP_CASES}


def network(asked: Asked) -> list[Select[Any]]:
    """Everything that is measured of places and delegations."""
    return [
        _bookings(asked),
        _villages(asked),
        _grids(asked),
        _areas(asked),
        _delegations(asked),
        _amenities(asked),
        *(_assessed(asked, scheme, key) for scheme, key in _GRADES.items()),
        *(_at_outlets(asked, kind, key) for kind, key in _OUTLETS.items()),
    ]


def _bookings(asked: Asked) -> Select[Any]:
    booking = BookingRow.__table__.alias("counted_booking")
    point, here = asked.at_points("booked_point")
    came, missed = (booking.c.state == state.value for state in (BookingState.ARRIVED, BookingState.MISSED))
    seen = (
        select(
            func.count().filter(came).label("came"), func.count().filter(or_(came, missed)).label("settled")
        )
        .select_from(booking.join(point, point.c.id == booking.c.point_id))
        .where(asked.within(booking.c.begins_at), here)
        .subquery()
    )
    return told(asked, seen, share(Key.BOOKINGS_USED, seen.c.came, seen.c.settled))


def _villages(asked: Asked) -> Select[Any]:
    village = AreaRow.__table__.alias("reached_village")
    circle = select(cast(usual_minutes() * speed_of(travel_set()), Double()).label("metres")).cte()
    inside = func.coalesce(reached(village.c, circle.c.metres, asked.today), literal(False))
    villages = (
        select(
            func.count().filter(inside).label("reached"),
            func.count().filter(has_station(village.c.id, asked.today)).label("with_station"),
            func.count().label("villages"),
        )
        .select_from(village.join(circle, true()))
        .where(is_village(village.c), asked.here(village.c.id))
        .subquery()
    )
    return told(
        asked,
        villages,
        share(Key.VILLAGES_IN_REACH, villages.c.reached, villages.c.villages),
        share(Key.VILLAGES_WITH_STATION, villages.c.with_station, villages.c.villages),
    )


def _grids(asked: Asked) -> Select[Any]:
    grid = AreaRow.__table__.alias("manned_grid")
    grids = (
        select(
            func.count().filter(has_agents(grid.c, asked.today)).label("manned"),
            func.count().label("grids"),
        )
        .where(is_grid(grid.c), asked.here(grid.c.id))
        .subquery()
    )
    return told(asked, grids, share(Key.GRIDS_WITH_AGENTS, grids.c.manned, grids.c.grids))


def _areas(asked: Asked) -> Select[Any]:
    area = AreaRow.__table__.alias("counted_area")
    seen = (
        select(*(func.count().filter(area.c.level == level.value).label(level.value) for level in AreaLevel))
        .where(area.c.retired_on.is_(None), asked.here(area.c.id))
        .subquery()
    )
    return told(
        asked, seen, *(count(Key.AREAS, seen.c[level.value], label=level.value) for level in AreaLevel)
    )


def _assessed(asked: Asked, scheme: AssessmentScheme, key: Key) -> Select[Any]:
    known = PointAssessmentRow.__table__.alias(f"known_{scheme.value}")
    point, here = asked.at_points(f"assessed_{scheme.value}")
    seen = (
        select(known.c.grade, func.count().label("points"))
        .select_from(known.join(point, point.c.id == known.c.point_id))
        .where(
            known.c.scheme == scheme.value,
            in_force(known.c, asked.today),
            stands_on(point.c, asked.today),
            here,
        )
        .group_by(known.c.grade)
        .subquery()
    )
    return told(asked, seen, count(key, seen.c.points, label=seen.c.grade))


def _delegations(asked: Asked) -> Select[Any]:
    given, event = DelegationRow.__table__.alias("counted_delegation"), CaseEventRow.__table__.alias("act")
    used = (
        select(event.c.id)
        .where(event.c.delegation_id == given.c.id, asked.within(event.c.at))
        .correlate(given)
        .exists()
    )
    seen = (
        select(
            func.count(given.c.service_code.distinct()).label("items"),
            func.count().label("delegations"),
            func.count().filter(used).label("used"),
        )
        .where(live_on(given.c, asked.period.until), asked.here(unit_area(given.c)))
        .subquery()
    )
    return told(
        asked,
        seen,
        count(Key.ITEMS_DELEGATED, seen.c["items"]),
        share(Key.DELEGATIONS_USED, seen.c.used, seen.c.delegations),
    )


def _at_outlets(asked: Asked, kind: PointKind, key: Key) -> Select[Any]:
    """Whatever a partner's clerk does, they do by a delegation to their point."""
    given = DelegationRow.__table__.alias(f"given_to_{kind.value}")
    event = CaseEventRow.__table__.alias(f"act_at_{kind.value}")
    outlet = ServicePointRow.__table__.alias(f"outlet_{kind.value}")
    acts = outlet.join(given, given.c.to_point_id == outlet.c.id).join(
        event, event.c.delegation_id == given.c.id
    )
    seen = (
        select(outlet.c.key, func.count(event.c.case_id.distinct()).label("cases"))
        .select_from(acts)
        .where(outlet.c.kind == kind.value, asked.within(event.c.at), asked.here(outlet.c.area_id))
        .group_by(outlet.c.key)
        .subquery()
    )
    return told(asked, seen, count(key, seen.c.cases, label=seen.c.key))


def _amenities(asked: Asked) -> Select[Any]:
    point, here = asked.at_points("kind_point")
    seen = (
        select(
            *(
                func.count().filter(literal(each.value, Text()) == any_(point.c.amenities)).label(each.value)
                for each in Amenity
            )
        )
        .where(and_(stands_on(point.c, asked.today), here))
        .subquery()
    )
    return told(
        asked, seen, *(count(Key.AMENITIES, seen.c[each.value], label=each.value) for each in Amenity)
    )
