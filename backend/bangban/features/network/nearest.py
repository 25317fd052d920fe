"""The nearest service points 就近办 (DOMAIN F03): great-circle distances, in one statement.

A first look takes as many points as are wanted in the order of an index on degrees, which is nearly that of
distance. Their largest distance bounds the true answer: all nearer points lie in the box around it, which the index
finds as well. So ten thousand points cost little more than a hundred, and the answer is that of measuring all.
"""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import BigInteger, Date, Select, cast, exists, func, select, true

from bangban.features.catalog.offered_sql import in_force_on, offers
from bangban.features.catalog.problems import ItemUnknown
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.network.problems import PlaceOutside
from bangban.features.places.graphql import ServicePoint
from bangban.features.places.inputs import LocationInput
from bangban.features.places.rules import is_latitude, is_longitude
from bangban.features.places.settings import DRIVING_METRES, WALKING_METRES, number_set
from bangban.features.places.sql import (
    box_around,
    in_box,
    is_open,
    metres_between,
    moment_of,
    place,
    stands_on,
    turned,
)
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import column, many, one
from bangban.kernel.planner.judged import Between
from bangban.kernel.planner.reads import Columns, Predicate, reads
from bangban.kernel.planner.sources import Pick, Refusal, Rows

MOST: Final = 50  # in one answer


def _minutes(setting: str, usual: int) -> Any:
    def minutes(rows: Rows) -> Any:
        return cast(func.ceil(rows.c.metres / number_set(setting, usual)), BigInteger())

    return minutes


@reads()
@strawberry.type(description="A service point and how far it is 附近服务点.")
class NearPoint:
    point: ServicePoint = one("The point 服务点.", lambda r: r.c.id == r.parent.id)
    metres: int = column(
        "Great-circle distance in metres; roads are longer 直线距离(米).",
        lambda r: cast(func.round(r.c.metres), BigInteger()),
    )
    walking_minutes: int = column(
        "Minutes on foot over that distance, rounded up 步行分钟数.",
        _minutes("walking_metres_per_minute", WALKING_METRES),
    )
    driving_minutes: int = column(
        "Minutes by car over that distance, rounded up 驾车分钟数.",
        _minutes("driving_metres_per_minute", DRIVING_METRES),
    )


def nearest(location: Any, wanted: Any, fits: Any) -> Select[Any]:
    """``id`` and ``metres`` of the ``wanted`` nearest points for which ``fits`` holds, the nearest first."""
    first, point = (
        ServicePointRow.__table__.alias("first_look"),
        ServicePointRow.__table__.alias("near_point"),
    )
    longitude = turned(location.longitude)
    here = place(longitude, location.latitude)
    seen = (
        select(_metres(location, first.c).label("metres"))
        .where(*fits(first.c))
        .order_by(place(first.c.longitude, first.c.latitude).op("<->")(here))
        .limit(wanted)
        .cte()
        .prefix_with("MATERIALIZED")
    )
    reach = select(func.max(seen.c.metres).label("metres")).cte().prefix_with("MATERIALIZED")
    metres = _metres(location, point.c)
    box = box_around(longitude, location.latitude, select(reach.c.metres).scalar_subquery())
    return (
        select(point.c.id, metres.label("metres"))
        .where(in_box(point.c, box), metres <= select(reach.c.metres).scalar_subquery(), *fits(point.c))
        .order_by(metres, point.c.id)
        .limit(wanted)
    )


def _metres(location: Any, columns: Columns) -> Any:
    return metres_between(location.longitude, location.latitude, columns.longitude, columns.latitude)


def _nearest(
    root: Rows,
    location: Annotated[LocationInput, strawberry.argument(description="From where 位置.")],
    service_code: Annotated[
        str | None, strawberry.argument(description="Only where this item is taken 事项编码.")
    ] = None,
    open_at: Annotated[
        datetime | None,
        strawberry.argument(description="Only what is open at this moment 开放时刻."),
    ] = None,
    first: Annotated[int, strawberry.argument(description=f"How many, 1 to {MOST} 个数.")] = 5,
) -> Pick:
    today: Any = root.request.bind("today", Date())

    def fits(columns: Columns) -> list[Predicate]:
        standing = (
            stands_on(columns, today)
            if open_at is None
            else is_open(columns, moment_of(root.request, open_at))
        )
        return [standing] if service_code is None else [standing, offers(columns, service_code, today)]

    wanted = root.request.judged(first, Between("first", 1, MOST))
    here = SimpleNamespace(
        longitude=root.request.judged(location.longitude, _check_longitude),
        latitude=root.request.judged(location.latitude, _check_latitude),
    )
    drawn = nearest(here, wanted, fits).subquery("nearest")
    unknown = () if service_code is None else (_unknown(service_code, today),)
    return Pick(true(), (drawn.c.metres, drawn.c.id), drawn=drawn, refusals=unknown)


def _check_longitude(degrees: float) -> None:
    if not is_longitude(degrees):
        raise PlaceOutside


def _check_latitude(degrees: float) -> None:
    if not is_latitude(degrees):
        raise PlaceOutside


def _unknown(service_code: Any, today: Any) -> Refusal:
    """An item of which no version holds is none that no point takes: whoever asks misspelt it, or it is gone."""
    item = ServiceItemRow.__table__.alias("asked_item")
    known = exists().where(item.c.code == service_code, in_force_on(item.c, today))
    return Refusal(~known, lambda: ItemUnknown(field="serviceCode"))


@strawberry.type
class NearestQuery:
    nearest_points: list[NearPoint] = many(
        "The nearest service points by great circle 就近服务点.", _nearest, requires=Permission.PLACE_READ
    )
