"""Bookings, brought to where a test begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from tests.api.casework import Desk, mutation_of

from bangban.features.bookings.tables import BookingRow
from bangban.kernel.tenancy.work import Work

SETTLE = mutation_of("settleBooking", "state settledAt")


def begun(desk: Desk, booking: str, *, minutes: int) -> None:
    """Move a booking, so that it began so many minutes ago."""

    async def move(work: Work) -> None:
        begins = work.now - timedelta(minutes=minutes)
        moved = {"begins_at": begins, "ends_at": begins + timedelta(minutes=30), "day": work.today}
        await work.db.execute(update(BookingRow).where(BookingRow.id == booking).values(moved))

    desk.inside(move)


async def moment_of(work: Work) -> Any:
    return work.now
