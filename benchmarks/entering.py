"""What it costs a read to enter its district, for 1, 50 and 1,000 districts in random order.

    python -m benchmarks.entering [--seconds 0.25] [--rounds 12] [--markdown benchmarks/entering.md]

One embedded PostgreSQL with a thousand small districts, each a schema with one table of cases and a role of its
own. Sixteen tasks of one process read one case each, by its number, as JSON, in a closed loop. The ways in take
turns within each round, so that whatever else the machine does meets all of them; medians over the rounds.
The process has one core and PostgreSQL the other. Every answer is checked to be the district's own.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from struct import pack
from typing import Final

import asyncpg
import uvloop

from bangban.kernel.database.embedded import temporary_postgres
from bangban.kernel.database.engine import Connection, Endpoint
from bangban.kernel.tenancy.lane import LaneBounds
from bangban.kernel.tenancy.lanes import LaneCounts, Lanes
from bangban.kernel.tenancy.names import Names, Wall, quoted
from bangban.kernel.tenancy.reading import Reader

NAMES: Final = Names("ibench00")
DISTRICTS: Final = (1, 50, 1000)
TASKS: Final = 16
CASES: Final = 50
TIMEOUT_MS: Final = 15_000
PASSWORD: Final = "benchmark"  # noqa: S105 - of a server that lives for three minutes
COLUMNS: Final = (
    "title", "state", "channel", "applicant_name", "phone_masked", "area_name", "item_name", "item_code",
    "holder_name", "accepted_on", "due_on", "light",
)  # fmt: skip

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


def slug(number: int) -> str:
    return f"bench-{number}"


def statement(name: str) -> str:
    parts = ", ".join(f"'{column}' VALUE c.{column}" for column in ("number", "district", *COLUMNS))
    # Identifiers of our own and constants.
    return f"SELECT JSON_OBJECT({parts} RETURNING json) FROM {quoted(Names.schema(name))}.cases c WHERE c.number = $1"  # noqa: S608 - as said


async def build(admin: Endpoint) -> Endpoint:
    """A thousand districts; gives the application's way in."""
    connection = await admin.connect()
    await connection.execute(f"CREATE ROLE {NAMES.application} LOGIN NOINHERIT PASSWORD '{PASSWORD}'")
    columns = ", ".join(f"{column} text DEFAULT '{column} 帮办 {column}'" for column in COLUMNS)
    for number in range(max(DISTRICTS)):
        schema, role = quoted(Names.schema(slug(number))), quoted(NAMES.role(slug(number), Wall.READ))
        await connection.execute(
            f"CREATE SCHEMA {schema};"  # noqa: S608 - names of our own
            f"CREATE TABLE {schema}.cases (number text PRIMARY KEY, district text, {columns});"
            f"INSERT INTO {schema}.cases (number, district)"
            f" SELECT n::text, '{slug(number)}' FROM generate_series(1, {CASES}) n;"
            f"CREATE ROLE {role} NOLOGIN NOINHERIT;"
            f"GRANT {role} TO {NAMES.application} WITH INHERIT FALSE, SET TRUE;"
            f"GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON {schema}.cases TO {role}"
        )
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return admin.as_user(NAMES.application, PASSWORD)


# ---------------------------------------------------------------------- the ways in


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
                if (statements[name], asyncpg.Record, False) in connection._stmt_cache._entries:  # noqa: SLF001
                    connection._transport.write(roles[name])  # noqa: SLF001
                else:
                    await connection.execute(f"SET ROLE {quoted(NAMES.role(name, Wall.READ))}")
                standing[connection] = name
            found: bytes = await connection.fetchval(statements[name], "7")
            free.append(connection)
            return found

    return read


statements: Final = {slug(n): statement(slug(n)) for n in range(max(DISTRICTS))}


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


# ---------------------------------------------------------------------- measuring


class Server:
    """What the kernel knows of the server's processes."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster

    def children(self) -> list[int]:
        found = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children").read_text(encoding="ascii")
        return [int(each) for each in found.split()]

    def cpu_seconds(self) -> float:
        ticks = 0
        for pid in self.children():
            try:
                after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except FileNotFoundError:
                continue
            ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def private_mib(self, pid: int) -> float:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Private_Dirty:"):
                return int(line.split()[1]) / 1024
        return 0.0


async def stretch(way: Way, order: list[str], seconds: float, server: Server) -> None:
    """Sixteen tasks ask for so many seconds; what it cost goes to the way's rounds."""
    until = time.perf_counter() + seconds
    done = 0

    async def one(offset: int) -> None:
        nonlocal done
        at = offset * 611
        while time.perf_counter() < until:
            name = order[at % len(order)]
            found = await way.read(name)
            assert f'"district" : "{name}"'.encode() in found, found
            at += 1
            done += 1

    switches = way.lanes.counts().switches if way.lanes else 0
    wall, client, backend = time.perf_counter(), time.process_time(), server.cpu_seconds()
    await asyncio.gather(*(one(number) for number in range(TASKS)))
    wall, client = time.perf_counter() - wall, time.process_time() - client
    backend = server.cpu_seconds() - backend
    switched = (way.lanes.counts().switches - switches) / done if way.lanes else 0.0
    way.rounds.append((done / wall, client / done * 1e6, backend / done * 1e6, switched))


