"""The ways into a district."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from struct import pack
from typing import Final

import asyncpg
from benchmarks.entering.districts import DISTRICTS, NAMES, slug, statements

from bangban.kernel.database.engine import Connection, Endpoint
from bangban.kernel.tenancy.lane import LaneBounds
from bangban.kernel.tenancy.lanes import Lanes
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.reading import Reader

TIMEOUT_MS: Final = 15_000
Read = Callable[[str], Awaitable[bytes]]


@dataclass
class Way:
    """One way in, and what was measured of it: a row for each round."""

    key: str
    says: str
    read: Read
    lanes: Lanes | None = None
    rounds: list[tuple[float, float, float, float]] = field(default_factory=list)

    def medians(self) -> tuple[float, float, float, float]:
        """Requests a second, and for one: microseconds of the process and of PostgreSQL, and switches."""
        rates, client, server, switches = zip(*self.rounds, strict=True)
        return median(rates), median(client), median(server), median(switches)


def from_pool(pool: asyncpg.Pool) -> Read:
    """A transaction of three round trips on a connection of a pool's."""
    entries = {
        slug(n): f"BEGIN READ ONLY; SET LOCAL ROLE {quoted(NAMES.role(slug(n), Wall.READ))};"
        f" SET LOCAL statement_timeout = {TIMEOUT_MS}"
        for n in range(max(DISTRICTS))
    }

    async def read(name: str) -> bytes:
        connection = await pool.acquire(timeout=5.0)
        try:
            await connection.execute(entries[name], timeout=5.0)
            found: bytes = await connection.fetchval(statements[name], "7")
            await connection.execute("COMMIT")
        finally:
            await pool.release(connection)
        return found

    return read


def through(reader: Reader) -> Read:
    async def read(name: str) -> bytes:
        return await reader.district(name, Wall.READ, statements[name], ("7",))

    return read


def without_isolation(connections: list[Connection]) -> Read:
    """As somebody who may read everything: the statement, and nothing around it."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)

    async def read(name: str) -> bytes:
        connection = await free.get()
        try:
            found: bytes = await connection.fetchval(statements[name], "7")
        finally:
            free.put_nowait(connection)
        return found

    return read


def in_one_flush(connections: list[Connection]) -> Read:
    """The role's own three messages put before the driver's, so that both travel together and succeed together.

    Only measured: it writes past the driver, which would ask again by itself, under the old role, where a
    statement's result has changed.
    """
    free = list(connections)
    standing: dict[Connection, str] = {}
    roles = {}
    for number in range(max(DISTRICTS)):
        text = f"SET ROLE {quoted(NAMES.role(slug(number), Wall.READ))}"
        parts = ((b"P", b"\0" + text.encode() + bytes(3)), (b"B", bytes(8)), (b"E", bytes(5)))
        roles[slug(number)] = b"".join(kind + pack("!i", len(body) + 4) + body for kind, body in parts)
    waiting = asyncio.Semaphore(len(connections))

    async def read(name: str) -> bytes:
        async with waiting:
            connection = next((each for each in free if standing.get(each) == name), free[0])
            free.remove(connection)
            # What is not prepared yet is asked for in another state of the driver's.
            if standing.get(connection) != name:
                if (statements[name], asyncpg.Record, False) in connection._stmt_cache._entries:  # noqa: SLF001 - the way that is measured needs the driver's insides
                    connection._transport.write(roles[name])  # noqa: SLF001 - the way that is measured needs the driver's insides
                else:
                    await connection.execute(f"SET ROLE {quoted(NAMES.role(name, Wall.READ))}")
                standing[connection] = name
            found: bytes = await connection.fetchval(statements[name], "7")
            free.append(connection)
            return found

    return read


async def ways(admin: Endpoint, application: Endpoint, stack: AsyncExitStack) -> list[Way]:
    pool = await asyncpg.create_pool(
        **application.arguments(), min_size=0, max_size=8, connection_class=Connection, init=_as_bytes
    )
    stack.push_async_callback(pool.close)
    found = [Way("a", "three round trips, asyncpg.Pool of 8", from_pool(pool))]

    def lanes(size: int, *, pooled: bool) -> Lanes:
        bounds = LaneBounds(lanes=size, share=size // 2)
        connect = partial(application.lane, statements=bounds.statements, idle_seconds=300.0, patience=5.0)
        made = Lanes(connect, bounds, pooled=pooled)
        stack.push_async_callback(made.close)
        return made

    for key, says, size, pooled in (
        ("a'", "three round trips, 8 lanes (as behind a pooler)", 8, True),
        ("b", "standing role, 8 lanes", 8, False),
        ("b16", "standing role, 16 lanes", 16, False),
        ("b32", "standing role, 32 lanes", 32, False),
    ):
        row = lanes(size, pooled=pooled)
        found.append(Way(key, says, through(Reader(row, NAMES, statement_timeout_ms=TIMEOUT_MS)), row))
    held = [await application.lane(statements=256, idle_seconds=300.0, patience=5.0) for _ in range(8)]
    found.append(Way("c", "role and statement in one flush, 8 connections", in_one_flush(held)))
    connections = [await admin.lane(statements=256, idle_seconds=300.0, patience=5.0) for _ in range(8)]
    for connection in held + connections:
        stack.push_async_callback(connection.close)
    found.append(Way("d", "no isolation, 8 connections", without_isolation(connections)))
    return found


async def _as_bytes(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=str.encode, decoder=bytes, format="binary"
    )
