"""Some days of a hall in which anything may have happened, made directly: what its measures are counted over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.api.halls import make_point

from bangban.features.catalog.values import Audience
from bangban.features.hall.tables import GuideShiftRow, HallAlertRow, OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.values import (
    AlertKind,
    OvertimeKind,
    OvertimeOutcome,
    ShiftKind,
    TicketState,
    VisitState,
)
from bangban.features.places.tables import ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

DAYS, VISITS = 4, 60
MINUTE = timedelta(minutes=1)


@dataclass
class Drawn:
    """The rows of a hall, by what they are."""

    visits: list[VisitRow] = field(default_factory=list)
    tickets: list[TicketRow] = field(default_factory=list)
    overtimes: list[OvertimeRow] = field(default_factory=list)
    shifts: list[GuideShiftRow] = field(default_factory=list)
    alerts: list[HallAlertRow] = field(default_factory=list)


def _draw(random: Random, first: date, point: UUID, window: UUID, guide: UUID, zone: Any) -> Drawn:
    drawn = Drawn()
    for place in range(VISITS):
        day = first + timedelta(days=random.randrange(DAYS))
        opens = datetime(day.year, day.month, day.day, 9, tzinfo=zone)
        arrived = opens + timedelta(seconds=random.randrange(8 * 3600))
        greeted = arrived + timedelta(seconds=random.randrange(180))
        state = random.choice(list(VisitState))
        over = state in (VisitState.DONE, VisitState.LEFT, VisitState.REDIRECTED)
        ended = greeted + timedelta(seconds=random.randrange(1_800)) if over else None
        visit = VisitRow(
            id=new_id(),
            point_id=point,
            day=day,
            guide_id=guide if random.random() < 0.8 else None,
            state=state,
            service_item_id=None,
            purpose="咨询",
            applicant_kind=Audience.PERSON,
            visitor_sealed=None,
            visitor_hash=None,
            visitor_masked=None,
            care_needs=[],
            greeted_at=greeted,
            arrived_at=arrived if random.random() < 0.5 else None,
            ended_at=ended,
        )
        drawn.visits.append(visit)
        served = greeted + timedelta(seconds=random.randrange(900))
        became = random.choice([TicketState.SERVED, TicketState.NO_SHOW, TicketState.TRANSFERRED])
        begun = became is TicketState.SERVED or random.random() < 0.7
        ticket = TicketRow(
            id=new_id(),
            visit_id=visit.id,
            point_id=point,
            day=day,
            queue="A",
            serial=place + 1,
            state=became,
            advisory=False,
            priority=random.choice([0, 0, 1]),
            queued_at=greeted,
            issued_at=greeted,
            issued_by=guide,
            served_from=served if begun else None,
            ended_at=served + random.randrange(1, 20) * MINUTE,
            overtime_minutes=random.choice([None, 0, random.randrange(60)]),  # None: before it was kept
        )
        drawn.tickets.append(ticket)
        if place % 7 == 0:
            closes = opens + 8 * 60 * MINUTE
            drawn.overtimes.append(
                OvertimeRow(
                    ticket_id=ticket.id,
                    point_id=point,
                    window_id=window,
                    kind=OvertimeKind.EVENING,
                    requested_by=guide,
                    requested_at=closes - 10 * MINUTE,
                    starts_at=closes,
                    ended_at=closes + timedelta(seconds=random.randrange(-600, 3_600)),
                    outcome=OvertimeOutcome.DONE,
                )
            )
    for each in range(DAYS * 2):
        day = first + timedelta(days=each // 2)
        begins = datetime(day.year, day.month, day.day, 8, tzinfo=zone) + random.randrange(300) * MINUTE
        drawn.shifts.append(
            GuideShiftRow(
                id=new_id(),
                point_id=point,
                guide_id=guide,
                desk=None,
                day=day,
                begins_at=begins,
                ends_at=begins + random.randrange(1, 600) * MINUTE,
                cancelled_at=begins if each == 3 else None,
                kind=[None, ShiftKind.GUIDE, ShiftKind.ON_CALL][each % 3],
            )
        )
        drawn.alerts.append(
            HallAlertRow(
                id=new_id(),
                point_id=point,
                day=day,
                queue=str(each),
                kind=AlertKind.WAIT,
                measured=20,
                raised_at=begins,
                lead_id=None,
                actions=[{"action": "DIVERT", "at": begins.isoformat(), "by": str(guide)}][: each % 2],
                cleared_at=begins + random.randrange(60) * MINUTE if each else None,
            )
        )
    return drawn


async def busy_hall(work: Work, *, first: date, guide: UUID, seed: int, **how: Any) -> tuple[UUID, Drawn]:
    """A fresh point of the county with its rows, from a day on; ``how`` as in ``make_point``."""
    point, window = await make_point(work, **how), new_id()
    row = ServiceWindowRow(
        id=window, point_id=point, number="1", name="1号窗口", kind=WindowKind.COMPREHENSIVE
    )
    work.db.add(row)
    drawn = _draw(Random(seed), first, point, window, guide, work.district.zone)
    work.db.add_all([*drawn.visits, *drawn.shifts, *drawn.alerts])
    await work.db.flush()
    work.db.add_all(drawn.tickets)
    await work.db.flush()
    work.db.add_all(drawn.overtimes)
    await work.db.flush()
    work.db.expunge_all()
    return point, drawn
