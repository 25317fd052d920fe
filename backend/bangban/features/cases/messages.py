"""What people are told of their cases: one message for each announcement that concerns somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, select
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.cases.rules.facts import APPLICANT_WORD, EventKind
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseEventRow, CaseMaterialRow, CaseRow, HandoverRow, NoticeRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.contacts import ways_to
from bangban.features.people.tables import StaffRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.letters import Writer, letter, tellers
from bangban.kernel.jobs.relay import Delivery, Handler
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of casework, by kind."""
    writers: dict[str, Writer] = {
        Announcement.NOTICE: _notice,
        Announcement.ACCEPTED: _accepted,
        Announcement.COMPLETED: _completed,
        Announcement.DECLINED: _declined,
        Announcement.SUSPENDED: _suspended,
        Announcement.RESUMED: _resumed,
        Announcement.TERMINATED: _terminated,
        Announcement.WITHDRAWN: _withdrawn,
        Announcement.HANDOVER: _handover,
        Announcement.HANDOVER_RETURNED: _returned,
        Announcement.SENT_BACK: _sent_back,
        Announcement.RATED_DURING: _rated_during,
    }
    return tellers(tenancy, messenger, writers)


_CASE: Final = Written(
    select(
        CaseRow.id,
        CaseRow.number,
        CaseRow.phone_sealed,
        CaseRow.due_on,
        CaseRow.opinion,
        CaseRow.result_held,
        ServiceItemRow.name.label("item"),
        RESIDENT_LANGUAGE,
        ResidentRow.wechat_sealed,
    )
    .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
    .join(ResidentRow, ResidentRow.id == CaseRow.resident_id)
    .where(CaseRow.id == Given("case_id", Uuid()))
)


async def _case(work: Work, delivery: Delivery) -> Any | None:
    """What messages say of the case and its item."""
    found = await work.run(_CASE, case_id=UUID(delivery.reference))
    if not found or found[0].phone_sealed is None:  # gone, or its applicant was erased
        return None
    return found[0]


