"""What colleagues are told of transfers inside; and the timer of transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from bangban.features.districts.platform import PLATFORM
from bangban.features.first_asks.service import (
    TRANSFER_DUE,
    TRANSFER_EXPIRED,
    TRANSFERRED,
    expire_transfer,
)
from bangban.features.first_asks.tables import FirstAskRow, FirstAskTransferRow
from bangban.features.people.contacts import ways_to
from bangban.features.people.leads import leads_of
from bangban.features.people.tables import StaffRow
from bangban.kernel.jobs.letters import letter, tellers
from bangban.kernel.jobs.relay import Delivery, Handler
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of first-asked records, by kind."""
    told = tellers(tenancy, messenger, {TRANSFERRED: _offered, TRANSFER_EXPIRED: _expired})
    return {**told, TRANSFER_DUE: partial(_transfer_due, tenancy)}


async def _transfer_due(tenancy: Tenancy, delivery: Delivery) -> None:
    async with tenancy.write(delivery.district, PLATFORM, request_id="transfer-due") as work:
        await expire_transfer(work, transfer_id=UUID(delivery.reference))


async def _transfer(work: Work, delivery: Delivery) -> Any | None:
    owner, receiver, sender = aliased(StaffRow), aliased(StaffRow), aliased(StaffRow)
    return (
        await work.db.execute(
            select(FirstAskRow.number, FirstAskTransferRow, owner, receiver, sender.name)
            .join(FirstAskTransferRow, FirstAskTransferRow.first_ask_id == FirstAskRow.id)
            .join(owner, owner.id == FirstAskRow.owner_id)
            .join(receiver, receiver.id == FirstAskTransferRow.to_id)
            .join(sender, sender.id == FirstAskTransferRow.from_id)
            .where(FirstAskTransferRow.id == UUID(delivery.reference))
        )
    ).one_or_none()


async def _offered(work: Work, delivery: Delivery) -> Sequence[Message]:
    """内转: to whoever is asked to take it; nobody, once it is taken or went back."""
    found = await _transfer(work, delivery)
    if found is None or found[1].taken_at is not None or found[1].returned_at is not None:
        return ()
    number, _, _, receiver, sender = found
    return _letters(work, delivery, Template.TRANSFER_OFFERED, [receiver], number=number, sender=sender)


async def _expired(work: Work, delivery: Delivery) -> Sequence[Message]:
    """转办超时: to who was first asked, and to their lead."""
    found = await _transfer(work, delivery)
    if found is None:
        return ()
    number, _, owner, receiver, _ = found
    people = [owner, *await leads_of(work, owner.id)]
    return _letters(work, delivery, Template.TRANSFER_EXPIRED, people, number=number, receiver=receiver.name)


def _letters(
    work: Work, delivery: Delivery, template: Template, people: Sequence[StaffRow], **facts: object
) -> list[Message]:
    return [
        letter(work, delivery, template, f"-{staff.id}", to=to, language=staff.language, **facts)
        for staff in people
        if (to := ways_to(work.vault, staff))
    ]
