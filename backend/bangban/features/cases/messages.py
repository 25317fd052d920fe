"""What applicants are told of their cases: one message for each announcement that concerns somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, select

from bangban.features.accounts.residents import ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.cases.rules.facts import APPLICANT_WORD, EventKind
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseEventRow, CaseMaterialRow, CaseRow, NoticeRow
from bangban.features.catalog.tables import ServiceItemRow
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


LATEST: Final = Written(
    select(CaseEventRow.actor, CaseEventRow.note)
    .where(CaseEventRow.case_id == Given("case_id", Uuid()), CaseEventRow.kind == Given("kind", Text()))
    .order_by(CaseEventRow.id.desc())
    .limit(1)
)


async def _case_and_event(work: Work, delivery: Delivery, kind: EventKind) -> tuple[Any, Any] | None:
    """The case, and the latest event of a kind; None where either is not there."""
    case = await _case(work, delivery)
    found = await work.run(LATEST, case_id=UUID(delivery.reference), kind=kind.value)
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
