"""Who sees what a hall keeps, and what its types have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, cast, func, literal, select

from bangban.features.areas.graphql import within_paths
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.fields import Rows
from bangban.kernel.planner.reads import Columns, Guard, Predicate


def _at_points(columns: Columns, paths: Any) -> Predicate:
    point = ServicePointRow.__table__.alias("granted_point")
    return columns.point_id.in_(select(point.c.id).where(within_paths(point.c.area_id, paths)))


GUARD = Guard(Permission.HALL_READ, within=_at_points)
PERSONAL_GUARD = Guard(Permission.HALL_READ, within=_at_points, personal=True)


def window_number(rows: Rows) -> Any:
    window = ServiceWindowRow.__table__.alias("window_of_ticket")
    return select(window.c.number).where(window.c.id == rows.c.window_id).scalar_subquery()


def minutes(since: Any, until: Any) -> Any:
    return cast(func.floor(func.extract("epoch", until - since) / literal(60, Integer())), Integer())
