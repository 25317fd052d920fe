"""Bringing the fleet up to date when a process starts: by whoever comes first, while the others need not wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.fleet.declared import serves
from bangban.kernel.tenancy.fleet.outcome import Outcome, Pace
from bangban.kernel.tenancy.fleet.planning import Lagging, find_lagging
from bangban.kernel.tenancy.fleet.running import migrate
from bangban.kernel.tenancy.names import Names

_log = structlog.get_logger(__name__)

_KEY: Final = 0x666C656574  # advisory lock: whoever holds it brings the fleet up to date
_LEFT_ALONE: Final = timedelta(
    minutes=10
)  # a district that failed is not tried again by every process that starts


async def upgrade_districts(admin: Endpoint, names: Names, *, pace: Pace | None = None) -> Outcome:
    """Bring every district that lags to the head before this process serves; with nothing to do, one query.

    Of processes that start together one does it. The others go on at once where the districts that lag are ones
    that they can serve as they stand, and wait otherwise. What fails is noted and left alone for a while: this
    process then refuses that district, or serves it at its old revision where its migrations say that it can.
    """
    engine = admin.engine(size=0)
    try:
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            if not await _due(connection):
                return Outcome()
            if not await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
                if all(_bearable(each) for each in await _due(connection)):
                    return Outcome()
                await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _KEY})
            # The lock goes with the connection, whatever becomes of this process.
            outcome = await migrate(admin, names, pace=pace, wanted=_worth_a_try)
    finally:
        await engine.dispose()
    _log.info("districts were migrated", moved=outcome.moved, failures=outcome.failures)
    return outcome


async def _due(connection: AsyncConnection) -> list[Lagging]:
    return [each for each in await find_lagging(connection) if _worth_a_try(each)]


def _worth_a_try(lagging: Lagging) -> bool:
    return lagging.failed_at is None or datetime.now(UTC) - lagging.failed_at > _LEFT_ALONE


def _bearable(lagging: Lagging) -> bool:
    # What a district below this head asks for is known to this process: nothing newer was there.
    return serves(lagging.revision, lagging.revision)
