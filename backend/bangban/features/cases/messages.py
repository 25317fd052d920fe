"""What applicants are told of their cases: one message for each announcement that concerns somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, select

from bangban.features.cases.notice_words import supplying_words, with_reason
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.authority import SCOPE_EN, SCOPE_ZH
from bangban.features.cases.rules.facts import APPLICANT_WORD
from bangban.features.cases.rules.tracking import CHASED, told_of
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service.tracking import CHECK_INS
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseMaterialRow,
    NoticeRow,
    ToleranceRow,
)
from bangban.features.cases.to_applicant import case_and_event, find_told, to_applicant
from bangban.features.cases.values import CaseOutcome, EventKind, MaterialState, ResultStanding
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import Writer, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

Elsewhere: TypeAlias = Callable[[Work, UUID], Awaitable[bool]]
"""Whether whoever applied is told of a case's refusal by something else, such as what it is a part of."""


async def _nowhere(_: Work, __: UUID) -> bool:
    return False


def handlers(
    tenancy: Tenancy, messenger: Messenger, *, refusals_elsewhere: Elsewhere = _nowhere
) -> Mapping[str, Handler]:
    """The outbox's handlers of casework, by kind."""
    writers: dict[str, Writer] = {
        Announcement.AUTHORISED: _authorised,
        Announcement.NOTICE: _notice,
        Announcement.ACCEPTED: _accepted,
        Announcement.COMPLETED: partial(_completed, refusals_elsewhere),
        Announcement.PROMISED_REJECTED: partial(_promised, Template.PROMISED_REJECTED),
        Announcement.CONDITION_MET: _condition_met,
        Announcement.RESULT_WITHDRAWN: partial(_promised, Template.RESULT_WITHDRAWN),
        Announcement.DECLINED: partial(_declined, refusals_elsewhere),
        Announcement.SUSPENDED: _suspended,
        Announcement.RESUMED: _resumed,
        Announcement.TERMINATED: _terminated,
        Announcement.WITHDRAWN: _withdrawn,
        Announcement.CHECK_IN_TOLD: _checked_in,
    }
    return tellers(tenancy, messenger, writers)


_PROMISED: Final = Written(
    select(CaseMaterialRow.name, CaseMaterialRow.reason, ToleranceRow.promised_by)
    .join(ToleranceRow, ToleranceRow.case_id == CaseMaterialRow.case_id)
    .where(
        CaseMaterialRow.case_id == Given("case_id", Uuid()), CaseMaterialRow.state == MaterialState.TOLERATED
    )
    .order_by(CaseMaterialRow.position)
)


async def _authorised(work: Work, delivery: Delivery) -> Message | None:
    """代办委托: what staff say that the applicant gave them; nothing once it was withdrawn."""
    case = await find_told(work, delivery)
    given = await work.db.get(AuthorisationRow, UUID(delivery.reference))
    if case is None or given is None or given.revoked_at is not None:
        return None
    words = SCOPE_EN if case.language == "en" else SCOPE_ZH
    scope = [words[each] for each in sorted(given.scope)]
    return to_applicant(
        work, delivery, case, Template.CASE_AUTHORISED, scope=scope, valid_until=given.valid_until
    )


async def _notice(work: Work, delivery: Delivery) -> Message | None:
    """一次性告知: everything that the latest notice names, each with its reason, and how and where to supply it."""
    case = await find_told(work, delivery)
    if case is None:
        return None
    latest = (
        select(NoticeRow, ServicePointRow.name, ServicePointRow.address)
        .outerjoin(ServicePointRow, ServicePointRow.id == NoticeRow.where_id)
        .where(NoticeRow.case_id == case.id)
        .order_by(NoticeRow.ordinal.desc())
    )
    found = (await work.db.execute(latest.limit(1))).first()
    if found is None:
        return None
    notice, place, address = found
    materials = await work.db.execute(
        select(CaseMaterialRow.code, CaseMaterialRow.name)
        .where(CaseMaterialRow.case_id == case.id)
        .order_by(CaseMaterialRow.position)
    )
    missing = frozenset(notice.missing)
    named = [with_reason(name, notice.reasons.get(code)) for code, name in materials if code in missing]
    supplying = supplying_words(
        case.language, deadline=notice.deadline, how=notice.how, place=place, address=address
    )
    return to_applicant(work, delivery, case, Template.NOTICE_ISSUED, materials=named, supplying=supplying)


