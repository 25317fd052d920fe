"""延时服务: opened at the desk for a ticket; ``move_ticket`` ends it, done or carried over (DOMAIN A07).

What a window serves outside the point's hours is counted with the ticket, whether or not anybody opened overtime.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from bangban.features.hall.problems import OvertimeOpen, no_such
from bangban.features.hall.rules.overtime import Spans, closing_of, kept_on, open_overtime, outside_hours
from bangban.features.hall.service.loading import Point, facts_of, lock_ticket, require_shift, staff_of
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import OvertimeRow, TicketRow
from bangban.features.hall.values import OvertimeKind, OvertimeOutcome
from bangban.features.places.tables import ServiceWindowRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.week import local_minute
from bangban.kernel.tenancy.work import Work


async def start_overtime(work: Work, *, ticket_id: UUID, window_id: UUID, kind: OvertimeKind) -> UUID:
    """A window serves on for this ticket after closing. Asked for by a guide on shift; the ticket's id.

    Raises as ``rules.overtime``, and NotFound, NotOnShift, OvertimeOpen (a ticket has overtime once).
    """
    ticket, _, point = await lock_ticket(work, ticket_id, Permission.HALL_GREET)
    guide = await require_shift(work, point.id)
    zone = work.district.zone
    window = await work.db.scalar(
        select(ServiceWindowRow.id).where(
            ServiceWindowRow.id == window_id, ServiceWindowRow.point_id == point.id
        )
    )
    if window is None:
        raise no_such("window", "该窗口", "windowId")
    if await work.db.get(OvertimeRow, ticket.id) is not None:
        raise OvertimeOpen(ticket.number)
    starts = open_overtime(
        facts_of(ticket),
        kind=kind,
        offered=hall_settings(work.settings).overtime,
        closes=closing_of(kind, _spans_today(work, point), day=work.today, zone=zone),
        now=work.now,
        today=work.today,
    )
    work.db.add(
        OvertimeRow(
            ticket_id=ticket.id,
            point_id=point.id,
            window_id=window,
            kind=kind,
            requested_by=guide,
            requested_at=work.now,
            starts_at=starts,
        )
    )
    work.record(
        action=Permission.HALL_GREET,
        object=f"ticket:{ticket.id}",
        area_id=point.area_id,
        details={"overtime": kind.value, "ticket": ticket.number},
    )
    return ticket.id


def count_overtime(work: Work, ticket: TicketRow, point: Point, *, keep: bool) -> None:
    """What of its service, which ends now, lay outside the point's hours: whole minutes, once for a ticket.

    ``keep``: who waited at a closing and is served after it was in overtime, though nobody opened any.
    """
    spans, zone, closed = _spans_today(work, point), work.district.zone, timedelta()
    if ticket.served_from is not None:
        closed = outside_hours(ticket.served_from, work.now, spans, day=ticket.day, zone=zone)
    ticket.overtime_minutes = closed // timedelta(minutes=1)
    if not keep or ticket.window_id is None or ticket.served_from is None:
        return
    kept = kept_on(ticket.queued_at, ticket.served_from, work.now, spans, day=ticket.day, zone=zone)
    if kept is None or kept[0] not in {each.kind for each in hall_settings(work.settings).overtime}:
        return
    kind, closes = kept
    work.db.add(
        OvertimeRow(
            ticket_id=ticket.id,
            point_id=point.id,
            window_id=ticket.window_id,
            kind=kind,
            requested_by=staff_of(work),
            requested_at=work.now,
            starts_at=closes,
            ended_at=work.now,
            outcome=OvertimeOutcome.DONE,
        )
    )


def _spans_today(work: Work, point: Point) -> Spans:
    """The point's hours today, by the district's calendar; none on a day without hours."""
    spans: Spans = point.hours.get(local_minute(work.calendar, work.now, work.district.zone).key, ())
    return spans
