"""What people are told of their cases: one message for each announcement that concerns somebody.

The outbox says no more than which case and what kind. The phone is opened here, at the last moment, and goes
nowhere but to the messenger; neither it nor any text comes into a log. Messages may come twice (the outbox is
worked off at least once) and are worded so that this does no harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy import Uuid, select
from sqlalchemy.orm import aliased

from bangban.features.cases.rules.transition import Announcement
from bangban.features.cases.service.applicant import PHONE_CONTEXT
from bangban.features.cases.tables import CaseMaterialRow, CaseRow, HandoverRow, NoticeRow
from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.people.tables import StaffRow
from bangban.kernel.access.grants import Principal
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.relay import Delivery, Handler
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_log = structlog.get_logger(__name__)

APPLICANT_LANGUAGE: Final = "zh-CN"  # nothing records another for an applicant

Writer: TypeAlias = Callable[[Work, Delivery], Awaitable[Message | None]]
"""Reads what a message needs. None where there is nobody to tell, or nothing to be told any more."""


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of casework, by kind."""
    writers: dict[str, Writer] = {
        Announcement.NOTICE: _notice,
        Announcement.ACCEPTED: _accepted,
        Announcement.COMPLETED: _completed,
        Announcement.DECLINED: _declined,
        Announcement.HANDOVER: _handover,
    }
    return {str(kind): partial(_deliver, tenancy, messenger, write) for kind, write in writers.items()}


async def _deliver(tenancy: Tenancy, messenger: Messenger, write: Writer, delivery: Delivery) -> None:
    nobody = Principal.anonymous(district=delivery.district.slug)
    # Read as the writing role, since no other sees what is sealed; and ended before anything is sent.
    async with tenancy.write(delivery.district, nobody) as work:
        message = await write(work, delivery)
    if message is None:
        _log.info("nobody to tell", kind=delivery.kind, district=delivery.district.slug, outbox=delivery.id)
        return
    await messenger.send(message)


_CASE: Final = Written(
    select(
        CaseRow.id,
        CaseRow.number,
        CaseRow.phone_sealed,
        CaseRow.due_on,
        CaseRow.opinion,
        ServiceItemRow.name.label("item"),
    )
    .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
    .where(CaseRow.id == Given("case_id", Uuid()))
)


async def _case(work: Work, delivery: Delivery) -> Any | None:
    """What messages say of the case and its item."""
    found = await work.run(_CASE, case_id=UUID(delivery.reference))
    if not found or found[0].phone_sealed is None:  # gone, or its applicant was erased
        return None
    return found[0]


def _to_applicant(work: Work, delivery: Delivery, case: Any, template: Template, **facts: object) -> Message:
    return Message.of(
        template,
        to=work.vault.open(case.phone_sealed, context=PHONE_CONTEXT),
        district=work.district.slug,
        at=delivery.at,
        key=f"{delivery.id:012d}",
        language=APPLICANT_LANGUAGE,
        brand=work.district.brand,
        number=case.number,
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
    return _to_applicant(work, delivery, case, Template.NOTICE_ISSUED, item=case.item, materials=named)


def _with_reason(name: str, reason: str | None) -> str:
    return f"{name}({reason})" if reason else name


async def _accepted(work: Work, delivery: Delivery) -> Message | None:
    """受理: with the day by which it is promised."""
    case = await _case(work, delivery)
    if case is None or case.due_on is None:
        return None
    return _to_applicant(work, delivery, case, Template.CASE_ACCEPTED, item=case.item, due_on=case.due_on)


async def _completed(work: Work, delivery: Delivery) -> Message | None:
    """办结: with the invitation to rate."""
    case = await _case(work, delivery)
    if case is None:
        return None
    return _to_applicant(work, delivery, case, Template.CASE_COMPLETED, item=case.item)


async def _declined(work: Work, delivery: Delivery) -> Message | None:
    """不予受理: with the reason, and what can be done against it."""
    case = await _case(work, delivery)
    if case is None:
        return None
    return _to_applicant(
        work, delivery, case, Template.CASE_DECLINED, item=case.item, reason=case.opinion or ""
    )


async def _handover(work: Work, delivery: Delivery) -> Message | None:
    """交接: to whoever is asked to take the case; nobody, once it is taken or returned."""
    sender, receiver = aliased(StaffRow), aliased(StaffRow)
    found = (
        await work.db.execute(
            select(CaseRow.number, ServiceItemRow.name, sender.name, receiver.login, receiver.language)
            .join(ServiceItemRow, ServiceItemRow.id == CaseRow.service_item_id)
            .join(HandoverRow, HandoverRow.case_id == CaseRow.id)
            .join(sender, sender.id == HandoverRow.from_id)
            .join(receiver, receiver.id == HandoverRow.to_id)
            .where(
                CaseRow.id == UUID(delivery.reference),
                HandoverRow.taken_at.is_(None),
                HandoverRow.returned_at.is_(None),
            )
        )
    ).one_or_none()
    if found is None or found[3] is None:
        return None
    number, item, from_name, login, language = found
    return Message.of(
        Template.HANDOVER_OFFERED,
        to=f"staff:{login}",
        district=work.district.slug,
        at=delivery.at,
        key=f"{delivery.id:012d}",
        language=language,
        brand=work.district.brand,
        number=number,
        item=item,
        sender=from_name,
    )
