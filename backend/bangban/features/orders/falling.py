"""The clock of orders: what nobody took in time goes one level up, by a timer in the outbox (DOMAIN C05, C07, C08).

The timer is written with the order, in its transaction, so a restart loses none. It may come twice, and it comes when
somebody has the order already; under the order's lock the rule then finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import UUID

from bangban.features.districts.platform import PLATFORM
from bangban.features.orders.rules.facts import Announcement
from bangban.features.orders.rules.offering import fall_through
from bangban.features.orders.service.loading import find_order
from bangban.features.orders.service.saving import save
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.tenancy.tenancy import Tenancy

_REQUEST: Final = "order-clock"


def handlers(tenancy: Tenancy) -> Mapping[str, Handler]:
    """The outbox's handler of the timer."""
    return {str(Announcement.UNCLAIMED): partial(fall, tenancy)}


async def fall(tenancy: Tenancy, delivery: Delivery) -> None:
    """Let an order fall to the next level if its time is over. Safe to repeat.

    A timer that comes late, after an outage, gives the next level its whole time.
    """
    now = delivery.moment()
    async with tenancy.write(delivery.district, PLATFORM, request_id=_REQUEST, now=now) as work:
        loaded = await find_order(work, UUID(delivery.reference))
        if loaded is None:
            return
        transition = fall_through(loaded.facts, await loaded.places(), settings=loaded.settings, at=now)
        if transition is not None:
            await save(loaded, transition)