def _to_applicant(work: Work, delivery: Delivery, case: Any, template: Template, **facts: object) -> Message:
    return letter(
        work,
        delivery,
        template,
        to=ways_to_resident(
            work.vault,
            wechat=case.wechat_sealed,
            phone=work.vault.open(case.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=case.language,
        number=case.number,
        item=case.item,
        **facts,
    )


async def _notice(work: Work, delivery: Delivery) -> Message | None:
    """一次性告知: everything that the latest notice names, each with its reason."""
    case = await _case(work, delivery)
    if case is None:
        return None
    notice = await work.db.scalar(
        select(NoticeRow).where(NoticeRow.case_id == case.id).order_by(NoticeRow.ordinal.desc()).limit(1)
    )
    if notice is None:
        return None
    materials = await work.db.execute(
        select(CaseMaterialRow.code, CaseMaterialRow.name)
        .where(CaseMaterialRow.case_id == case.id)
        .order_by(CaseMaterialRow.position)
    )
    missing = frozenset(notice.missing)
    named = [_with_reason(name, notice.reasons.get(code)) for code, name in materials if code in missing]
    return _to_applicant(work, delivery, case, Template.NOTICE_ISSUED, materials=named)


def _with_reason(name: str, reason: str | None) -> str:
    return f"{name}({reason})" if reason else name


async def _accepted(work: Work, delivery: Delivery) -> Message | None:
    """受理: with the day by which it is promised."""
    case = await _case(work, delivery)
    if case is None or case.due_on is None:
        return None
    return _to_applicant(work, delivery, case, Template.CASE_ACCEPTED, due_on=case.due_on)


async def _completed(work: Work, delivery: Delivery) -> Message | None:
    """办结: with the invitation to rate."""
    case = await _case(work, delivery)
    if case is None or case.result_held:  # then it is told with the others
        return None
    return _to_applicant(work, delivery, case, Template.CASE_COMPLETED)


async def _declined(work: Work, delivery: Delivery) -> Message | None:
    """不予受理: with the reason, and what can be done against it."""
    case = await _case(work, delivery)
    if case is None or case.result_held:  # then it is told with the others
        return None
    return _to_applicant(work, delivery, case, Template.CASE_DECLINED, reason=case.opinion or "")


_LATEST: Final = Written(
    select(CaseEventRow.actor, CaseEventRow.note)
    .where(CaseEventRow.case_id == Given("case_id", Uuid()), CaseEventRow.kind == Given("kind", Text()))
    .order_by(CaseEventRow.id.desc())
    .limit(1)
)


async def _case_and_event(work: Work, delivery: Delivery, kind: EventKind) -> tuple[Any, Any] | None:
    """The case, and the latest event of a kind; None where either is not there."""
    case = await _case(work, delivery)
    found = await work.run(_LATEST, case_id=UUID(delivery.reference), kind=kind.value)
    return None if case is None or not found else (case, found[0])


async def _suspended(work: Work, delivery: Delivery) -> Message | None:
    """中止: with the reason, and that this time does not count."""
    found = await _case_and_event(work, delivery, EventKind.SUSPENDED)
    if found is None:
        return None
    case, event = found
    return _to_applicant(work, delivery, case, Template.CASE_SUSPENDED, reason=event.note or "")


async def _resumed(work: Work, delivery: Delivery) -> Message | None:
    """恢复办理: with the new promised day."""
    case = await _case(work, delivery)
    if case is None or case.due_on is None:
        return None
    return _to_applicant(work, delivery, case, Template.CASE_RESUMED, due_on=case.due_on)


async def _terminated(work: Work, delivery: Delivery) -> Message | None:
    """终止: with the ground, and what can be done against it."""
    case = await _case(work, delivery)
    if case is None:
        return None
    return _to_applicant(work, delivery, case, Template.CASE_TERMINATED, reason=case.opinion or "")


async def _withdrawn(work: Work, delivery: Delivery) -> Message | None:
    """撤回: told to the applicant where staff did it for them, so that nobody does so behind their back."""
    found = await _case_and_event(work, delivery, EventKind.WITHDRAWN)
    if found is None or found[1].actor == APPLICANT_WORD:
        return None
    return _to_applicant(work, delivery, found[0], Template.CASE_WITHDRAWN)


async def _handover(work: Work, delivery: Delivery) -> Message | None:
    """交接: to whoever is asked to take the case; nobody, once it is taken or returned."""
    pending = and_(HandoverRow.taken_at.is_(None), HandoverRow.returned_at.is_(None))
    found = await _relay(work, delivery, told=HandoverRow.to_id, other=HandoverRow.from_id, where=pending)
    return found and _to_colleague(work, delivery, found, Template.HANDOVER_OFFERED, sender=found.sender)


async def _returned(work: Work, delivery: Delivery) -> Message | None:
    """退回交接: to whoever had handed the case over and still answers for it, with the reason."""
    returned = HandoverRow.returned_at.is_not(None)
    found = await _relay(work, delivery, told=HandoverRow.from_id, other=HandoverRow.to_id, where=returned)
    return found and _to_colleague(
        work,
        delivery,
        found,
        Template.HANDOVER_RETURNED,
        sender=found.sender,
        reason=found.return_reason or "",
    )


async def _sent_back(work: Work, delivery: Delivery) -> Message | None:
    """退回原单位: to whoever holds the case now, without having been asked to; nobody, once it went on."""
    holds = and_(HandoverRow.taken_at.is_not(None), HandoverRow.to_id == CaseRow.holder_id)
    found = await _relay(work, delivery, told=HandoverRow.to_id, other=HandoverRow.from_id, where=holds)
    return found and _to_colleague(
        work, delivery, found, Template.CASE_SENT_BACK, sender=found.sender, reason=found.reason
    )


async def _rated_during(work: Work, delivery: Delivery) -> Message | None:
    """边办边评: to whoever holds the case now, at once; the grade stands in the case, not in messages."""
    found = (
        await work.db.execute(
            select(CaseRow.number, ServiceItemRow.name.label("item"), StaffRow)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(StaffRow, StaffRow.id == CaseRow.holder_id)
            .where(CaseRow.id == UUID(delivery.reference))
        )
    ).one_or_none()
    return found and _to_colleague(work, delivery, found, Template.CASE_RATED_DURING)


async def _relay(work: Work, delivery: Delivery, *, told: Any, other: Any, where: Any) -> Any | None:
    """The latest hand-over of the case that is so, with whom to tell of it and the name of the other."""
    colleague = aliased(StaffRow)
    return (
        await work.db.execute(
            select(
                CaseRow.number,
                ServiceItemRow.name.label("item"),
                colleague.name.label("sender"),
                HandoverRow.reason,
                HandoverRow.return_reason,
                StaffRow,
            )
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(HandoverRow, HandoverRow.case_id == CaseRow.id)
            .join(colleague, colleague.id == other)
            .join(StaffRow, StaffRow.id == told)
            .where(CaseRow.id == UUID(delivery.reference), where)
            .order_by(HandoverRow.offered_at.desc())
            .limit(1)
        )
    ).one_or_none()


def _to_colleague(
    work: Work, delivery: Delivery, found: Any, template: Template, **facts: object
) -> Message | None:
    to = ways_to(work.vault, found.StaffRow)
    if not to:
        return None
    return letter(
        work,
        delivery,
        template,
        to=to,
        language=found.StaffRow.language,
        number=found.number,
        item=found.item,
        **facts,
    )
