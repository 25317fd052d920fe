"""Whether a turn on the rota still has somebody to take it (DOMAIN A01, K03)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.database.terms import runs_on
from bangban.kernel.planner.reads import Predicate


def has_somebody(shift: Any) -> Predicate:
    """Whether whose turn it is is in service, with a post on the turn's day: nobody else may sign in then.

    ``shift`` is the class of rows, or the columns of an alias.
    """
    staff, post = StaffRow.__table__.alias("turn_of"), AssignmentRow.__table__.alias("post_then")
    in_service = select(staff.c.id).where(staff.c.id == shift.guide_id, staff.c.active)
    posted = select(post.c.id).where(post.c.staff_id == shift.guide_id, runs_on(post.c, shift.day))
    return and_(in_service.correlate_except(staff).exists(), posted.correlate_except(post).exists())
