"""Statements that take long, through every way in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from tests.integration.kernel.tenancy.conftest import (
    Sides,
    nobody,
)

from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tenancy import Tenancy

NAP = "SELECT pg_sleep(600)::text"
_NAPPING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
)


async def long_read(tenancy: Tenancy, sides: Sides) -> None:
    await tenancy.reader.district(sides.near.slug, Wall.READ, NAP, ())


async def long_audit(tenancy: Tenancy, sides: Sides) -> None:
    await tenancy.reader.district(sides.near.slug, Wall.AUDIT, NAP, ())


async def long_write(tenancy: Tenancy, sides: Sides) -> None:
    async with tenancy.write(sides.near, nobody(sides.near)) as work:
        work.announce("test.never", "")
        await work.finish()
        await work.db.execute(text(NAP))


async def long_fetch_in_a_write(tenancy: Tenancy, sides: Sides) -> None:
    """As mutations read back what they wrote: past SQLAlchemy, on the driver."""
    async with tenancy.write(sides.near, nobody(sides.near)) as work:
        driver: Any = (await (await work.db.connection()).get_raw_connection()).driver_connection
        await driver.fetchval(NAP)


async def long_platform_write(tenancy: Tenancy, _: Sides) -> None:
    async with tenancy.platform() as db:
        await db.execute(text(NAP))


everything_long = pytest.mark.parametrize(
    "long", [long_read, long_audit, long_write, long_fetch_in_a_write, long_platform_write]
)
Long = Callable[[Tenancy, Sides], Awaitable[None]]


async def napping(installation: Installation, wanted: int) -> None:
    """Return as soon as that many statements sleep in the database."""
    async with installation.connection() as connection, asyncio.timeout(60):
        while await connection.fetchval(_NAPPING) != wanted:
            pass
