"""Orders as the journeys' people place and do them, and the outbox's clock turned by hand."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

from sqlalchemy import text
from tests.api.casework import Desk
from tests.api.clients import Client, Reply
from tests.api.named import text_of

from bangban.features.orders.falling import handlers
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.tenancy.names import Wall


class _OneClock(Relay):
    """Does the rows of its own kinds and leaves the others, hints too, to the application's relay beside it."""

    async def _settle(self) -> bool:
        return False


def sent(client: Client, name: str, **given: Any) -> Reply:
    """A named operation with one input, whatever comes of it."""
    return client(text_of(name), input=given)


def done(client: Client, name: str, **given: Any) -> dict[str, Any]:
    """One that goes well: what it answers."""
    found: dict[str, Any] = sent(client, name, **given).data[f"{name[0].lower()}{name[1:]}"]
    return found


def orders(client: Client, **wanted: Any) -> list[dict[str, Any]]:
    """The orders that somebody sees."""
    page = client(text_of("Orders"), filter=wanted).data["orders"]
    return [edge["node"] for edge in page["edges"]]


def announced_is_done(desk: Desk) -> None:
    """Wait for the application's own relay to do what the district announced; the time limit ends it otherwise."""
    left = text(
        "SELECT count(*) FROM platform.outbox WHERE author = :writer AND done_at IS NULL AND due_at IS NULL"
    )

    tenancy = desk.services.tenancy
    writer = tenancy.names.role(desk.place.slug, Wall.WRITE)

    async def wait() -> None:
        async with asyncio.timeout(60):
            while True:
                async with tenancy.platform() as db:
                    if not await db.scalar(left, {"writer": writer}):
                        return

    desk.run(wait())


def later(desk: Desk, **by: float) -> None:
    """What the clock of orders does once so much more time has passed."""
    tenancy, turned = desk.services.tenancy, dt.datetime.now(dt.UTC) + dt.timedelta(**by)
    desk.run(_OneClock(tenancy, handlers(tenancy), clock=lambda: turned).drain())
