"""取号: a number for a visit, and what is done with it until it ends (DOMAIN A03, A04).

Issuers of one queue and day take turns at the row that counts its numbers, from the moment they take one until
they commit. So numbers run without gap: who fails gives the number back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert

from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.problems import AdviceNotOffered, DuplicateTicket, VisitNotOpen
from bangban.features.hall.rules import tickets as rules
from bangban.features.hall.rules.papers import require_ready
from bangban.features.hall.rules.queues import Matter, Queue, choose_queue, queues_of
from bangban.features.hall.service.announcing import HALL_WAITED, changed
from bangban.features.hall.service.crowds import look_at_queue
from bangban.features.hall.service.leaving import about_case, applied_at_window, leave
from bangban.features.hall.service.loading import lock_ticket, lock_visit, require_shift, windows_of
from bangban.features.hall.service.visits import required_papers
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import HallQueueRow, OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.values import TicketState, TicketStep, VisitState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

_QUEUES = cast("Table", HallQueueRow.__table__)
_WAITABLE = frozenset({VisitState.GREETED, VisitState.WAITING})


async def issue_ticket(
    work: Work, *, visit_id: UUID, queue: str | None = None, advisory: bool = False
) -> UUID:
    """A number in the right queue for the visit's matter, or in the one that is named if it takes it.

    ``advisory``: only for advice, though papers are missing, where the district gives such tickets.

    Raises:
        NotFound, NotOnShift, VisitNotOpen.
        DuplicateTicket: The visitor has a live ticket of this queue already; it names the number.
        WrongQueue, NoQueueForMatter, PapersUnchecked, PapersMissing, AdviceNotOffered.
    """
    visit, point = await lock_visit(work, visit_id, Permission.HALL_TICKET)
    guide = await require_shift(work, point.id)
    settings = hall_settings(work.settings)
    if advisory and not settings.advisory_tickets:
        raise AdviceNotOffered
    item = None
    if visit.service_item_id is not None:
        item = await work.db.get_one(ServiceItemRow, visit.service_item_id)
        if not advisory and visit.case_id is None:  # the papers of a case are looked at with the case
            require_ready(visit.papers, await required_papers(work, item.id))
    chosen = choose_queue(queues_of(await windows_of(work, point.id)), matter_of(item), wanted=queue)
    await refuse_second(work, visit, chosen)
    if visit.state not in _WAITABLE or visit.day != work.today:
        raise VisitNotOpen(visit.state)
    ticket = await give_number(
        work,
        visit,
        chosen.key,
        advisory=advisory,
        priority=rules.priority_of(visit.care_needs, settings.priorities),
        issued_by=guide,
    )
    visit.state, visit.ticketed_at = VisitState.TICKETED, work.now
    work.announce(HALL_WAITED, str(ticket.id), due=work.now + timedelta(minutes=settings.crowd.wait_minutes))
    await look_at_queue(work, point_id=point.id, queue=chosen.key)
    record_ticket(
        work, Permission.HALL_TICKET, ticket, point.area_id, {"step": "ISSUE", "advisory": advisory}
    )
    return ticket.id


async def move_ticket(
    work: Work,
    *,
    ticket_id: UUID,
    what: TicketStep,
    service_code: str | None = None,
    explanation: str | None = None,
    case_number: str | None = None,
) -> UUID:
    """One step of a ticket; a transfer answers with the ticket that takes its place, whose turn is as before.

    ``service_code`` is what a transfer is for; ``case_number`` the case that came of the visit. Left out, it is the
    one that the clerk applied for while serving.

    Raises as ``rules.tickets.step`` and ``choose_queue``, and NotFound.
    """
    ticket, visit, point = await lock_ticket(work, ticket_id, Permission.HALL_CALL)
    overtime = await work.db.scalar(
        select(OvertimeRow).where(OvertimeRow.ticket_id == ticket.id, OvertimeRow.ended_at.is_(None))
    )
    moved = rules.step(
        facts_of(ticket, overtime=overtime is not None), what, today=work.today, explanation=explanation
    )
    ticket.state = moved.state
    if what is TicketStep.RECALL:
        ticket.calls, ticket.called_at = ticket.calls + 1, work.now
    if what is TicketStep.SERVE:
        ticket.served_from = visit.at_window_at = work.now
    if case_number is not None:
        visit.case_id, _ = await about_case(work, case_number, already=visit.case_id)
    elif what is TicketStep.FINISH and visit.case_id is None:
        visit.case_id = await applied_at_window(work, ticket.served_from)
    if overtime is not None and moved.overtime is not None:
        overtime.outcome, overtime.ended_at = moved.overtime, work.now
        overtime.explanation = moved.explanation
    answer = ticket
    if moved.over:
        ticket.ended_at, visit.queue = work.now, None
    if moved.visit in (VisitState.DONE, VisitState.LEFT):
        await leave(work, visit, moved.visit)
    elif moved.visit is not None:
        visit.state = moved.visit
    if what is TicketStep.TRANSFER:
        answer = await _transfer(work, ticket, visit, service_code)
    await look_at_queue(work, point_id=point.id, queue=ticket.queue)
    record_ticket(work, Permission.HALL_CALL, ticket, point.area_id, dict(moved.audit))
    changed(work, point.id)
    return answer.id


def facts_of(ticket: TicketRow, *, overtime: bool = False) -> rules.Ticket:
    """A row as the rules know it."""
    return rules.Ticket(
        number=ticket.number,
        state=ticket.state,
        day=ticket.day,
        priority=ticket.priority,
        queued_at=ticket.queued_at,
        serial=ticket.serial,
        overtime=overtime,
    )


async def _transfer(work: Work, ticket: TicketRow, visit: VisitRow, service_code: str | None) -> TicketRow:
    """转窗: another queue's number, queued since the first one was."""
    item = None
    if service_code is not None:
        item = await current_item(work.db, service_code.strip(), work.today)
        visit.service_item_id = item.id
    elif visit.service_item_id is not None:
        item = await work.db.get_one(ServiceItemRow, visit.service_item_id)
    queues = [each for each in queues_of(await windows_of(work, ticket.point_id)) if each.key != ticket.queue]
    chosen = choose_queue(queues, matter_of(item))
    await work.db.flush()  # the visit leaves its queue before it joins another
    await refuse_second(work, visit, chosen)
    return await give_number(
        work,
        visit,
        chosen.key,
        advisory=ticket.advisory,
        priority=ticket.priority,
        issued_by=ticket.issued_by,
        after=ticket,
    )


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


async def refuse_second(work: Work, visit: VisitRow, queue: Queue) -> None:
    """Invariant 1: one live ticket for a visitor and queue. Raises ``DuplicateTicket``."""
    ours = (VisitRow.point_id == visit.point_id, VisitRow.day == visit.day)
    whose = VisitRow.id == visit.id
    if visit.visitor_hash is not None:
        whose = VisitRow.visitor_hash == visit.visitor_hash
    held = await work.db.scalar(
        select(TicketRow.number)
        .join(VisitRow, VisitRow.id == TicketRow.visit_id)
        .where(*ours, whose, TicketRow.state.in_(sorted(rules.LIVE)), TicketRow.queue.in_(queue.aliases))
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
