"""A channel to speak on, an outbox to look into, a desk where it is worked off, and a clock to turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from bangban.kernel.access.principals import Principal
from bangban.kernel.jobs.relay import Relay
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@dataclass
class Clock:
    """The relay's clock."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Stands at the present until it is turned."""
    return Clock(datetime.now(UTC))


@dataclass(frozen=True)
class Post:
    """The outbox of an installation, empty at first."""

    tenancy: Tenancy
    installation: Installation

    async def announce(self, district: District, *news: tuple[str, str]) -> None:
        """Announce kinds and references in one transaction of a district."""
        principal = Principal.anonymous(district=district.slug)
        async with self.tenancy.write(district, principal) as work:
            for kind, reference in news:
                work.announce(kind, reference)

    async def set(self, district: District, kind: str, reference: str, *, due: datetime) -> None:
        """Set a timer in a transaction of a district."""
        async with self.tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
            work.announce(kind, reference, due=due)

    async def rows(self) -> list[asyncpg.Record]:
        """All rows, in order."""
        async with self.installation.connection() as connection:
            return list(await connection.fetch("SELECT * FROM platform.outbox ORDER BY id"))

    async def execute(self, statement: str, *arguments: Any) -> None:
        """Something that only an administrator does."""
        async with self.installation.connection() as connection:
            await connection.execute(statement, *arguments)

    async def notify(self, payload: str) -> None:
        """Say something on the channel."""
        await self.execute("SELECT pg_notify($1, $2)", self.installation.names.channel, payload)


@pytest.fixture
def post(tenancy: Tenancy, installation: Installation, run: Callable[[Awaitable[Any]], Any]) -> Post:
    """The outbox, emptied before."""
    post = Post(tenancy, installation)
    run(post.execute("TRUNCATE platform.outbox"))
    return post


@pytest.fixture(scope="session")
def somewhere(new_district: Callable[[], District]) -> District:
    """A district that the tests of the relay and the listener share."""
    return new_district()


class Desk:
    """A handler that notes what it gets, and fails or waits where it is told to."""

    def __init__(self):
        self.got = []
        self.fails = set()
        self.waits = {}
        self.begun = asyncio.Event()

    async def __call__(self, delivery):
        self.got.append(delivery)
        self.begun.set()
        if delivery.reference in self.waits:
            await self.waits[delivery.reference].wait()
        if delivery.reference in self.fails:
            raise RuntimeError(f"张三 13800000000 {delivery.reference}")

    @property
    def references(self):
        return [each.reference for each in self.got]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def relay(tenancy, desk, clock):
    return Relay(tenancy, {"case.notice": desk, "case.accepted": desk}, clock=clock)
