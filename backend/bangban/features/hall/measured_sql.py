"""What of a hall's rows is measured, as expressions over their columns: of one point, or of many at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, and_, cast, func, literal

from bangban.features.hall.values import ShiftKind, VisitState
from bangban.kernel.planner.measures import MINUTE, seconds
from bangban.kernel.planner.reads import Columns, Predicate


def greeted_around(visit: Columns, since: Any, until: Any) -> Predicate:
    """What the index on visits finds of some days: a day more on either side, wherever the district is."""
    greeted, moment = visit.greeted_at, visit.greeted_at.type
    return and_(greeted > cast(since - 1, moment), greeted < cast(until + 2, moment))


def is_done(visit: Columns) -> Predicate:
    return visit.state == VisitState.DONE.value


def in_hall(visit: Columns) -> ColumnElement[float]:
    """Seconds in the hall: from coming in, else from the greeting, until leaving."""
    return seconds(func.coalesce(visit.arrived_at, visit.greeted_at), visit.ended_at)


def to_contact(visit: Columns) -> ColumnElement[float]:
    """Seconds from coming in to the greeting; null where nobody noticed the former."""
    return seconds(visit.arrived_at, visit.greeted_at)


def guiding(shift: Columns, now: Any) -> Predicate:
    """Whether a turn on the rota is a guide's, and has begun."""
    return and_(
        shift.cancelled_at.is_(None),
        shift.begins_at < now,
        func.coalesce(shift.kind, ShiftKind.GUIDE.value) == ShiftKind.GUIDE.value,
    )


def worked(shift: Columns, now: Any) -> ColumnElement[float]:
    """Seconds of a turn, as far as they are over."""
    return seconds(shift.begins_at, func.least(shift.ends_at, now))


def waited(ticket: Columns) -> ColumnElement[float]:
    """Seconds from taking a place in the queue to being served; null of those who were not."""
    return seconds(ticket.queued_at, ticket.served_from)


def overtime_minutes(ticket: Columns, overtime: Columns) -> ColumnElement[int]:
    """Whole minutes of a ticket's service outside the point's hours.

    Tickets that ended before these were kept have those from closing to the end of their overtime, if they had any.
    """
    late = func.greatest(seconds(overtime.starts_at, overtime.ended_at), 0)
    since_closing = cast(func.floor(late / literal(MINUTE, Double())), BigInteger())
    return func.coalesce(ticket.overtime_minutes, since_closing)


def to_clear(alert: Columns) -> ColumnElement[float]:
    """Seconds that a crowd took to clear; null while it is there."""
    return seconds(alert.raised_at, alert.cleared_at)
