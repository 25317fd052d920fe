"""One transaction of the driver's, from its first text to its last.

SQLAlchemy works inside it without knowing of it: its connection is set to commit by itself, which means that it
sends neither BEGIN nor COMMIT. So transaction, role and limit are one round trip, and no statement can come
before the role.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Final

import asyncpg

from bangban.kernel.tenancy.names import quoted

_LEAVE_SECONDS: Final = 5.0


@lru_cache(maxsize=8192)
def entry(role: str, timeout_ms: int | None) -> str:
    """One constant text: the transaction, its role, and its limit unless the connection carries that."""
    enter = f"BEGIN; SET LOCAL ROLE {quoted(role)}"
    return enter if timeout_ms is None else f"{enter}; SET LOCAL statement_timeout = {timeout_ms:d}"


async def enter(connection: asyncpg.Connection, begin: str, *, patience: float) -> None:
    """Send the entry. Behind a pooler this is where the wait for a connection is, ``patience`` seconds at most."""
    try:
        async with asyncio.timeout(patience):
            await connection.execute(begin)
    except asyncpg.PostgresError:
        await _roll_back(connection)
        raise
    except BaseException:
        # A pooler does not cancel what still waits in it, so there is nothing to wait for here.
        give_up(connection)
        raise


@asynccontextmanager
async def entered(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Commit at the end of the block, roll back on raise; a connection on which that fails is given up.

    Raises:
        RuntimeError: The block swallowed the failure of a statement, so nothing could be committed.
    """
    try:
        yield
        await _commit(connection)
    except BaseException:
        await _roll_back(connection)
        raise


async def _commit(connection: asyncpg.Connection) -> None:
    # Asked to commit what has failed, PostgreSQL rolls back and does not call that an error.
    if await connection.execute("COMMIT") != "COMMIT":
        message = "a statement failed, and what ran it went on as if nothing had happened"
        raise RuntimeError(message)


async def _roll_back(connection: asyncpg.Connection) -> None:
    """Roll back, also after a cancellation."""
    try:
        await connection.execute("ROLLBACK", timeout=_LEAVE_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        give_up(connection)
    except BaseException:  # cancelled once more, right here
        give_up(connection)
        raise


def give_up(connection: asyncpg.Connection) -> None:
    """Cut it off; the pool replaces it."""
    with suppress(asyncpg.InterfaceError):  # it was lost, and the pool knows already
        connection.terminate()
