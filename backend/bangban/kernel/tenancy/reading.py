"""Reads: one statement in one read-only transaction, as the role that the wall asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import asyncpg

from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.names import Names, Wall, quoted


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
        except TimeoutError as exhausted:
            raise Unavailable from exhausted
        try:
            await connection.execute(_enter(role, self._statement_timeout_ms))
            try:
                found: str = await connection.fetchval(sql, *arguments)
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")
            return found
        finally:
            await self._pool.release(connection)