async def _accepted(work: Work, delivery: Delivery) -> Sequence[Message]:
    """受理: with the day by which it is promised; and which papers are to follow by when, or else (DOMAIN 3.9)."""
    case = await find_told(work, delivery)
    if case is None or case.due_on is None:
        return ()
    if case.counts_from is not None:
        since = {"due_on": case.due_on, "counts_from": case.counts_from}
        accepted = to_applicant(work, delivery, case, Template.CASE_ACCEPTED_AS_OF, **since)
    else:
        accepted = to_applicant(work, delivery, case, Template.CASE_ACCEPTED, due_on=case.due_on)
    following = await _promised(Template.CASE_TOLERATED, work, delivery)
    return [accepted] if following is None else [accepted, replace(following, key=f"{following.key}t")]


async def _completed(elsewhere: Elsewhere, work: Work, delivery: Delivery) -> Message | None:
    """办结: with the invitation to rate, or with what it depends on and nobody is told later; or why it was refused."""
    case = await find_told(work, delivery)
    if case is None:
        return None
    if case.outcome is CaseOutcome.REFUSED:
        if await elsewhere(work, case.id):
            return None
        why = {"reason": case.opinion or "", "basis": case.decision_basis or ""}
        return to_applicant(work, delivery, case, Template.CASE_REFUSED, **why)
    if case.result_standing is ResultStanding.CONDITIONAL:
        return await _promised(Template.RESULT_CONDITIONAL, work, delivery)
    if case.result_held:  # then it is told with the others
        return None
    return to_applicant(work, delivery, case, Template.CASE_COMPLETED)


async def _promised(template: Template, work: Work, delivery: Delivery) -> Message | None:
    """What is still missing of what was promised, and the day on which it was due; of nothing missing, nothing."""
    case = await find_told(work, delivery)
    if case is None:
        return None
    waited_for = await work.run(_PROMISED, case_id=case.id)
    if not waited_for:
        return None
    named = [with_reason(each.name, each.reason) for each in waited_for]
    return to_applicant(work, delivery, case, template, materials=named, due_on=waited_for[0].promised_by)


async def _condition_met(work: Work, delivery: Delivery) -> Message | None:
    """所附条件已满足: with the invitation to rate."""
    case = await find_told(work, delivery)
    return None if case is None else to_applicant(work, delivery, case, Template.CONDITION_MET)


async def _declined(elsewhere: Elsewhere, work: Work, delivery: Delivery) -> Message | None:
    """不予受理: with the reason, and what can be done against it."""
    case = await find_told(work, delivery)
    if case is None or await elsewhere(work, case.id):
        return None
    return to_applicant(work, delivery, case, Template.CASE_DECLINED, reason=case.opinion or "")


async def _suspended(work: Work, delivery: Delivery) -> Message | None:
    """中止: with the reason, and that this time does not count."""
    found = await case_and_event(work, delivery, EventKind.SUSPENDED)
    if found is None:
        return None
    case, event = found
    return to_applicant(work, delivery, case, Template.CASE_SUSPENDED, reason=event.note or "")


async def _resumed(work: Work, delivery: Delivery) -> Message | None:
    """恢复办理: with the new promised day."""
    case = await find_told(work, delivery)
    if case is None or case.due_on is None:
        return None
    return to_applicant(work, delivery, case, Template.CASE_RESUMED, due_on=case.due_on)


async def _terminated(work: Work, delivery: Delivery) -> Message | None:
    """终止: with the ground, and what can be done against it."""
    case = await find_told(work, delivery)
    if case is None:
        return None
    return to_applicant(work, delivery, case, Template.CASE_TERMINATED, reason=case.opinion or "")


async def _checked_in(work: Work, delivery: Delivery) -> Message | None:
    """跟踪回访: what the helper said, and until when more is heard; nothing of a case that is over by then."""
    case = await find_told(work, delivery)
    found = await work.run(CHECK_INS, case_id=UUID(delivery.reference))
    told = told_of([each.at for each in found], every=assistance_of(work.settings).check_in_pause)
    if case is None or not told or case.state not in CHASED:
        return None
    event = found[told[-1]]
    return to_applicant(
        work, delivery, case, Template.CASE_CHECKED_IN, said=event.note or "", due_on=case.check_in_due_on
    )


async def _withdrawn(work: Work, delivery: Delivery) -> Message | None:
    """撤回: told to the applicant where staff did it for them, so that nobody does so behind their back."""
    found = await case_and_event(work, delivery, EventKind.WITHDRAWN)
    if found is None or found[1].actor == APPLICANT_WORD:
        return None
    return to_applicant(work, delivery, found[0], Template.CASE_WITHDRAWN)
