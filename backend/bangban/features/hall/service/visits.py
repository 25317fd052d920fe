"""到访: somebody is greeted, the papers are looked at, the visit ends (DOMAIN A02, A04, A06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.cases.service.notices import NOTHING_TOLD, Telling
from bangban.features.catalog.service import item_for
from bangban.features.catalog.service.reading import materials_of
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.catalog.values import Audience
from bangban.features.hall.problems import OvertimeOpen, VisitNotOpen
from bangban.features.hall.rules.papers import Found, Required, check
from bangban.features.hall.rules.queues import queues_of
from bangban.features.hall.rules.redirecting import require_elsewhere
from bangban.features.hall.rules.tickets import LIVE
from bangban.features.hall.service.announcing import changed
from bangban.features.hall.service.crowds import look_at_queue
from bangban.features.hall.service.leaving import leave, link_case
from bangban.features.hall.service.loading import load_point, lock_visit, require_shift, windows_of
from bangban.features.hall.service.numbers import matter_of
from bangban.features.hall.service.telling import check_said, tell
from bangban.features.hall.service.visitors import see_to_days_end, visitor_of
from bangban.features.hall.tables import OvertimeRow, TicketRow, VisitRow
from bangban.features.hall.values import CareNeed, TicketState, VisitEnd, VisitState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.identifiers import free_words
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

SHARED_DATA: Final = "SHARED_DATA"  # fetched by the office, so nobody brings it
LONGEST_PURPOSE: Final = 200
_OVER: Final = frozenset({VisitState.DONE, VisitState.LEFT, VisitState.REDIRECTED})


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """What a guide hears at the desk. ``visitor`` is a phone or an identity number; without it, nobody is known."""

    applicant_kind: Audience
    service_code: str | None = None
    purpose: str | None = field(default=None, repr=False)
    visitor: str | None = field(default=None, repr=False)
    care_needs: Sequence[CareNeed] = field(default=(), repr=False)
    arrived_at: datetime | None = None
    case_number: str | None = None  # of a case that the visit is about


async def greet_visitor(work: Work, *, point_id: UUID, greeting: Greeting) -> UUID:
    """A visit, opened by a guide who is on shift; of a case that it is about, it takes the item.

    Raises:
        NotOnShift, NotFound, ItemUnknown, NotForThem, InvalidPhone, InvalidIdentityNumber, NotTheVisitors.
        InvalidInput: Neither an item nor a purpose, or too long a purpose; or nobody came in then, today.
    """
    point = await load_point(work, point_id, Permission.HALL_GREET)
    guide = await require_shift(work, point.id)
    purpose = free_words(greeting.purpose, fields=("input.purpose",))
    about = (greeting.service_code, greeting.case_number)
    if (purpose is None and about == (None, None)) or len(purpose or "") > LONGEST_PURPOSE:
        raise InvalidInput(
            f"Say what the visitor came for: an item, or a few words ({LONGEST_PURPOSE} characters at most).",
            f"请填写来访事项:选择事项,或用文字说明(不超过 {LONGEST_PURPOSE} 字)。",
            fields=("input.purpose",),
        )
    arrived = greeting.arrived_at
    if arrived is not None and not (
        arrived <= work.now and local_today(work.district.zone, arrived) == work.today
    ):
        raise InvalidInput(
            "The visitor came in today, and not later than now.",
            "到达时间应为当日,且不晚于当前时刻。",
            fields=("input.arrivedAt",),
        )
    visitor = visitor_of(work, greeting.visitor, greeting.applicant_kind)
    visit = VisitRow(
        id=new_id(),
        point_id=point.id,
        day=work.today,
        guide_id=guide,
        state=VisitState.GREETED,
        service_item_id=None,
        purpose=purpose,
        applicant_kind=greeting.applicant_kind,
        visitor_sealed=visitor.sealed,
        visitor_hash=visitor.hashed,
        visitor_masked=visitor.masked,
        care_needs=sorted(set(greeting.care_needs)),
        greeted_at=work.now,
        arrived_at=arrived,
    )
    if greeting.case_number is not None:
        visit.service_item_id = await link_case(work, visit, greeting.case_number)
    elif greeting.service_code is not None:
        code = greeting.service_code.strip()
        visit.service_item_id = (await item_for(work.db, code, work.today, greeting.applicant_kind)).id
    await see_to_days_end(work, point.id)
    work.db.add(visit)
    work.record(action=Permission.HALL_GREET, object=f"visit:{visit.id}", area_id=point.area_id)
    return visit.id


async def check_papers(
    work: Work, *, visit_id: UUID, found: Sequence[Found], telling: Telling = NOTHING_TOLD
) -> UUID:
    """材料预检: the checklist of the visit's item; what is missing is told once, and all of it.

    Raises:
        NotFound, VisitNotOpen.
        InvalidInput: The visit is about no item, a paper is unknown, or there is no notice for ``telling``.
        ChecklistIncomplete, ToldAlready.
        PhraseBanned, NumberInText, PointUnknown, ItemNotTakenThere: As ``supplying_of``.
    """
    visit, point = await lock_visit(work, visit_id, Permission.HALL_GREET)
    if visit.state is not VisitState.GREETED or visit.day != work.today:
        raise VisitNotOpen(visit.state)
    if visit.service_item_id is None:
        raise InvalidInput(
            "The visit is about no item, so there is no list of papers.",
            "该到访未选择事项,没有材料清单。",
            fields=("input.visitId",),
        )
    checked = check(await required_papers(work, visit.service_item_id), found, told=visit.told)
    check_said(work, visit, point, field="papers.note", said=[each.note for each in found])
    visit.papers = list(checked.as_json)
    if checked.lacking and visit.told is None:
        await tell(work, visit, checked, telling)
    elif telling != NOTHING_TOLD:
        raise InvalidInput(
            "No notice is given now, so there is none to say this in.",
            "本次没有一次性告知,无需填写告知方式。",
            fields=("input.papers",),
        )
    work.record(
        action=Permission.HALL_GREET,
        object=f"visit:{visit.id}",
        area_id=point.area_id,
        details={"lacking": list(checked.lacking)},
    )
    return visit.id


async def end_visit(
    work: Work, *, visit_id: UUID, how: VisitEnd, note: str | None = None, case_number: str | None = None
) -> UUID:
    """离厅: somebody goes. A number that nobody serves yet is given up with it, so that nobody is called in vain.

    ``case_number``: what was applied for there.

    Raises:
        NotFound, AboutAnotherCase, NotTheVisitors.
        TakenHere: They are led elsewhere with what a window of the point takes.
        VisitNotOpen: The visit is over, or a window is serving the visitor.
        OvertimeOpen: A window stays open for the number, which is finished or carried over there.
        InvalidInput, NumberInText, PhraseBanned: What is noted; or they are led elsewhere, and nothing is.
    """
    words = free_words(note, fields=("input.note",), longest=LONGEST_PURPOSE)
    visit, point = await lock_visit(work, visit_id, Permission.HALL_GREET)
    if visit.state in _OVER:
        raise VisitNotOpen(visit.state)
    check_said(work, visit, point, field="note", said=[words])
    if case_number is not None:
        await link_case(work, visit, case_number)
    if how is VisitEnd.REDIRECTED:
        await _require_elsewhere(work, visit, reason=words)
    given_up = None if visit.queue is None else await _give_up(work, visit)
    await leave(work, visit, VisitState(how.value))
    visit.end_note = words
    work.record(
        action=Permission.HALL_GREET,
        object=f"visit:{visit.id}",
        area_id=point.area_id,
        details={"end": how.value, **({} if given_up is None else {"ticket": given_up.number})},
    )
    if given_up is not None:
        await look_at_queue(work, point_id=point.id, queue=given_up.queue)
    changed(work, point.id)
    return visit.id


async def _require_elsewhere(work: Work, visit: VisitRow, *, reason: str | None) -> None:
    """Raises as ``redirecting.require_elsewhere``, by the matter of the visit and what the point takes today."""
    item = (
        None
        if visit.service_item_id is None
        else await work.db.get_one(ServiceItemRow, visit.service_item_id)
    )
    queues = queues_of(await windows_of(work, visit.point_id))
    require_elsewhere(queues, matter_of(item), reason=reason)


async def _give_up(work: Work, visit: VisitRow) -> TicketRow | None:
    """The live number of a visit that is locked, cancelled unless somebody is being served with it."""
    ticket = await work.db.scalar(
        select(TicketRow)
        .where(TicketRow.visit_id == visit.id, TicketRow.state.in_(sorted(LIVE)))
        .with_for_update()
    )
    if ticket is None:
        return None
    if ticket.state is TicketState.SERVING:
        raise VisitNotOpen(visit.state)
    overtime = await work.db.get(OvertimeRow, ticket.id)
    if overtime is not None and overtime.ended_at is None:
        raise OvertimeOpen(ticket.number)
    ticket.state, ticket.ended_at, visit.queue = TicketState.CANCELLED, work.now, None
    return ticket


async def required_papers(work: Work, item_id: UUID) -> list[Required]:
    """The papers that an item requires and the office cannot fetch for itself."""
    return [
        Required(code=each.code, name=each.name)
        for each in await materials_of(work.db, item_id)
        if each.required and each.source != SHARED_DATA
    ]
