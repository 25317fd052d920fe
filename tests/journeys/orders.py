"""Orders as the journeys' people place and do them, and the outbox's clock turned by hand."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from tests.api.casework import Desk
from tests.api.clients import Client, Reply
from tests.api.named import text_of

from bangban.features.orders.falling import handlers
from bangban.kernel.jobs.relay import Relay


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


def become(client: Client, states: dict[str, str]) -> None:
    """Wait until the application's own relay has brought orders there; the time limit ends it otherwise."""

    def now() -> dict[str, str]:
        return {each["number"]: each["state"] for each in orders(client) if each["number"] in states}

    until = time.monotonic() + 60
    while now() != states:
        assert time.monotonic() < until, now()


def later(desk: Desk, **by: float) -> None:
    """What the clock of orders does once so much more time has passed."""
    tenancy, turned = desk.services.tenancy, dt.datetime.now(dt.UTC) + dt.timedelta(**by)
    desk.run(_OneClock(tenancy, handlers(tenancy), clock=lambda: turned).drain())