async def warm(way: Way, count: int) -> None:
    """Every connection opened; every district asked three times, so that its statement is prepared somewhere."""
    names = iter([slug(number) for _ in range(max(3, 200 // count)) for number in range(count)])

    async def one() -> None:
        for name in names:
            await way.read(name)

    await asyncio.gather(*(one() for _ in range(TASKS)))


async def measure(
    admin: Endpoint, *, rounds: int, seconds: float
) -> tuple[dict[int, list[Way]], str, LaneCounts]:
    application = await build(admin)
    probe = await admin.connect()
    pid = await probe.fetchval("SELECT pg_backend_pid()")
    server = Server(_parent(pid))
    cores = sorted(os.sched_getaffinity(0))
    for each in (server._postmaster, *server.children()):  # noqa: SLF001 - of this module
        os.sched_setaffinity(each, {cores[-1]})
    os.sched_setaffinity(0, {cores[0]})
    results: dict[int, list[Way]] = {}
    for count in DISTRICTS:
        chance = random.Random(count)  # noqa: S311 - repeatable on purpose
        order = [slug(chance.randrange(count)) for _ in range(20_000)]
        async with AsyncExitStack() as stack:
            contestants = await ways(admin, application, stack)
            for way in contestants:
                await warm(way, count)
            for _ in range(rounds):
                for way in contestants:
                    await stretch(way, order, seconds, server)
            standing = next(way.lanes for way in contestants if way.key == "b")
            assert standing is not None
            held = standing.counts()
            pids = [lane.connection.get_server_pid() for lane in standing._lanes if lane.connection]  # noqa: SLF001
            memory = max(server.private_mib(each) for each in pids)
            results[count] = contestants
            print(table(results))
    version = await probe.fetchval("SELECT current_setting('server_version')")
    await probe.close()
    held_says = (
        f"After {DISTRICTS[-1]:,} districts the 8 lanes of (b) hold {held.statements} prepared statements (at most"
        f" {held.statements_at_most:,}), have met {held.districts} districts in all (at most"
        f" {held.districts_at_most:,}), and the largest backend has {memory:.1f} MiB of its own."
    )
    return results, f"PostgreSQL {version}. {held_says}", held


def _parent(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("PPid:"):
            return int(line.split()[1])
    raise LookupError(pid)


# ---------------------------------------------------------------------- saying it


def table(results: dict[int, list[Way]]) -> str:
    lines = [
        "| districts | way in | requests/s | × (a) | × (d) | process µs | PostgreSQL µs | switches |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for count, contestants in results.items():
        rates = {way.key: way.medians()[0] for way in contestants}
        for way in contestants:
            rate, client, server, switches = way.medians()
            lines.append(
                f"| {count:,} | ({way.key}) {way.says} | {rate:,.0f} | {rate / rates['a']:.2f} |"
                f" {rate / rates['d']:.2f} | {client:.0f} | {server:.0f} | {switches:.2f} |"
            )
    return "\n".join(lines)


def report(results: dict[int, list[Way]], server: str, *, rounds: int, seconds: float) -> str:
    conditions = (__doc__ or "").split("\n\n")[2].strip().replace("\n", " ")
    standing = {
        count: next(w for w in ways_ if w.key == "b").medians()[0] for count, ways_ in results.items()
    }
    measured = (
        f"Medians of {rounds} rounds of {seconds} s. CPU times are for one request; switches are the changes of"
        " a lane's district for one request, and (c) and (d) do not count any."
    )
    against = (
        f"Standing role on 8 lanes, 50 districts at random against 1: {standing[50] / standing[1]:.2f};"
        f" 1,000 against 1: {standing[1000] / standing[1]:.2f}."
    )
    versions = (
        f"Python {platform.python_version()}, asyncpg {asyncpg.__version__}, uvloop {uvloop.__version__},"
        f" {os.cpu_count()} cores."
    )
    paragraphs = [
        "# Entering a district",
        "`python -m benchmarks.entering` writes this.",
        f"{conditions} {measured}",
        table(results),
        against,
        f"{server} {versions}",
    ]
    return "\n\n".join(paragraphs) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=0.25)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--markdown", type=Path, default=Path(__file__).with_suffix(".md"))
    given = parser.parse_args()
    with temporary_postgres(settings={"fsync": "off", "max_connections": "150"}) as postgres:
        admin = Endpoint.from_url(postgres.url)
        results, server, _ = uvloop.run(measure(admin, rounds=given.rounds, seconds=given.seconds))
    text = report(results, server, rounds=given.rounds, seconds=given.seconds)
    given.markdown.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
