"""What the hall tells the outbox: hints for screens, timers for crowds and for the end of the day."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from bangban.kernel.tenancy.work import Work

HALL_CHANGED: Final = "hall.changed"  # a hint, with the point's id
HALL_WAITED: Final = "hall.waited"  # a timer, with the ticket's id
HALL_CROWDED: Final = "hall.crowded"  # with the alert's id
DAY_ENDED: Final = "hall.day-ended"  # a timer, with the point and its day


def changed(work: Work, point_id: UUID) -> None:
    """Let the point's screens look again."""
    work.announce(HALL_CHANGED, str(point_id))


def day_reference(point_id: UUID, day: date) -> str:
    """How a timer names a day of a point."""
    return f"{point_id}:{day.isoformat()}"


def day_of_reference(reference: str) -> tuple[UUID, date]:
    """The point and the day that a timer names."""
    point, _, day = reference.partition(":")
    return UUID(point), date.fromisoformat(day)
