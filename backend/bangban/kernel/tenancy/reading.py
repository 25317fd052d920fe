"""Reads: one statement in one read-only transaction, as the role that the wall asks for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final

import asyncpg

from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.momentary import is_momentary
from bangban.kernel.tenancy.names import Names, Wall, quoted

_LEAVE_SECONDS: Final = 5.0


@lru_cache(maxsize=8192)
def _enter(role: str, timeout_ms: int) -> str:
    """One constant text, one round trip: the transaction, its role, its limit."""
    return f"BEGIN READ ONLY; SET LOCAL ROLE {quoted(role)}; SET LOCAL statement_timeout = {timeout_ms:d}"


class Reader:
    """Runs planned statements. It never sees two in one transaction, and never anything but bind parameters."""

    def __init__(
        self, pool: asyncpg.Pool, names: Names, *, acquire_timeout: float, statement_timeout_ms: int
    ) -> None:
        self._pool = pool
        self._names = names
        self._acquire_timeout = acquire_timeout
        self._statement_timeout_ms = statement_timeout_ms

    async def district(self, slug: str, wall: Wall, sql: str, arguments: Sequence[object]) -> str:
        """The JSON that ``sql`` makes, read as the district's ``_ro`` or ``_audit`` role."""
        return await self._run(self._names.role(slug, wall), sql, arguments)

    async def platform(self, sql: str, arguments: Sequence[object]) -> str:
        """The JSON that ``sql`` makes, read as the platform's ``_ro`` role."""
        return await self._run(self._names.platform_role(Wall.READ), sql, arguments)

    async def _run(self, role: str, sql: str, arguments: Sequence[object]) -> str:
        try:
            connection = await self._pool.acquire(timeout=self._acquire_timeout)
        except (OSError, asyncpg.PostgresError) as error:  # a timeout is an OSError
            raise Unavailable from error
        entered = False
        try:
            # Behind a pooler this is where the wait for a connection is.
            await connection.execute(_enter(role, self._statement_timeout_ms), timeout=self._acquire_timeout)
            entered = True
            found: str = await connection.fetchval(sql, *arguments)
            await connection.execute("COMMIT")
        except BaseException as error:
            if entered or isinstance(error, asyncpg.PostgresError):
                await _leave(connection)
            else:
                # A pooler does not cancel what still waits in it, so there is nothing to wait for here.
                _give_up(connection)
            if is_momentary(error):
                raise Unavailable from error
            raise
        else:
            return found
        finally:
            await self._pool.release(connection)


async def _leave(connection: asyncpg.Connection) -> None:
    """Roll back, also after a cancellation; a connection on which that fails is given up."""
    try:
        await connection.execute("ROLLBACK", timeout=_LEAVE_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        _give_up(connection)


def _give_up(connection: asyncpg.Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # it was lost, and the pool knows already
        connection.terminate()
