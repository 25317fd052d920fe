"""Who sees what a hall keeps, and what its types have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, Integer, Uuid, case, cast, func, literal, or_, select

from bangban.features.areas.graphql import within_paths
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.people.tables import AssignmentRow
from bangban.features.places.tables import ServicePointRow, ServiceWindowRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.terms import runs_on
from bangban.kernel.planner.elements import tables_of
from bangban.kernel.planner.reads import Columns, Guard, Predicate
from bangban.kernel.planner.sources import Rows


def _at_points(columns: Columns, paths: Any) -> Predicate:
    point = ServicePointRow.__table__.alias("granted_point")
    return columns.point_id.in_(select(point.c.id).where(within_paths(point.c.area_id, paths)))


GUARD = Guard(Permission.HALL_READ, within=_at_points)
# How the hall runs, without those who came: also for whoever answers for it.
OVERSIGHT_GUARD = Guard(Permission.OVERSIGHT_READ, within=_at_points)
PERSONAL_GUARD = Guard(Permission.HALL_READ, within=_at_points, personal=True)


def inside(rows: Rows, told: Any) -> Any:
    """What is told of a visitor inside the point alone, and null to everybody else (DOMAIN A04).

    Inside are those who are posted at the point's own unit, at this point if at one, and those on its rota on the
    visit's day. A post further up reaches the visits of halls below it, not what their visitors said there.
    """
    me, today = rows.request.bind("me", Uuid()), rows.request.bind("today", Date())
    point, post = ServicePointRow.__table__.alias("its_hall"), AssignmentRow.__table__.alias("post_inside")
    shift = GuideShiftRow.__table__.alias("turn_inside")
    posted = (
        select(post.c.id)
        .join(point, point.c.area_id == post.c.area_id)
        .where(
            point.c.id == rows.c.point_id,
            post.c.staff_id == me,
            runs_on(post.c, today),
            func.coalesce(post.c.point_id, point.c.id) == point.c.id,
        )
    )
    on_rota = select(shift.c.id).where(
        shift.c.point_id == rows.c.point_id,
        shift.c.day == rows.c.day,
        shift.c.guide_id == me,
        shift.c.cancelled_at.is_(None),
    )
    around = tables_of(rows.c.point_id)
    return case((or_(posted.correlate(*around).exists(), on_rota.correlate(*around).exists()), told))


def window_number(rows: Rows) -> Any:
    window = ServiceWindowRow.__table__.alias("window_of_ticket")
    return select(window.c.number).where(window.c.id == rows.c.window_id).scalar_subquery()


def minutes(since: Any, until: Any) -> Any:
    return cast(func.floor(func.extract("epoch", until - since) / literal(60, Integer())), Integer())
