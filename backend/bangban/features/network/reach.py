"""Who is within so many minutes of a service point 便民服务圈 (DOMAIN G01), by great circle and not by road."""

from __future__ import annotations

from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Double,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
)

from bangban.features.areas.graphql import Area, in_subtree, within_paths
from bangban.features.areas.tables import AreaRow
from bangban.features.places.settings import DRIVING_METRES, WALKING_METRES, number_set, travel_set
from bangban.features.places.sql import box_around, in_box, metres_between, stands_on
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind, Travel
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.judged import Between
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Columns, Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Rows
from bangban.kernel.tenancy.tables import ProfileRow

MOST_MINUTES: Final = 600

NETWORK_GUARD = Guard(Permission.NETWORK_READ, within=lambda c, paths: within_paths(c.area_id, paths))


def is_village(columns: Columns) -> Predicate:
    """Whether a row is a village or community in use."""
    return and_(columns.level == AreaLevel.VILLAGE.value, columns.retired_on.is_(None))


def villages_under(columns: Columns, area_id: Any) -> Predicate:
    """Whether it is one in the subtree of an area."""
    return and_(is_village(columns), in_subtree(columns.id, area_id))


def usual_minutes() -> Any:
    """Minutes of the district's circle."""
    profile = ProfileRow.__table__.alias("circle_profile")
    return select(cast(profile.c.circle_minutes, Integer())).scalar_subquery()


def speed_of(travel: ColumnElement[str]) -> ColumnElement[int]:
    """Metres in a minute."""
    return case(
        (travel == Travel.DRIVING.value, number_set("driving_metres_per_minute", DRIVING_METRES)),
        else_=number_set("walking_metres_per_minute", WALKING_METRES),
    )


def reached(area: Columns, metres: Any, today: Any) -> Predicate:
    """Whether a lasting service point stands within so many metres of where the area's people live."""
    point = ServicePointRow.__table__.alias("reaching_point")
    away = metres_between(area.longitude, area.latitude, point.c.longitude, point.c.latitude)
    found = exists().where(
        in_box(point.c, box_around(area.longitude, area.latitude, metres)),
        away <= metres,
        point.c.kind != PointKind.FIELD.value,
        stands_on(point.c, today),
    )
    return found.correlate(*tables_of(area.longitude, metres))


def _uncovered(rows: Rows) -> Listing:
    parent, today = rows.parent, rows.request.bind("today", Date())
    away = and_(rows.c.longitude.is_not(None), ~reached(rows.c, parent.metres, today))
    return Listing(
        Order("tree", (cast(rows.c.path, Text()), rows.c.id)),
        (villages_under(rows.c, parent.area_id), away),
    )


def _share(part: str, whole: str) -> Any:
    return lambda r: cast(r.c[part], Double()) / func.nullif(r.c[whole], 0)


@reads(guard=NETWORK_GUARD)
@strawberry.type(description="Who is within reach of a service point 便民服务圈覆盖.")
class Coverage:
    area: Area = one("Of which area 区域.", lambda r: r.c.id == r.parent.area_id)
    minutes: int = column("Within how many minutes 分钟数.")
    travel: Travel = column("How people go 出行方式.")
    metres: int = column(
        "The same as a great-circle distance in metres 直线距离(米).",
        lambda r: cast(r.c.metres, BigInteger()),
    )
    villages: int = column("Villages and communities 村居数.")
    villages_covered: int = column("Those within reach 已覆盖村居数.")
    unplaced: int = column(
        "Those of which nobody has said where they are; they count as out of reach 位置未知村居数."
    )
    population: int = column("People who live in them, as far as is known 人口.")
    population_covered: int = column("Those who live in villages within reach 已覆盖人口.")
    village_share: float | None = column(
        "Share of the villages within reach 村居覆盖率.", _share("villages_covered", "villages")
    )
    population_share: float | None = column(
        "Share of the people within reach 人口覆盖率.", _share("population_covered", "population")
    )
    uncovered: Connection[Area] = paged("Villages out of reach whose place is known 未覆盖村居.", _uncovered)


def covered(area_id: Any, minutes: Any, travel: ColumnElement[str], today: Any) -> Select[Any]:
    """One row: the counts of one area."""
    root, village = AreaRow.__table__.alias("asked_area"), AreaRow.__table__.alias("village")
    asked = (
        select(
            root.c.id.label("area_id"),
            (usual_minutes() if minutes is None else cast(minutes, Integer())).label("minutes"),
            travel.label("travel"),
            speed_of(travel).label("speed"),
        )
        .where(root.c.parent_id.is_(None) if area_id is None else root.c.id == area_id)
        .cte()
        .prefix_with("MATERIALIZED")
    )
    metres: Any = cast(asked.c.minutes * asked.c.speed, Double())
    inside = func.coalesce(reached(village.c, metres, today), False)
    people = func.coalesce(village.c.population, 0)
    counted = (
        select(
            func.count().label("villages"),
            func.count().filter(inside).label("villages_covered"),
            func.count().filter(village.c.longitude.is_(None)).label("unplaced"),
            cast(func.coalesce(func.sum(people), 0), BigInteger()).label("population"),
            cast(func.coalesce(func.sum(people).filter(inside), 0), BigInteger()).label("population_covered"),
        )
        .select_from(village)
        .where(villages_under(village.c, asked.c.area_id))
        .correlate(asked)
        .lateral("counted")
    )
    return select(
        asked.c.area_id, asked.c.minutes, asked.c.travel, metres.label("metres"), *counted.c
    ).select_from(asked.join(counted, true()))


def _coverage(
    root: Rows,
    area_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Of this area; the whole district if left out 区域."),
    ] = None,
    minutes: Annotated[
        int | None,
        strawberry.argument(
            description=f"Within how many, 1 to {MOST_MINUTES}; the district's circle if left out 分钟数."
        ),
    ] = None,
    travel: Annotated[
        Travel | None,
        strawberry.argument(description="How people go; as the district has it if left out 出行方式."),
    ] = None,
) -> Pick:
    today: Any = root.request.bind("today", Date())
    how: Any = travel_set() if travel is None else literal(travel.value, Text())
    bounded = None if minutes is None else root.request.judged(minutes, Between("minutes", 1, MOST_MINUTES))
    return Pick(true(), drawn=covered(area_id, bounded, how, today).subquery("coverage"))


@strawberry.type
class CoverageQuery:
    coverage: Coverage | None = one(
        "Who is within some minutes of a service point 便民服务圈覆盖.",
        _coverage,
        requires=Permission.NETWORK_READ,
        platform=False,
    )
