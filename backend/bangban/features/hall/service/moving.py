"""叫号之后: what is done with a number until it ends, at the window or elsewhere (DOMAIN A03, A04, A07)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from bangban.features.catalog.service import item_for
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.rules.queues import choose_queue, queues_of, right_queues
from bangban.features.hall.rules.tickets import step
from bangban.features.hall.service.announcing import changed
from bangban.features.hall.service.crowds import look_at_queue, watch
from bangban.features.hall.service.leaving import applied_at_window, leave, link_case
from bangban.features.hall.service.loading import facts_of, lock_ticket, windows_of
from bangban.features.hall.service.numbers import give_number, matter_of, record_ticket, refuse_second
from bangban.features.hall.service.overtime import count_overtime
from bangban.features.hall.tables import OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.ticket_problems import InItsQueue
from bangban.features.hall.values import TicketStep, VisitState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work


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

    Raises as ``rules.tickets.step``, ``choose_queue`` and ``link_case``, NotFound, and ``InItsQueue``.
    """
    ticket, visit, point = await lock_ticket(work, ticket_id, Permission.HALL_CALL)
    overtime = await work.db.scalar(
        select(OvertimeRow).where(OvertimeRow.ticket_id == ticket.id, OvertimeRow.ended_at.is_(None))
    )
    moved = step(
        facts_of(ticket, overtime=overtime is not None), what, today=work.today, explanation=explanation
    )
    ticket.state = moved.state
    if what is TicketStep.RECALL:
        ticket.calls, ticket.called_at = ticket.calls + 1, work.now
    if what is TicketStep.SERVE:
        ticket.served_from = visit.at_window_at = work.now
    if case_number is not None:
        await link_case(work, visit, case_number)
    elif what is TicketStep.FINISH and visit.case_id is None:
        visit.case_id = await applied_at_window(work, ticket.served_from)
    if overtime is not None and moved.overtime is not None:
        overtime.outcome, overtime.ended_at = moved.overtime, work.now
        overtime.explanation = moved.explanation
    answer = ticket
    if moved.over:
        ticket.ended_at, visit.queue = work.now, None
        count_overtime(work, ticket, point, keep=what is TicketStep.FINISH and overtime is None)
    if moved.visit in (VisitState.DONE, VisitState.LEFT):
        await leave(work, visit, moved.visit)
    elif moved.visit is not None:
        visit.state = moved.visit
    if what is TicketStep.TRANSFER:
        answer = await _transfer(work, ticket, visit, service_code)
        await watch(work, answer)
    await look_at_queue(work, point_id=point.id, queue=ticket.queue)
    record_ticket(work, Permission.HALL_CALL, ticket, point.area_id, dict(moved.audit))
    changed(work, point.id)
    return answer.id


async def _transfer(work: Work, ticket: TicketRow, visit: VisitRow, service_code: str | None) -> TicketRow:
    """转窗: another queue's number, queued since the first one was."""
    item = None
    if service_code is not None:
        item = await item_for(work.db, service_code.strip(), work.today, visit.applicant_kind)
        visit.service_item_id = item.id
    elif visit.service_item_id is not None:
        item = await work.db.get_one(ServiceItemRow, visit.service_item_id)
    field = "input.step" if service_code is None else "input.serviceCode"
    queues, matter = queues_of(await windows_of(work, ticket.point_id)), matter_of(item)
    others = [each for each in queues if not each.calls(ticket.queue)]
    if right_queues(queues, matter) and not right_queues(others, matter):
        raise InItsQueue(ticket.number, field=field)
    chosen = choose_queue(others, matter, field=field)
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
