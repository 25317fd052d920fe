"""A number of a queue, drawn for a visit (DOMAIN A03).

Issuers of one queue and day take turns at the row that counts its numbers, from the moment they take one until
they commit. So numbers run without gap: who fails gives the number back.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.dialects.postgresql import insert

from bangban.features.hall.rules import tickets as rules
from bangban.features.hall.rules.queues import Matter, Queue
from bangban.features.hall.service.announcing import changed
from bangban.features.hall.tables import HallQueueRow, TicketRow, VisitRow
from bangban.features.hall.ticket_problems import DuplicateTicket
from bangban.features.hall.values import TicketState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

_QUEUES = cast("Table", HallQueueRow.__table__)


async def give_number(
    work: Work, visit: VisitRow, queue: str, *, after: TicketRow | None = None, **given: Any
) -> TicketRow:
    """The next number of a queue for a visit, which is in no other queue any more."""
    visit.queue = queue
    await work.db.flush()
    ticket = TicketRow(
        id=new_id(),
        visit_id=visit.id,
        point_id=visit.point_id,
        day=visit.day,
        queue=queue,
        serial=await _next_serial(work, visit, queue),
        state=TicketState.ISSUED,
        queued_at=work.now if after is None else after.queued_at,
        issued_at=work.now,
        **given,
    )
    work.db.add(ticket)
    await work.db.flush()
    changed(work, visit.point_id)
    return ticket


async def _next_serial(work: Work, visit: VisitRow, queue: str) -> int:
    """The next number of a queue; whoever asks for one after this waits until this transaction ends."""
    key = {"point_id": visit.point_id, "day": visit.day, "queue": queue}
    taking = (
        update(_QUEUES)
        .where(*(_QUEUES.c[name] == value for name, value in key.items()))
        .values(issued=_QUEUES.c.issued + 1)
        .returning(_QUEUES.c.issued)
    )
    taken = await work.db.scalar(taking)
    if taken is None:  # nobody had a number of it today
        await work.db.execute(insert(_QUEUES).values(issued=0, **key).on_conflict_do_nothing())
        taken = await work.db.scalar(taking)
    return int(taken or 0)


def called_from(queue: Queue) -> ColumnElement[bool]:
    """Whether the windows of a queue call a ticket, as ``Queue.calls`` has it."""
    return TicketRow.queue.in_(queue.aliases) if queue.special else TicketRow.queue.not_in(queue.elsewhere)


async def refuse_second(work: Work, visit: VisitRow, queue: Queue) -> None:
    """Invariant 1: one live ticket for a visitor and queue. Raises ``DuplicateTicket``."""
    ours = (VisitRow.point_id == visit.point_id, VisitRow.day == visit.day)
    whose = VisitRow.id == visit.id
    if visit.visitor_hash is not None:
        whose = VisitRow.visitor_hash == visit.visitor_hash
    held = await work.db.scalar(
        select(TicketRow.number)
        .join(VisitRow, VisitRow.id == TicketRow.visit_id)
        .where(*ours, whose, TicketRow.state.in_(sorted(rules.LIVE)), called_from(queue))
        .limit(1)
    )
    if held is not None:
        raise DuplicateTicket(held)


def matter_of(item: Any) -> Matter:
    """What the queues look at of an item; None for a free question."""
    return Matter() if item is None else Matter(code=item.code, theme=item.details.get("theme"))


def record_ticket(
    work: Work, action: Permission, ticket: TicketRow, area_id: UUID, details: dict[str, Any]
) -> None:
    """What was done with a ticket, for the trail."""
    work.record(action=action, object=f"ticket:{ticket.id}", area_id=area_id, details=details)
