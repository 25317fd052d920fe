"""What people are told of their accounts: invitations and resets, sent by the outbox's worker.

That is why asking for a reset takes the same time and leaves the same traces for known and unknown logins.
A message may come twice, then with another token; the newest is the one that counts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeAlias
from uuid import UUID

from bangban.features.accounts.invitations import (
    PASSWORD_ASKED,
    STAFF_INVITED,
    invite_staff,
    remind_staff,
)
from bangban.features.accounts.problems import ContactMissing, LoginMissing
from bangban.features.people.problems import StaffInactive, StaffUnknown
from bangban.kernel.access.principals import Principal
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.messenger.message import Message, Messenger
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_Writer: TypeAlias = Callable[[Work, Delivery], Awaitable[Message | None]]


def handlers(tenancy: Tenancy, messenger: Messenger) -> Mapping[str, Handler]:
    """The outbox's handlers of accounts, by kind."""
    writers: dict[str, _Writer] = {STAFF_INVITED: _invitation, PASSWORD_ASKED: _reset}
    return {kind: partial(_deliver, tenancy, messenger, write) for kind, write in writers.items()}


async def _deliver(tenancy: Tenancy, messenger: Messenger, write: _Writer, delivery: Delivery) -> None:
    nobody = Principal.anonymous(district=delivery.district.slug)
    try:
        async with tenancy.write(delivery.district, nobody, request_id=f"outbox-{delivery.id}") as work:
            message = await write(work, delivery)
    except (StaffUnknown, StaffInactive, LoginMissing, ContactMissing):
        return  # the account is not what it was when somebody asked
    if message is not None:
        await messenger.send(message)


async def _invitation(work: Work, delivery: Delivery) -> Message:
    return await invite_staff(work, UUID(delivery.reference), key=f"{delivery.id:012d}")


async def _reset(work: Work, delivery: Delivery) -> Message | None:
    return await remind_staff(work, UUID(delivery.reference), key=f"{delivery.id:012d}")
