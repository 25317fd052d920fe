"""A case that is over needs nobody any more: what offered it to helpers ends with it, and so do errands for one that
was not decided, or whose result was withdrawn, unless somebody is on the way (DOMAIN C05, C10).

By the outbox, as the clock does it: the case's end and its announcement are one transaction, so none is missed, and
an announcement that comes twice finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, select

from bangban.features.cases.rules.transition import ENDINGS, Announcement
from bangban.features.districts.platform import PLATFORM
from bangban.features.orders.rules.ending import end_with_case
from bangban.features.orders.service.loading import find_order
from bangban.features.orders.service.saving import save
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import AT_THE_DOOR, LIVE, OrderKind
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.tenancy.tenancy import Tenancy

_REQUEST: Final = "case-ended"
_OF_CASE: Final = Written(
    select(OrderRow.id).where(
        OrderRow.case_id == Given("case_id", Uuid()),
        OrderRow.kind.in_(sorted({OrderKind.CASE, *AT_THE_DOOR})),
        OrderRow.state.in_(sorted(LIVE)),
    )
)


def handlers(tenancy: Tenancy) -> Mapping[str, Handler]:
    """The outbox's handlers of the ends of cases."""
    return {str(end): partial(follow, tenancy) for end in ENDINGS}


async def follow(tenancy: Tenancy, delivery: Delivery) -> None:
    """End what still offers the case, or has it done by somebody. Safe to repeat."""
    now, done = delivery.moment(), delivery.kind == Announcement.COMPLETED
    async with tenancy.write(delivery.district, PLATFORM, request_id=_REQUEST, now=now) as work:
        for row in await work.run(_OF_CASE, case_id=UUID(delivery.reference)):
            loaded = await find_order(work, row.id)
            transition = None if loaded is None else end_with_case(loaded.facts, done=done, at=now)
            if loaded is not None and transition is not None:
                await save(loaded, transition)
