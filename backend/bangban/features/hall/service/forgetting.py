"""What a hall forgets: who came, what they needed and what for, once the district's days are over (DOMAIN 3.15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import Table, select, update

from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import OvertimeRow, TicketRow, VisitRow
from bangban.kernel.tenancy.work import Work

_VISITS = cast("Table", VisitRow.__table__)
_TICKETS = cast("Table", TicketRow.__table__)
_OVERTIME = cast("Table", OvertimeRow.__table__)
ERASED: Final = "***"


async def forget_visits(work: Work, *, most: int) -> int:
    """Make up to ``most`` visits nobody's; how many. What was counted stays: times, queue, states. Safe to repeat."""
    before = work.today - timedelta(days=hall_settings(work.settings).keep_days)
    due = list(
        await work.db.scalars(
            select(VisitRow.id)
            .where(~VisitRow.forgotten, VisitRow.day < before, VisitRow.ended_at.is_not(None))
            .order_by(VisitRow.day, VisitRow.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
    )
    if not due:
        return 0
    gone: dict[str, Any] = {
        "visitor_sealed": None,
        "visitor_hash": None,
        "visitor_masked": None,
        "care_needs": [],
        "purpose": ERASED,  # a visit is about something
        "papers": None,
        "told_papers": None,
        "told_how": None,
        "end_note": None,
        "case_id": None,
        "order_id": None,
        "forgotten": True,
    }
    await work.db.execute(update(_VISITS).where(_VISITS.c.id.in_(due)).values(gone))
    await work.db.execute(update(_TICKETS).where(_TICKETS.c.visit_id.in_(due)).values(priority=0))
    tickets = select(_TICKETS.c.id).where(_TICKETS.c.visit_id.in_(due))
    await work.db.execute(
        update(_OVERTIME)
        .where(_OVERTIME.c.ticket_id.in_(tickets), _OVERTIME.c.explanation.is_not(None))
        .values(explanation=ERASED)
    )
    return len(due)
