"""Whether a town's network is as the template wants it: 1 + 39 + N (DOMAIN G02).

A centre at the area itself, a station in every village, and so many agents in every grid. All-round workers are
another matter. Of stations for one thing, such as medical insurance, each kind is told by itself (G05).
"""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, Double, Text, and_, cast, exists, func, or_, select

from bangban.features.areas.graphql import Area, areas_under, in_subtree, within_paths
from bangban.features.areas.tables import AreaRow
from bangban.features.network.problems import NoTemplate
from bangban.features.network.reach import villages_under
from bangban.features.network.specialties import SpecialtyNetwork, by_specialty, is_station
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.settings import AGENTS_EACH_GRID, number_set
from bangban.features.places.sql import stands_on
from bangban.features.places.tables import ServicePointRow
from bangban.features.places.values import PointKind
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel
from bangban.kernel.planner.elements import in_place
from bangban.kernel.planner.fields import column, many, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Columns, Guard, Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Pick, Refusal, Rows

CENTRES = (PointKind.HALL,)
# A centre is of a street or of all of them (DOMAIN G02).
TEMPLATE_LEVELS = (AreaLevel.COUNTY.value, AreaLevel.TOWN.value)


def has_station(area_id: Any, today: Any) -> Predicate:
    point = ServicePointRow.__table__.alias("standing_point")
    return exists().where(point.c.area_id == area_id, is_station(point.c, today))


def _agents_in(areas: Any, today: Any) -> Any:
    """How many helpers are posted today at one of the areas."""
    post, person = AssignmentRow.__table__.alias("agent_post"), StaffRow.__table__.alias("agent")
    return (
        select(func.count(func.distinct(post.c.staff_id)))
        .select_from(post.join(person, person.c.id == post.c.staff_id))
        .where(
            post.c.area_id.in_(areas),
            post.c.role == Role.HELPER.value,
            post.c.since <= today,
            or_(post.c.until.is_(None), post.c.until >= today),
            person.c.active,
        )
    )


def is_grid(columns: Columns) -> Predicate:
    """Whether a row is a grid in use."""
    return and_(columns.level == AreaLevel.GRID.value, columns.retired_on.is_(None))


def _grids_under(columns: Columns, area_id: Any) -> Predicate:
    return and_(is_grid(columns), in_subtree(columns.id, area_id))


def has_agents(columns: Columns, today: Any) -> Predicate:
    """Whether a grid has as many agents as the district wants."""
    wanted = number_set("agents_each_grid", AGENTS_EACH_GRID)
    return _agents_in(areas_under(columns.id), today).scalar_subquery() >= wanted


def _lacks_station(columns: Columns, area_id: Any, today: Any) -> Predicate:
    return and_(villages_under(columns, area_id), ~has_station(columns.id, today))


def _lacks_agents(columns: Columns, area_id: Any, today: Any) -> Predicate:
    return and_(_grids_under(columns, area_id), ~has_agents(columns, today))


def _today(rows: Rows) -> Any:
    return rows.request.bind("today", Date())


def _count(test: Any) -> Any:
    """How many areas below the row's pass a test of (columns, the row's id, today)."""

    def count(rows: Rows) -> Any:
        area = AreaRow.__table__.alias("counted_area")
        found = select(func.count()).select_from(area).where(test(area.c, rows.c.id, _today(rows)))
        return found.correlate(rows.c.id.table).scalar_subquery()

    return count


def _centres(rows: Rows) -> Any:
    point = ServicePointRow.__table__.alias("centre")
    return (
        select(func.count())
        .select_from(point)
        .where(
            point.c.area_id == rows.c.id,
            point.c.kind.in_([kind.value for kind in CENTRES]),
            stands_on(point.c, _today(rows)),
        )
        .correlate(rows.c.id.table)
        .scalar_subquery()
    )


_villages = _count(lambda columns, area_id, _: villages_under(columns, area_id))
_missing = _count(_lacks_station)
_grids = _count(lambda columns, area_id, _: _grids_under(columns, area_id))
_without = _count(_lacks_agents)


def _agents(rows: Rows) -> Any:
    """Helpers posted at the grids below, or lower."""
    return _agents_in(_grid_seats(rows.c.id), _today(rows)).correlate(rows.c.id.table).scalar_subquery()


def _grid_seats(area_id: Any) -> Any:
    seat = AreaRow.__table__.alias("seat")
    low = seat.c.level.in_([AreaLevel.GRID.value, AreaLevel.MICRO_GRID.value])
    return select(seat.c.id).where(low, in_subtree(seat.c.id, area_id))


def _listed(test: Any) -> Any:
    def listing(rows: Rows) -> Listing:
        return Listing(
            Order("tree", (cast(rows.c.path, Text()), rows.c.id)),
            (test(rows.c, rows.parent.id, _today(rows)),),
        )

    return listing


@reads(AreaRow, guard=Guard(Permission.NETWORK_READ, within=lambda c, paths: within_paths(c.id, paths)))
@strawberry.type(description="Whether an area has its centre, stations and agents 服务网络达标情况.")
class NetworkConformance:
    area: Area = one("Which area 区域.", lambda r: r.c.id == r.parent.id)
    centres: int = column("Halls at the area itself 中心数.", _centres)
    villages: int = column("Villages and communities, each to have a station 应设站点数.", _villages)
    stations_missing: int = column("Villages without a station today 缺站点村居数.", _missing)
    missing_stations: Connection[Area] = paged("Which they are 缺站点村居.", _listed(_lacks_station))
    grids: int = column("Grids 网格数.", _grids)
    grids_uncovered: int = column("Grids with fewer agents than they should have 缺帮办员网格数.", _without)
    uncovered_grids: Connection[Area] = paged("Which they are 缺帮办员网格.", _listed(_lacks_agents))
    specialties: list[SpecialtyNetwork] = many(
        "Stations of each specialty, and how mature they are 专业站点.", in_place, rows=by_specialty
    )
    agents: int = column("Helpers posted at grids or below 网格帮办员数.", _agents)
    agents_per_grid: float | None = column(
        "Helpers for each grid 每网格帮办员数.",
        lambda r: cast(_agents(r), Double()) / func.nullif(_grids(r), 0),
    )
    conforms: bool = column(
        "Whether nothing is missing 是否达标.",
        lambda r: and_(_centres(r) > 0, _missing(r) == 0, _without(r) == 0),
    )


def _conformance(
    root: Rows,
    area_id: Annotated[
        strawberry.ID, strawberry.argument(description="Which area, a county or a town 区域(县级或镇街).")
    ],
) -> Pick:
    area = AreaRow.__table__.alias("asked_area")
    below = exists().where(area.c.id == area_id, area.c.level.not_in(TEMPLATE_LEVELS))
    return Pick(root.c.id == area_id, refusals=(Refusal(below, NoTemplate),))


@strawberry.type
class ConformanceQuery:
    network_conformance: NetworkConformance | None = one(
        "Whether an area's network is as it should be 服务网络达标情况.",
        _conformance,
        requires=Permission.NETWORK_READ,
    )
