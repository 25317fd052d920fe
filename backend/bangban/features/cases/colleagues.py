"""What helpers and clerks are told of cases: that one was given to them, offered, sent back or rated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from bangban.features.cases.rules.facts import APPLICANT_WORD
from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.tables import CaseRow, HandoverRow
from bangban.features.cases.to_applicant import LATEST
from bangban.features.cases.values import EventKind
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import leads_of
from bangban.features.people.tables import StaffRow
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.letters import Writer, letter, tellers
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers, by kind."""
    writers: dict[str, Writer] = {
        Announcement.SUBMITTED: _submitted,
        Announcement.HANDOVER: _handover,
        Announcement.HANDOVER_RETURNED: _returned,
        Announcement.SENT_BACK: _sent_back,
        Announcement.RATED_DURING: _rated_during,
    }
    return tellers(tenancy, messenger, writers)


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


async def _submitted(work: Work, delivery: Delivery) -> Sequence[Message]:
    """申请: what an applicant filed alone, to whom it was given; to whoever leads them, if they cannot be reached."""
    found = await work.run(LATEST, case_id=UUID(delivery.reference), kind=EventKind.SUBMITTED.value)
    if not found or found[0].actor != APPLICANT_WORD:
        return ()
    case = await _held(work, delivery)
    if case is None:
        return ()
    helper = case.StaffRow
    people = [helper] if helper.active and ways_to(work.vault, helper) else await leads_of(work, helper.id)
    return [
        letter(
            work,
            delivery,
            Template.CASE_SUBMITTED,
            f"-{each.id}",
            to=to,
            language=each.language,
            number=case.number,
            item=case.item,
            helper=helper.name,
        )
        for each in people
        if (to := ways_to(work.vault, each))
    ]


async def _held(work: Work, delivery: Delivery) -> Any | None:
    """The case with whoever holds it now."""
    return (
        await work.db.execute(
            select(CaseRow.number, ServiceItemRow.name.label("item"), StaffRow)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(StaffRow, StaffRow.id == CaseRow.holder_id)
            .where(CaseRow.id == UUID(delivery.reference))
        )
    ).one_or_none()


async def _rated_during(work: Work, delivery: Delivery) -> Message | None:
    """边办边评: to whoever holds the case now, at once; the grade stands in the case, not in messages."""
    found = await _held(work, delivery)
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
