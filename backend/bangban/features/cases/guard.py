"""Whose cases somebody sees, as a condition and as the ways in which rows are reached."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Uuid,
    exists,
    or_,
    select,
)

from bangban.features.areas.graphql import areas_within, within_paths
from bangban.features.cases.tables import (
    CaseRow,
    HandoverRow,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.reads import Guard, Predicate
from bangban.kernel.planner.sources import Way


def own_cases(columns: Any, request: Any) -> Predicate:
    """The applicant's own; for staff what they hold, were first asked about, or are being handed."""
    me = request.bind("me", Uuid())
    if request.principal_kind == "RESIDENT":
        return columns.resident_id == me
    offered = HandoverRow.__table__.alias("offered")
    pending = exists().where(
        offered.c.case_id == columns.id,
        offered.c.to_id == me,
        offered.c.taken_at.is_(None),
        offered.c.returned_at.is_(None),
    )
    return or_(columns.holder_id == me, columns.first_asked_id == me, pending)


# Else a case without one of them would be its first-asked owner's by the condition, and by no way.
if CaseRow.__table__.c.holder_id.nullable or CaseRow.__table__.c.first_asked_id.nullable:
    raise TypeError("cases have a holder and a first-asked owner")


def ways_to_own(request: Any) -> tuple[Way, ...]:
    """For staff, the same as alternatives."""
    me = request.bind("me", Uuid())
    offered = HandoverRow.__table__.alias("offered")
    pending = select(offered.c.case_id).where(
        offered.c.to_id == me, offered.c.taken_at.is_(None), offered.c.returned_at.is_(None)
    )
    return (
        Way("holder_id", me),
        # Most cases stay with whom they were first asked of; the index holds the others only.
        Way("first_asked_id", me, also=lambda c: c.first_asked_id != c.holder_id),
        Way("id", among=pending),
    )


def _ways(request: Any, paths: Any, own: bool) -> tuple[Way, ...] | None:
    if request.principal_kind == "RESIDENT":
        return None  # few rows, of one condition
    within = () if paths is None else (Way("area_id", among=areas_within(paths)),)
    return (*within, *(ways_to_own(request) if own else ()))


CASE_GUARD = Guard(
    Permission.CASE_READ,
    within=lambda c, paths: within_paths(c.area_id, paths),
    own=own_cases,
    ways=_ways,
    personal=True,
)
