"""自助取号: a number from a terminal, without a guide (DOMAIN A03). The rules are those of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Date, literal, select
from sqlalchemy.dialects.postgresql import insert

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.problems import NotForThem
from bangban.features.catalog.service import current_item
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Audience
from bangban.features.hall.problems import AdviceNotOffered
from bangban.features.hall.rules.papers import Found, check, require_ready
from bangban.features.hall.rules.queues import choose_queue, queues_of
from bangban.features.hall.service.crowds import watch
from bangban.features.hall.service.loading import count_refused_numbers, lock_visits_of, windows_of
from bangban.features.hall.service.numbers import give_number, matter_of, record_ticket, refuse_second
from bangban.features.hall.service.visitors import see_to_days_end, visitor_of
from bangban.features.hall.service.visits import required_papers
from bangban.features.hall.settings import hall_settings
from bangban.features.hall.tables import VisitRow
from bangban.features.hall.ticket_problems import TicketTakenMeanwhile
from bangban.features.hall.values import VisitState
from bangban.features.places.hours import TEXT, is_open
from bangban.features.places.problems import ClosedNow, TerminalDown, TerminalUnknown
from bangban.features.places.sql import stands_on
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.week import local_minute
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True, kw_only=True)
class AtTerminal:
    """What somebody enters at a terminal. ``found``: what they say of each required paper.

    Without ``applicant_kind`` they come as a person, or for a legal entity where the item is for those alone.
    """

    key: str
    service_code: str
    visitor: str = field(repr=False)
    applicant_kind: Audience | None = None
    found: Sequence[Found] = ()


async def take_ticket(
    work: Work, *, terminal: AtTerminal, queue: str | None = None, advisory: bool = False
) -> UUID:
    """A visit that nobody greeted, and its number. Nothing is kept of what is refused.

    Whoever comes is known by a phone or an identity number: else nobody could say that they have a number already.

    Raises:
        TerminalUnknown: There is no such terminal, or the caller may not give numbers there.
        TerminalDown, ClosedNow: It does not work, or nobody is served at its point now.
        ItemUnknown, NotForThem, InvalidIdentityNumber, InvalidInput.
        PapersUnchecked, PapersMissing, ChecklistIncomplete, AdviceNotOffered.
        DuplicateTicket, TicketTakenMeanwhile, WrongQueue, NoQueueForMatter.
    """
    point_id, area_id = await _point(work, terminal.key)
    settings = hall_settings(work.settings)
    if advisory and not settings.advisory_tickets:
        raise AdviceNotOffered
    item = await current_item(work.db, terminal.service_code.strip(), work.today)
    kind = terminal.applicant_kind or _usual_kind(item)
    if kind not in item.audience:
        raise NotForThem(field="input.atTerminal.applicantKind")
    visitor = visitor_of(work, terminal.visitor, kind, field="input.atTerminal.visitor")
    if visitor.hashed is None:
        raise InvalidInput(
            "Enter a phone or an identity number.",
            "请输入手机号或证件号。",
            fields=("input.atTerminal.visitor",),
        )
    required = await required_papers(work, item.id)
    papers = check(required, terminal.found, told=None).as_json if terminal.found else None
    if not advisory:
        require_ready(papers, required)
    chosen = choose_queue(queues_of(await windows_of(work, point_id)), matter_of(item), wanted=queue)
    await lock_visits_of(work, point_id, visitor.hashed)
    visit = VisitRow(
        id=new_id(),
        point_id=point_id,
        day=work.today,
        guide_id=None,
        state=VisitState.TICKETED,
        service_item_id=item.id,
        purpose=None,
        applicant_kind=kind,
        visitor_sealed=visitor.sealed,
        visitor_hash=visitor.hashed,
        visitor_masked=visitor.masked,
        care_needs=[],
        greeted_at=work.now,
        queue=chosen.key,
        papers=papers,
        ticketed_at=work.now,
    )
    await refuse_second(work, visit, chosen)
    await see_to_days_end(work, point_id)
    if not await _added(work, visit):
        await refuse_second(work, visit, chosen)
        raise TicketTakenMeanwhile
    ticket = await give_number(work, visit, chosen.key, advisory=advisory, priority=0, issued_by=None)
    await watch(work, ticket)
    details = {"step": "ISSUE", "advisory": advisory, "terminal": terminal.key.strip()}
    record_ticket(work, Permission.HALL_TICKET, ticket, area_id, details)
    return ticket.id


async def _added(work: Work, visit: VisitRow) -> bool:
    """Keep the visit, unless one with a live number of the queue is being kept: that one is waited for."""
    columns = {each.name: getattr(visit, each.name) for each in VisitRow.__table__.columns}
    kept = await work.db.scalar(
        insert(VisitRow).values(columns).on_conflict_do_nothing().returning(VisitRow.id)
    )
    return kept is not None


def _usual_kind(item: ServiceItemRow) -> Audience:
    return Audience.PERSON if Audience.PERSON in item.audience else Audience.LEGAL_ENTITY


async def _point(work: Work, key: str) -> tuple[UUID, UUID]:
    """The terminal's point and its area, while both serve people.

    Raises:
        TerminalUnknown: Also to whoever may give no numbers there.
        TerminalDown, ClosedNow.
    """
    work.grants.require(Permission.HALL_TICKET)
    found = (
        await work.db.execute(
            select(
                TerminalRow.point_id,
                TerminalRow.fault,
                ServicePointRow.area_id,
                ServicePointRow.hours,
                stands_on(ServicePointRow.__table__.c, literal(work.today, Date())).label("stands"),
                AreaRow.path,
            )
            .join(ServicePointRow, ServicePointRow.id == TerminalRow.point_id)
            .join(AreaRow, AreaRow.id == ServicePointRow.area_id)
            .where(TerminalRow.key == key.strip())
        )
    ).one_or_none()
    if found is None or not work.grants.scope(Permission.HALL_TICKET).covers(found.path):
        raise TerminalUnknown(field="input.atTerminal.key")
    if found.fault is not None:
        raise TerminalDown(fields=("input.atTerminal.key",))
    moment = local_minute(work.calendar, work.now, work.district.zone)
    if not found.stands or not is_open(found.hours, key=moment.key, minute=moment.minute):
        raise ClosedNow(fields=("input.atTerminal.key",), hours=found.hours.get(TEXT, ""))
    count_refused_numbers(work, found.point_id, found.area_id)
    return found.point_id, found.area_id
