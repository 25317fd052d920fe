"""The two measurements."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable
from statistics import median
from time import perf_counter
from typing import Any, Final

from benchmarks.orders.ground import Ground, settle
from sqlalchemy import literal, select, update

from bangban.features.orders import service
from bangban.features.orders.offered_sql import offered_to_me
from bangban.features.orders.problems import OrderTaken
from bangban.features.orders.service import Wanted
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.planner.sources import RequestParameters
from bangban.kernel.tenancy.work import Work

RACERS: Final = (1, 50)
OPEN: Final = (100, 10_000)
_PAGE: Final = 20


async def measure(admin: Endpoint, *, rounds: int) -> dict[str, dict[int, float]]:
    """Milliseconds: medians over the rounds, by measurement and size."""
    ground = await settle(admin)
    try:
        claims = {size: [await _claimed(ground, size)] for size in RACERS}
        for _ in range(rounds):
            for size in RACERS:
                claims[size].append(await _claimed(ground, size))
        offers: dict[int, list[float]] = {size: [] for size in OPEN}
        for size in OPEN:  # one after the other: the second is the first and what comes on top
            await _none_open(ground)
            await ground.open_orders(size)
            offers[size] = [await _offered(ground) for _ in range(rounds + 1)]
    finally:
        await ground.tenancy.close()
    return {"claims": _medians(claims.items()), "offers": _medians(offers.items())}


def _medians(found: Iterable[tuple[int, list[float]]]) -> dict[int, float]:
    """Without the first of each, which warms up."""
    return {size: median(times[1:]) * 1_000 for size, times in found}


async def _claimed(ground: Ground, racers: int) -> float:
    """Seconds from the first claim to the last answer."""
    async with ground.tenancy.write(ground.district, ground.resident) as work:
        wanted = Wanted(kind=OrderKind.NEED, area_id=ground.grids[0], note="请帮忙")
        order_id = await service.place_order(work, wanted)
        number = await work.db.scalar(select(OrderRow.number).where(OrderRow.id == order_id))

    async def claim(who: Principal) -> bool:
        try:
            async with ground.tenancy.write(ground.district, who) as claiming:
                await service.claim_order(claiming, number=str(number))
        except OrderTaken:
            return False
        return True

    begun = perf_counter()
    won = await asyncio.gather(*(claim(who) for who in ground.helpers[:racers]))
    taken = perf_counter() - begun
    if sum(won) != 1:
        raise AssertionError(won)
    await _none_open(ground)
    return taken


async def _none_open(ground: Ground) -> None:
    """Nobody has anything in hand, and nothing is on offer."""
    async with ground.tenancy.write(ground.district, ground.resident) as work:
        ended: dict[str, Any] = {"state": OrderState.CANCELLED, "ended_at": dt.datetime.now(dt.UTC)}
        await work.db.execute(update(OrderRow).where(OrderRow.state != OrderState.CANCELLED).values(ended))


async def _offered(ground: Ground) -> float:
    """Seconds for one page of what one helper may take."""
    who = ground.helpers[0]
    async with ground.tenancy.write(ground.district, who) as work:
        offered = offered_to_me(OrderRow.__table__.c, _request(work, who))
        page = select(OrderRow.id).where(offered).order_by(OrderRow.placed_at.desc(), OrderRow.id.desc())
        begun = perf_counter()
        found = (await work.db.scalars(page.limit(_PAGE))).all()
        taken = perf_counter() - begun
    if not found:
        raise AssertionError("nothing was offered")
    return taken


def _request(work: Work, who: Principal) -> RequestParameters:
    values: dict[str, Any] = {
        "me": who.id,
        "today": work.today,
        "claiming": list(work.policy.posts_that_may(Permission.ORDER_CLAIM)),
    }
    return RequestParameters(
        bind=lambda name, type_: literal(values[name], type_),
        derive=lambda *_: literal(None),
        principal_kind="STAFF",
    )
