"""A case goes from hand to hand by itself, too; the order that dispatches it is brought along (DOMAIN C04, C05).

By the outbox, as with the ends of cases (``following``): casework knows nothing of orders. What counts is how the two
stand when it comes, so an announcement that comes late or twice finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import DateTime, Uuid, select

from bangban.features.cases.rules.transition import MOVES
from bangban.features.cases.service.loading import load_by_itself
from bangban.features.cases.tables import HandoverRow
from bangban.features.districts.platform import PLATFORM
from bangban.features.orders.rules.together import are_apart, end_elsewhere, offer_untaken
from bangban.features.orders.service.loading import Loaded, find_order
from bangban.features.orders.service.saving import save
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD, OrderKind
from bangban.kernel.database.written import Given, Written
from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.tenancy.tenancy import Tenancy

_REQUEST: Final = "case-moved"
_CASE_ID: Final = Given("case_id", Uuid())
_OF_CASE: Final = Written(
    select(OrderRow.id).where(
        OrderRow.case_id == _CASE_ID, OrderRow.kind == OrderKind.CASE, OrderRow.state.in_(sorted(HELD))
    )
)
_TAKEN_SINCE: Final = Written(
    select(HandoverRow.id).where(
        HandoverRow.case_id == _CASE_ID,
        HandoverRow.taken_at >= Given("since", DateTime(timezone=True)),
    )
)


def handlers(tenancy: Tenancy) -> Mapping[str, Handler]:
    """The outbox's handlers of the ways of cases from hand to hand."""
    return {str(move): partial(bring_along, tenancy) for move in MOVES}


async def bring_along(tenancy: Tenancy, delivery: Delivery) -> None:
    """Offer the order again whose case was not taken; end it where the case went to somebody else. Safe to repeat."""
    case_id = UUID(delivery.reference)
    async with tenancy.write(delivery.district, PLATFORM, request_id=_REQUEST, now=delivery.moment()) as work:
        for row in await work.run(_OF_CASE, case_id=case_id):
            loaded = await find_order(work, row.id)
            case = await load_by_itself(work, case_id=case_id)
            if loaded is not None and case is not None and are_apart(loaded.facts, case.facts):
                await _bring_along(loaded, case_id)


async def _bring_along(loaded: Loaded, case_id: UUID) -> None:
    work, facts = loaded.work, loaded.facts
    # Whoever has the order does not hold the case: if they ever did, somebody took it from them.
    if await work.run(_TAKEN_SINCE, case_id=case_id, since=facts.claimed_at):
        await save(loaded, end_elsewhere(facts, at=work.now))
        return
    places = await loaded.places()
    await save(loaded, offer_untaken(facts, places, settings=loaded.settings, at=work.now))
