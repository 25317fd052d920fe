"""Stations of each specialty below an area: how mature they are, and which villages are without one (DOMAIN G05)."""

from __future__ import annotations

from typing import Any

import strawberry
from sqlalchemy import (
    Date,
    Double,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    cast,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from bangban.features.areas.graphql import Area, in_subtree
from bangban.features.areas.tables import AreaRow
from bangban.features.network.reach import villages_under
from bangban.features.places.assessed import grade_name, in_force
from bangban.features.places.settings import NETWORK
from bangban.features.places.sql import stands_on
from bangban.features.places.tables import PointAssessmentRow, ServicePointRow
from bangban.features.places.values import AssessmentScheme, PointKind, Specialty
from bangban.kernel.planner.elements import in_column, in_place, number, value
from bangban.kernel.planner.fields import column, many, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Columns, Predicate
from bangban.kernel.planner.sources import Listing, Order, Rows
from bangban.kernel.tenancy.tables import ProfileRow

STATIONS = (PointKind.STATION, PointKind.STATION_24H)


def is_station(point: Columns, today: Any, specialty: Any = None) -> Predicate:
    """Whether a point is a station that stands on a day; of a specialty, where one is asked for."""
    kind = point.kind.in_([each.value for each in STATIONS])
    if specialty is None:
        return and_(kind, stands_on(point, today))
    return and_(kind, stands_on(point, today), specialty == any_(point.specialties))


def _has_one(village: Columns, specialty: Any, today: Any) -> Predicate:
    point = ServicePointRow.__table__.alias("special_point")
    found = exists().where(point.c.area_id == village.id, is_station(point.c, today, specialty))
    return found.correlate(village.id.table, specialty.table)


def _lacking(rows: Rows) -> Listing:
    has = _has_one(rows.c, rows.parent.specialty, rows.request.bind("today", Date()))
    return Listing(
        Order("tree", (cast(rows.c.path, Text()), rows.c.id)),
        (villages_under(rows.c, rows.parent.area_id), ~has),
    )


def _graded(specialty: Any, area_id: Any, today: Any) -> Select[Any]:
    """One row: how many stations there are, and how many of each grade, the highest least first."""
    point, known = ServicePointRow.__table__.alias("graded"), PointAssessmentRow.__table__.alias("maturity")
    live = and_(
        known.c.point_id == point.c.id,
        known.c.scheme == AssessmentScheme.MATURITY.value,
        in_force(known.c, today),
    )
    stations = (
        select(
            known.c.grade,
            func.min(grade_name(known.c, "zh")).label("zh"),
            func.min(grade_name(known.c, "en")).label("en"),
            func.min(known.c.total).label("least"),
            func.count().label("stations"),
        )
        .select_from(point.outerjoin(known, live))
        .where(is_station(point.c, today, specialty), in_subtree(point.c.area_id, area_id))
        .group_by(known.c.grade)
        .correlate(specialty.table, area_id.table)
        .lateral("by_grade")
    )
    found = func.jsonb_build_object(
        *(
            "grade",
            stations.c.grade,
            "zh",
            stations.c.zh,
            "en",
            stations.c.en,
            "stations",
            stations.c.stations,
        )
    )
    return select(
        cast(func.coalesce(func.sum(stations.c.stations), 0), Integer()).label("stations"),
        func.jsonb_agg(aggregate_order_by(found, stations.c.least.desc(), stations.c.grade))
        .filter(stations.c.grade.is_not(None))
        .label("grades"),
    ).select_from(stations)


def by_specialty(rows: Rows, alias: str) -> FromClause:
    """A row for each specialty, in their order."""
    today, area_id = rows.request.bind("today", Date()), rows.parent.id
    every = func.unnest(cast(literal([each.value for each in Specialty], ARRAY(Text())), ARRAY(Text())))
    each = every.table_valued("specialty", with_ordinality="place", name=f"{alias}_each").render_derived()
    profile = ProfileRow.__table__.alias("specialty_profile")
    targets = select(profile.c.settings[NETWORK]["specialty_coverage"]).scalar_subquery()
    village = AreaRow.__table__.alias("special_village")
    counted = (
        select(
            func.count().label("villages"),
            func.count().filter(_has_one(village.c, each.c.specialty, today)).label("served"),
        )
        .where(villages_under(village.c, area_id))
        .correlate(each, area_id.table)
        .lateral("counted_villages")
    )
    graded = (
        _graded(each.c.specialty, area_id, today).correlate(each, area_id.table).lateral("graded_stations")
    )
    return (
        select(
            each.c.place,
            each.c.specialty,
            area_id.label("area_id"),
            counted.c.villages,
            counted.c.served,
            graded.c.stations,
            graded.c.grades,
            cast(targets.op("->>")(each.c.specialty), Integer()).label("target"),
        )
        .select_from(each.join(counted, true()).join(graded, true()))
        .correlate(area_id.table)
        .lateral(alias)
    )


@strawberry.type(description="How many stations have a grade 各等级站点数.")
class GradedStations:
    grade: str = column("Key of the grade 等级.", value("grade"))
    name: str = column("The grade 等级名称.", value("zh"))
    name_en: str = column("The same in English 等级英文名称.", value("en"))
    stations: int = column("How many 站点数.", number("stations"))


def _share(rows: Rows) -> Any:
    return cast(rows.c.served, Double()) / func.nullif(rows.c.villages, 0)


@strawberry.type(description="Stations of a specialty below an area 专业站点建设情况.")
class SpecialtyNetwork:
    specialty: Specialty = column("Which 专业.")
    stations: int = column("Stations set up for it today 站点数.")
    maturity: list[GradedStations] = many(
        "Those assessed, by grade, the most mature first 按成熟度.", in_place, rows=in_column("grades")
    )
    villages_without: int = column(
        "Villages and communities without one 未设站村居数.", lambda r: r.c.villages - r.c.served
    )
    lacking: Connection[Area] = paged("Which they are 未设站村居.", _lacking)
    coverage: float | None = column("Share of the villages with one 覆盖率.", _share)
    target_percent: int | None = column(
        "Percent that the district aims at, if it says so 覆盖目标(百分比).", lambda r: r.c.target
    )
    on_target: bool | None = column(
        "Whether that is reached 是否达到目标.", lambda r: r.c.served * 100 >= r.c.target * r.c.villages
    )
