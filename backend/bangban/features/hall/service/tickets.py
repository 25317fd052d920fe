"""取号: a number for a visit whose papers are there, in the right queue for its matter (DOMAIN A03, A04)."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.hall.problems import AdviceNotOffered, VisitNotOpen
from bangban.features.hall.rules.papers import require_ready
from bangban.features.hall.rules.queues import choose_queue, queues_of
from bangban.features.hall.rules.tickets import priority_of
from bangban.features.hall.service.crowds import watch
from bangban.features.hall.service.loading import lock_visit, require_shift, windows_of
from bangban.features.hall.service.numbers import give_number, matter_of, record_ticket, refuse_second
from bangban.features.hall.service.visits import required_papers
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.values import VisitState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

_WAITABLE: Final = frozenset({VisitState.GREETED, VisitState.WAITING})


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
        priority=priority_of(visit.care_needs, settings.priorities),
        issued_by=guide,
    )
    visit.state, visit.ticketed_at = VisitState.TICKETED, work.now
    await watch(work, ticket)
    record_ticket(
        work, Permission.HALL_TICKET, ticket, point.area_id, {"step": "ISSUE", "advisory": advisory}
    )
    return ticket.id
