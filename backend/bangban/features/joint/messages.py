"""What people are told of an application for several matters, beside what they are told of its cases.

Cases whose results are held leave their endings to the application: one message for each, which says that the others
go on, and one with everything once the last is decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, func, literal_column, select
from sqlalchemy.orm import aliased

from bangban.features.accounts.residents import ways_to_resident
from bangban.features.accounts.tables import RESIDENT_LANGUAGE, ResidentRow
from bangban.features.cases.rules.facts import BEFORE_ACCEPTANCE, LIVE
from bangban.features.cases.rules.transition import ENDINGS, Announcement
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.joint.ending_words import how_collected, results_in_words
from bangban.features.joint.rules import DONE, succeeded
from bangban.features.joint.tables import BundleApplicationRow, BundleMemberRow
from bangban.features.joint.values import Announcement as OfBundles
from bangban.features.joint.values import ReleaseChoice
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import Writer, letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_PART: Final = "b"  # tells it from what the case says of the same announcement
_OTHERS: Final = {"zh": "其他事项继续办理，不受影响。", "en": "The other matters go on. "}


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of joint handling, by the cases' kinds."""
    writers: dict[str, Writer] = {
        Announcement.ACCEPTED: _accepted,
        **dict.fromkeys(ENDINGS, _ended),
        OfBundles.RELEASE_CHOSEN: _release_chosen,
    }
    return tellers(tenancy, messenger, writers)


def _all_of_one() -> Written:
    one = aliased(BundleMemberRow)
    return Written(
        select(
            CaseRow.id,
            CaseRow.state,
            CaseRow.outcome,
            CaseRow.opinion,
            CaseRow.decision_basis,
            CaseRow.due_on,
            CaseRow.accepted_at,
            CaseRow.phone_sealed,
            CaseRow.result_held,
            # A result that is withdrawn ends its case once more, after it was completed.
            func.coalesce(CaseRow.ended_at, CaseRow.completed_at).label("ended"),
            ServiceItemRow.name.label("item"),
            BundleApplicationRow.number.label("application"),
            RESIDENT_LANGUAGE,
            ResidentRow.wechat_sealed,
        )
        .select_from(one)
        .join(BundleMemberRow, BundleMemberRow.application_id == one.application_id)
        .join(BundleApplicationRow, BundleApplicationRow.id == one.application_id)
        .join(CaseRow, CaseRow.id == BundleMemberRow.case_id)
        .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
        .join(ResidentRow, ResidentRow.id == CaseRow.resident_id)
        .where(one.case_id == Given("case_id", Uuid()))
        .order_by(BundleMemberRow.position)
    )


_ALL: Final = _all_of_one()


async def _found(work: Work, delivery: Delivery) -> tuple[Any, Sequence[Any]] | None:
    """The case that it is about, and all of its application; None for cases of their own, and erased ones."""
    rows = await work.run(_ALL, case_id=UUID(delivery.reference))
    this = next((row for row in rows if str(row.id) == delivery.reference), None)
    return None if this is None or this.phone_sealed is None else (this, rows)


async def is_part(work: Work, case_id: UUID) -> bool:
    """Whether the case is one of an application for several, which tells of its refusal."""
    return bool(await work.run(_ALL, case_id=case_id))


async def _accepted(work: Work, delivery: Delivery) -> Message | None:
    """受理: once all that go on are accepted, with the day of the one that is due last."""
    found = await _found(work, delivery)
    return None if found is None else _all_accepted(work, delivery, *found)


def _all_accepted(work: Work, delivery: Delivery, this: Any, rows: Sequence[Any]) -> Message | None:
    """Of several that were accepted close together each may find all of them so: it is one message all the same."""
    going_on = [row for row in rows if row.state in LIVE]
    due = [row.due_on for row in going_on if row.due_on is not None]
    if not due or any(row.state in BEFORE_ACCEPTANCE for row in going_on):
        return None
    told = _letter(work, delivery, this, Template.BUNDLE_ACCEPTED, due_on=max(due))
    at = max(row.accepted_at for row in going_on)
    return replace(told, key=f"{this.application}-accepted", at=at)


