"""The end of a hall's day: tickets die with it, overtime that nobody ended is carried over, visits are over (A03)."""

from __future__ import annotations

from datetime import date
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, select, update

from bangban.features.hall.rules.tickets import LIVE
from bangban.features.hall.service.announcing import changed
from bangban.features.hall.service.leaving import leave
from bangban.features.hall.tables import HallAlertRow, OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.values import OvertimeOutcome, TicketState, VisitState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

DAY_OVER: Final = "当日结束时未办完,系统自动结转。"  # the explanation that nobody gave
_TICKETS = cast("Table", TicketRow.__table__)
_VISITS = cast("Table", VisitRow.__table__)
_OVERTIME = cast("Table", OvertimeRow.__table__)
_ALERTS = cast("Table", HallAlertRow.__table__)
_OPEN: Final = (VisitState.GREETED, VisitState.TICKETED, VisitState.WAITING, VisitState.AT_WINDOW)


async def end_day(work: Work, *, point_id: UUID, day: date) -> int:
    """End what is left of a day that is over; how many visits. Safe to repeat; today is left alone."""
    if day >= work.today:
        return 0
    left = list(
        await work.db.scalars(
            select(VisitRow)
            .where(VisitRow.point_id == point_id, VisitRow.day == day, VisitRow.state.in_(_OPEN))
            .order_by(VisitRow.id)
            .with_for_update()
        )
    )
    visits = [each.id for each in left]
    if visits:
        ended = {"ended_at": work.now}
        await work.db.execute(
            update(_OVERTIME)
            .where(
                _OVERTIME.c.ended_at.is_(None),
                _OVERTIME.c.ticket_id.in_(select(_TICKETS.c.id).where(_TICKETS.c.visit_id.in_(visits))),
            )
            .values(**ended, outcome=OvertimeOutcome.CARRIED_OVER, explanation=DAY_OVER)
        )
        await work.db.execute(
            update(_TICKETS)
            .where(_TICKETS.c.visit_id.in_(visits), _TICKETS.c.state.in_(sorted(LIVE)))
            .values(**ended, state=TicketState.CANCELLED, overtime_minutes=0)  # nobody said how long it took
        )
        await work.db.execute(
            update(_VISITS).where(_VISITS.c.id.in_(visits)).values(**ended, state=VisitState.LEFT, queue=None)
        )
        for each in left:
            if each.case_id is not None:
                await leave(work, each, VisitState.LEFT)
        work.record(
            action=Permission.HALL_CALL,
            object=f"service-point:{point_id}",
            details={"day": day.isoformat(), "visits": len(visits)},
        )
    await work.db.execute(
        update(_ALERTS)
        .where(_ALERTS.c.point_id == point_id, _ALERTS.c.day <= day, _ALERTS.c.cleared_at.is_(None))
        .values(cleared_at=work.now)
    )
    changed(work, point_id)
    return len(visits)
