"""From what was announced to what people are told: read in one transaction, sent when it is over.

The outbox says no more than what it is about. Addresses are opened here, at the last moment, and go nowhere but
to the messenger; neither they nor any text come into a log. Messages may come twice (the outbox is worked off at
least once), then with the same key, and are worded so that this does no harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TypeAlias

import structlog

from bangban.kernel.access.principals import Principal
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.messenger import Message, Messenger, Template
from bangban.kernel.messenger.channel import Undeliverable
from bangban.kernel.messenger.own_texts import SETTING
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

_log = structlog.get_logger(__name__)

Writer: TypeAlias = Callable[[Work, Delivery], Awaitable[Message | Sequence[Message] | None]]
"""Reads what messages need. None where there is nobody to tell, or nothing to be told any more."""


def tellers(tenancy: Tenancy, messenger: Messenger, writers: Mapping[str, Writer]) -> dict[str, Handler]:
    """The outbox's handlers that tell people of something, by kind."""
    return {str(kind): partial(_deliver, tenancy, messenger, write) for kind, write in writers.items()}


def letter(
    work: Work,
    delivery: Delivery,
    template: Template,
    part: str = "",
    /,
    *,
    to: str | tuple[str, ...],
    language: str,
    **facts: object,
) -> Message:
    """One message of the district. ``part`` tells several of one announcement apart; ``to`` are the person's addresses,
    in the order in which they are tried."""
    first, *others = (to,) if isinstance(to, str) else to
    return Message.of(
        template,
        to=first,
        otherwise=tuple(others),
        district=work.district.slug,
        at=delivery.at,
        key=f"{delivery.id:012d}{part}",
        language=language,
        own=work.settings.get(SETTING),
        brand=work.district.brand,
        **facts,
    )


async def _deliver(tenancy: Tenancy, messenger: Messenger, write: Writer, delivery: Delivery) -> None:
    nobody = Principal.anonymous(district=delivery.district.slug)
    # Read as the writing role, since no other sees what is sealed; and ended before anything is sent.
    async with tenancy.write(delivery.district, nobody, now=delivery.moment()) as work:
        written = await write(work, delivery)
    messages = [written] if isinstance(written, Message) else list(written or ())
    if not messages:
        _log.info("nobody to tell", kind=delivery.kind, district=delivery.district.slug, outbox=delivery.id)
    refused = []
    for message in messages:
        try:
            await messenger.send(message)
        except Undeliverable as error:  # one who cannot be reached is not the others'
            refused.append(error)
    if refused and len(refused) == len(messages):
        raise refused[0]
