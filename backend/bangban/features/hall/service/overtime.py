"""延时服务: opened at the desk for a ticket; ``move_ticket`` ends it, done or carried over (DOMAIN A07)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from bangban.features.hall.problems import OvertimeOpen, no_such
from bangban.features.hall.rules.overtime import closing_of, open_overtime
from bangban.features.hall.service.loading import lock_ticket, require_shift
from bangban.features.hall.service.tickets import facts_of
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import OvertimeRow
from bangban.features.hall.values import OvertimeKind
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
    spans = point.hours.get(local_minute(work.calendar, work.now, zone).key, ())
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
        closes=closing_of(kind, spans, day=work.today, zone=zone),
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
