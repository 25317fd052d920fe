"""A district with a trail, the hand of a superuser on its tables, and what a verification says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from tests.verifying import verify_district

from bangban.kernel.access.principals import Principal
from bangban.kernel.audit.checkpoint import Checkpoint
from bangban.kernel.audit.findings import Report
from bangban.kernel.audit.sealing import Sealed, seal_district
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


@dataclass(frozen=True)
class Trail:
    """One district's trail under test."""

    tenancy: Tenancy
    installation: Installation
    district: District

    @asynccontextmanager
    async def writer(self, now: datetime | None = None) -> AsyncIterator[Work]:
        """A transaction of somebody who records something."""
        principal = Principal.anonymous(district=self.district.slug)
        async with self.tenancy.write(self.district, principal, now=now) as work:
            yield work

    @asynccontextmanager
    async def numbered(self, about: str) -> AsyncIterator[None]:
        """A transaction whose entry has its number already, and that has not ended."""
        async with self.writer() as work:
            work.record(action="case:accept", object=about)
            await work.finish()
            work._entries.clear()
            work._news.clear()
            yield

    async def write(self, entries: int, *, now: datetime | None = None, prefix: str = "case") -> None:
        """Entries numbered as they are recorded, one transaction."""
        async with self.writer(now) as work:
            for index in range(entries):
                work.record(action="case:accept", object=f"{prefix}:{index}", details={"index": index})

    async def seal(self, **options: Any) -> Sealed:
        """Seal what is settled."""
        return await seal_district(self.tenancy, self.district, **options)

    async def verify(self, *, checkpoint: Checkpoint | None = None, now: datetime | None = None) -> Report:
        """Verify everything."""
        return await verify_district(self.tenancy, self.district, checkpoint=checkpoint, now=now)

    async def superuser(self, *statements: str) -> Any:
        """Run statements that no role of ours could, in one transaction; the last one's first value."""
        async with self.installation.connection() as connection, connection.transaction():
            await connection.execute(f"SET LOCAL search_path = {self.district.schema}, ext")
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])


@pytest.fixture(scope="module")
def ground(new_district: Callable[[], District]) -> District:
    """A district that the tests of a module use one after the other."""
    return new_district()


@pytest.fixture
def trail(tenancy: Tenancy, installation: Installation, ground: District, run: Callable[..., Any]) -> Trail:
    """An empty trail whose next entry is number 1."""
    trail = Trail(tenancy, installation, ground)
    run(trail.superuser("TRUNCATE audit_entry RESTART IDENTITY", "TRUNCATE audit_seal"))
    return trail


@pytest.fixture
def sealed(trail: Trail, run: Callable[..., Any]) -> Trail:
    """Thirty entries under three seals of ten."""
    run(fill(trail))
    return trail


@pytest.fixture
def expendable(
    tenancy: Tenancy, installation: Installation, district: District, run: Callable[..., Any]
) -> Trail:
    """The same in a district of its own, whose very tables may be altered."""
    trail = Trail(tenancy, installation, district)
    run(fill(trail))
    return trail


async def fill(trail: Trail) -> None:
    for batch in range(3):
        await trail.write(10, prefix=f"batch-{batch}")
        await trail.seal()
