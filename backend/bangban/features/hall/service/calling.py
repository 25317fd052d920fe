"""叫号: a window calls who is next (DOMAIN A03, A04); of many windows, exactly one gets a ticket."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from bangban.features.hall.problems import no_such
from bangban.features.hall.rules import tickets as rules
from bangban.features.hall.rules.queues import queue_of, queues_of
from bangban.features.hall.service.announcing import changed
from bangban.features.hall.service.crowds import look_at_queue
from bangban.features.hall.service.loading import load_point, windows_of
from bangban.features.hall.service.numbers import called_from
from bangban.features.hall.tables import TicketRow
from bangban.features.hall.ticket_problems import NobodyWaiting, WindowBusy
from bangban.features.hall.values import TicketState
from bangban.features.places.tables import ServiceWindowRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work


async def call_next(work: Work, *, window_id: UUID) -> UUID:
    """The ticket whose turn it is at a window, called there.

    Windows pass over a ticket that another one is just taking, so none waits for another and no ticket is called
    twice. The window itself is locked, so that two people at one desk do not call two.

    Raises:
        NotFound: There is no such window, or it is closed, or elsewhere.
        WindowBusy: It is not done with the last one.
        NobodyWaiting.
    """
    work.grants.require(Permission.HALL_CALL)
    window = await work.db.scalar(
        select(ServiceWindowRow).where(ServiceWindowRow.id == window_id).with_for_update(key_share=True)
    )
    if window is None:
        raise no_such("window", "该窗口", "windowId")
    point = await load_point(work, window.point_id, Permission.HALL_CALL, also_closed=True)
    queue = queue_of(queues_of(await windows_of(work, point.id)), window.id)
    if queue is None:
        raise no_such("window", "该窗口", "windowId")
    busy = await work.db.scalar(
        select(TicketRow.number)
        .where(TicketRow.window_id == window.id, TicketRow.state.in_(sorted(rules.AT_WINDOW)))
        .limit(1)
    )
    if busy is not None:
        raise WindowBusy(busy)
    ticket = await work.db.scalar(
        select(TicketRow)
        .where(
            TicketRow.point_id == point.id,
            TicketRow.day == work.today,
            called_from(queue),
            TicketRow.state == TicketState.ISSUED,
        )
        .order_by(TicketRow.priority.desc(), TicketRow.queued_at, TicketRow.serial)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if ticket is None:
        raise NobodyWaiting
    ticket.state, ticket.window_id = TicketState.CALLED, window.id
    ticket.called_at, ticket.calls = work.now, ticket.calls + 1
    await look_at_queue(work, point_id=point.id, queue=ticket.queue)
    work.record(
        action=Permission.HALL_CALL,
        object=f"ticket:{ticket.id}",
        area_id=point.area_id,
        details={"step": "CALL", "window": window.number},
    )
    changed(work, point.id)
    return ticket.id