async def _ended(work: Work, delivery: Delivery) -> Sequence[Message]:
    """办结、不予: what became of one, or of all; and where it alone had not been accepted, that the others are."""
    found = await _found(work, delivery)
    if found is None or found[0].ended is None:
        return ()
    this, rows = found
    going_on = any(row.state in LIVE for row in rows)
    accepted = _all_accepted(work, delivery, this, rows) if this.accepted_at is None else None
    told = (
        _refused(work, delivery, this, going_on=going_on),
        _part_done(work, delivery, this, rows) if going_on else _all_ended(work, delivery, this, rows),
        accepted,
    )
    return [each for each in told if each is not None]


def _refused(work: Work, delivery: Delivery, this: Any, *, going_on: bool) -> Message | None:
    """不予: told at once, with the reason, the basis and the remedies, whether others go on or it is the last."""
    if this.state is not CaseState.DECLINED and this.outcome is not CaseOutcome.REFUSED:
        return None
    others = _OTHERS["zh" if this.language.startswith("zh") else "en"] if going_on else ""
    why = {"reason": this.opinion or "", "basis": this.decision_basis or ""}
    told = _letter(work, delivery, this, Template.BUNDLE_PART_REFUSED, item=this.item, others=others, **why)
    return replace(told, key=f"{told.key}-refused")


def _part_done(work: Work, delivery: Delivery, this: Any, rows: Sequence[Any]) -> Message | None:
    if not succeeded(this.state, this.outcome) or not this.result_held:  # the case itself tells of it
        return None
    return _letter(
        work,
        delivery,
        this,
        Template.BUNDLE_PART_DONE,
        item=this.item,
        done=sum(row.state in DONE for row in rows),
        total=len(rows),
    )


def _all_ended(work: Work, delivery: Delivery, this: Any, rows: Sequence[Any]) -> Message | None:
    if not any(row.state in DONE for row in rows):  # there is nothing to collect
        return None
    last = max(rows, key=lambda row: (row.ended, str(row.id)))
    if last.id != this.id:  # of two that ended at once, one message tells of both
        return None
    language = "zh" if this.language.startswith("zh") else "en"
    return _letter(
        work,
        delivery,
        this,
        Template.BUNDLE_RESULTS_READY,
        done=sum(succeeded(row.state, row.outcome) for row in rows),
        total=len(rows),
        results=results_in_words(rows, language),
        collect=how_collected(rows, language),
    )


def _one_of_all() -> Written:
    return Written(
        select(
            CaseRow.phone_sealed,
            BundleApplicationRow.number.label("application"),
            BundleApplicationRow.release,
            RESIDENT_LANGUAGE,
            ResidentRow.wechat_sealed,
        )
        .select_from(BundleApplicationRow)
        .join(BundleMemberRow, BundleMemberRow.application_id == BundleApplicationRow.id)
        .join(CaseRow, CaseRow.id == BundleMemberRow.case_id)
        .join(ResidentRow, ResidentRow.id == BundleApplicationRow.resident_id)
        .where(BundleApplicationRow.id == Given("application_id", Uuid()), CaseRow.phone_sealed.is_not(None))
        .order_by(BundleMemberRow.position)
        .limit(literal_column("1"))
    )


_APPLICANT: Final = _one_of_all()
_CHOICES: Final = {
    ReleaseChoice.TOGETHER: {"zh": "全部办结后一并领取", "en": "all together, once everything is decided"},
    ReleaseChoice.IN_PARTS: {"zh": "办结一项领取一项", "en": "one by one, as each is decided"},
}


async def _release_chosen(work: Work, delivery: Delivery) -> Message | None:
    """领取方式: what staff say that the applicant chose, so that nobody chooses behind their back."""
    for this in await work.run(_APPLICANT, application_id=UUID(delivery.reference)):
        choice = _CHOICES[this.release]["zh" if this.language.startswith("zh") else "en"]
        return _letter(work, delivery, this, Template.BUNDLE_RELEASE_CHOSEN, choice=choice)
    return None


def _letter(work: Work, delivery: Delivery, this: Any, template: Template, **facts: object) -> Message:
    return letter(
        work,
        delivery,
        template,
        _PART,
        to=ways_to_resident(
            work.vault,
            wechat=this.wechat_sealed,
            phone=work.vault.open(this.phone_sealed, context=PHONE_CONTEXT),
        ),
        language=this.language,
        number=this.application,
        **facts,
    )
