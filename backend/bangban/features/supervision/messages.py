"""Who is told of duties: the holder and, when it is urgent, the team's lead; the applicant of a promise; supervisors
of what they have to look into, in one message for all that came at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseMaterialRow, CaseRow, ToleranceRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import counts_today
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.terminals import FAULTY
from bangban.features.supervision.addressees import (
    About,
    find_about,
    find_terminal,
    keepers_of,
    told_of,
)
from bangban.features.supervision.service import URGED
from bangban.features.supervision.sweeping import GATHERED, RAISED
from bangban.features.supervision.tables import DutyRow
from bangban.features.supervision.values import FOR_SUPERVISORS, DutyKind, DutyState
from bangban.kernel.access.roles import Role
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_AREA: Final = func.coalesce(
    DutyRow.area_id, select(CaseRow.area_id).where(CaseRow.id == DutyRow.case_id).scalar_subquery()
)
"""Where a duty belongs."""

_TEMPLATES: Final[Mapping[DutyKind, Template]] = {
    DutyKind.YELLOW: Template.DUTY_YELLOW,
    DutyKind.RED: Template.DUTY_RED,
    DutyKind.OVERDUE: Template.DUTY_OVERDUE,
    DutyKind.LEGAL_LIMIT: Template.DUTY_LEGAL_LIMIT,
    DutyKind.PROMISE_BROKEN: Template.DUTY_PROMISE_BROKEN,
    DutyKind.NOTICE_EXPIRED: Template.DUTY_NOTICE_EXPIRED,
    DutyKind.REVIEW_LATE: Template.DUTY_REVIEW_LATE,
    DutyKind.FEEDBACK_LATE: Template.DUTY_FEEDBACK_LATE,
    DutyKind.ACCEPTANCE_LATE: Template.DUTY_ACCEPTANCE_LATE,
    DutyKind.ANSWER_DUE: Template.DUTY_ANSWER_DUE,
    DutyKind.ANSWER_LATE: Template.DUTY_ANSWER_LATE,
    DutyKind.PAPERS_HELD: Template.DUTY_PAPERS_HELD,
    DutyKind.BATCH_LATE: Template.DUTY_BATCH_LATE,
    DutyKind.ORDER_IDLE: Template.DUTY_ORDER_IDLE,
    DutyKind.ORDER_STUCK: Template.DUTY_ORDER_STUCK,
    DutyKind.TERMINAL_FAULT: Template.DUTY_TERMINAL_FAULT,
    DutyKind.VOLUNTEER_WAITING: Template.DUTY_VOLUNTEER_WAITING,
    DutyKind.VOLUNTEER_LATE: Template.DUTY_VOLUNTEER_LATE,
    DutyKind.CHECK_IN_DUE: Template.DUTY_CHECK_IN_DUE,
    DutyKind.CHECK_IN_LATE: Template.DUTY_CHECK_IN_LATE,
    DutyKind.POST_ENDING: Template.DUTY_POST_ENDING,
    DutyKind.POST_ENDED: Template.DUTY_POST_ENDED,
}
"""What whoever has it in hand is told. Of a promise that is due the applicant is told instead."""


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of supervision, by kind."""
    return tellers(tenancy, messenger, {RAISED: _raised, URGED: _urged, GATHERED: _gathered, FAULTY: _fault})


async def _raised(work: Work, delivery: Delivery) -> Message | Sequence[Message] | None:
    about = await find_about(work, UUID(delivery.reference))
    if about is None:
        return None
    if about.kind is DutyKind.PROMISE_DUE:
        return await _remind_applicant(work, delivery)
    return _to_staff(work, delivery, about, _TEMPLATES[about.kind], await told_of(work, about))


async def _urged(work: Work, delivery: Delivery) -> Sequence[Message]:
    """催办: to whoever has it in hand by now."""
    about = await find_about(work, UUID(delivery.reference))
    if about is None:
        return ()
    return _to_staff(work, delivery, about, Template.DUTY_URGED, about.in_hand)


