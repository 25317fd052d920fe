"""Forgetting who asked what, once its time is over; that somebody was asked, and answered, stays."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from bangban.features.first_asks.tables import FirstAskRow
from bangban.kernel.tenancy.work import Work

ERASED: Final = "***"
"""What stands where the matter was."""


async def erase_asks(work: Work, *, closed_before: datetime, most: int) -> int:
    """Erase the asker and the matter of up to ``most`` records; how many there were. Safe to repeat."""
    due = (
        select(FirstAskRow.id)
        .where(FirstAskRow.closed_at < closed_before, FirstAskRow.matter != ERASED)
        .order_by(FirstAskRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = list(await work.db.scalars(due))
    if found:
        gone = {"asker_sealed": None, "asker_masked": None, "resident_id": None, "matter": ERASED}
        await work.db.execute(update(FirstAskRow).where(FirstAskRow.id.in_(found)).values(gone))
    return len(found)