async def _fault(work: Work, delivery: Delivery) -> Sequence[Message]:
    """终端故障: to whoever sees to the point, as soon as it is reported; to nobody, once it works again."""
    found = await find_terminal(work, UUID(delivery.reference))
    if found is None or found[0].fault is None:
        return ()
    terminal, point = found
    return _letters(
        work,
        delivery,
        Template.TERMINAL_FAULT,
        await keepers_of(work, point),
        lambda _: {"terminal": terminal.name, "point": point.name},
    )


async def _gathered(work: Work, delivery: Delivery) -> Sequence[Message]:
    """督办件: one message to each supervisor, with how many came to their areas."""
    raised_at = datetime.fromisoformat(delivery.reference)
    held, lies = aliased(AreaRow), aliased(AreaRow)
    rows = await work.db.execute(
        select(StaffRow, func.count(DutyRow.id.distinct()).label("count"))
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(held, held.id == AssignmentRow.area_id)
        .join(lies, held.path.op("OPERATOR(ext.@>)", is_comparison=True)(lies.path))
        .join(DutyRow, lies.id == _AREA)
        .where(
            AssignmentRow.role == Role.SUPERVISOR.value,
            counts_today(AssignmentRow, work),
            StaffRow.active,
            DutyRow.state == DutyState.OPEN,
            DutyRow.kind.in_(sorted(FOR_SUPERVISORS)),
            DutyRow.raised_at == raised_at,
        )
        .group_by(StaffRow.id)
        .order_by(StaffRow.id)
    )
    return [
        letter(
            work,
            delivery,
            Template.DUTIES_GATHERED,
            f"-{staff.id}",
            to=to,
            language=staff.language,
            count=count,
        )
        for staff, count in rows
        if (to := ways_to(work.vault, staff))
    ]


def _to_staff(
    work: Work, delivery: Delivery, about: About, template: Template, people: Iterable[StaffRow]
) -> list[Message]:
    return _letters(
        work,
        delivery,
        template,
        people,
        lambda language: {"number": about.number, "item": about.item(language), "due_on": about.due_on},
    )


def _letters(
    work: Work,
    delivery: Delivery,
    template: Template,
    people: Iterable[StaffRow],
    facts: Callable[[str], Mapping[str, object]],
) -> list[Message]:
    return [
        letter(
            work,
            delivery,
            template,
            f"-{staff.id}",
            to=to,
            language=staff.language,
            **facts(staff.language),
        )
        for staff in people
        if staff.active and (to := ways_to(work.vault, staff))
    ]


async def _remind_applicant(work: Work, delivery: Delivery) -> Message | None:
    """容缺承诺: what was promised, by when."""
    found = (
        await work.db.execute(
            select(
                DutyRow.due_on,
                CaseRow.id,
                CaseRow.number,
                CaseRow.phone_sealed,
                ServiceItemRow.name.label("item"),
                RESIDENT_LANGUAGE,
                ResidentRow.wechat_sealed,
            )
            .join(CaseRow, CaseRow.id == DutyRow.case_id)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(ResidentRow, ResidentRow.id == CaseRow.resident_id)
            .where(DutyRow.id == UUID(delivery.reference))
        )
    ).one()
    promised = await work.db.scalar(select(ToleranceRow.missing).where(ToleranceRow.case_id == found.id))
    if promised is None or found.phone_sealed is None:
        return None
    names = await work.db.scalars(
        select(CaseMaterialRow.name)
        .where(CaseMaterialRow.case_id == found.id, CaseMaterialRow.code.in_(promised))
        .order_by(CaseMaterialRow.position)
    )
    return letter(
        work,
        delivery,
        Template.TOLERANCE_DUE,
        to=ways_to_resident(
            work.vault,
            wechat=found.wechat_sealed,
            phone=work.vault.open(found.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=found.language,
        number=found.number,
        item=found.item,
        due_on=found.due_on,
        materials=list(names),
    )
