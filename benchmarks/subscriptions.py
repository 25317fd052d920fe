"""How soon a change is with those who watch: ``caseChanged`` and ``casesChanged``, with 1 and 1,000 subscribers.

    python -m benchmarks.subscriptions [--subscribers 1000] [--events 25] [--json out.json]

A PostgreSQL of its own (durable, as shipped), the sample district Zouping, and one server process pinned to the first
core; PostgreSQL and this process share the others. Every subscriber is a member of staff of their own, on a WebSocket
of their own, with one of four filters. A change is an update of one case with its notification; its delivery to each
subscriber is the time from sending COMMIT to the bytes of the event having come. Each run checks that everybody got
every event, and none twice. Statements are counted by PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import http.client
import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import select

from bangban.cli.opening import DATABASE, open_installation
from bangban.features.accounts.tokens import TokenIssuer, issuer_of
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.access.grants import Principal, PrincipalKind
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.ids import new_id
from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
OPERATIONS: Final = ROOT / "schema" / "graphql" / "operations"
DISTRICT: Final = "zouping"
VILLAGE: Final = "371681101200"
_PATIENCE: Final = 30.0  # seconds that anything here may take
_QUIET: Final = 0.25  # seconds between two changes, so that they are not told together
_SETTINGS: Final = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}
# What the server's process sends, but for the frame of its transactions and its background work.
_READS: Final = (
    "SELECT coalesce(sum(calls), 0)::bigint FROM ext.pg_stat_statements WHERE query LIKE '%its_handover%'"
)
_ALL: Final = """
SELECT coalesce(sum(calls), 0)::bigint FROM ext.pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
WHERE NOT r.rolsuper AND query NOT SIMILAR TO '(BEGIN|COMMIT|ROLLBACK|SET )%' AND query NOT LIKE '%audit%'
  AND query NOT LIKE '%pgqueuer%' AND query NOT LIKE '%outbox%'
"""


# ---------------------------------------------------------------------- where it happens


@dataclass(frozen=True)
class Case:
    """The case that changes."""

    id: str
    number: str


@dataclass(frozen=True)
class Ground:
    """Who watches, and how to tell them of a change."""

    area_id: str
    tokens: Sequence[str]
    channel: str
    schema: str


async def ground(chosen: Settings, subscribers: int) -> Ground:
    """Zouping, and so many clerks of the whole county."""
    async with open_installation(chosen) as opened:
        tenancy, names = opened.tenancy, opened.installation.names
        await onboard(opened.installation, tenancy, read_profile(chosen.tenants / DISTRICT))
        district = tenancy.registry.get(DISTRICT)
        async with platform_work(tenancy, district) as work:
            areas = dict((await work.db.execute(select(AreaRow.code, AreaRow.id))).all())
            county = (await work.db.scalars(select(AreaRow.id).where(AreaRow.parent_id.is_(None)))).one()
            people = [new_id() for _ in range(subscribers)]
            work.db.add_all(
                StaffRow(id=each, key=f"watcher-{n}", name="样本人") for n, each in enumerate(people)
            )
            await work.db.flush()
            work.db.add_all(
                AssignmentRow(
                    id=new_id(), staff_id=each, role="window-clerk", area_id=county, since=work.today
                )
                for each in people
            )
        issuer = TokenIssuer(opened.installation.ring.signing_key(), issuer=issuer_of(names.tag), seconds=600)
        now = datetime.now(UTC)
        tokens = [
            issuer.issue(
                Principal(kind=PrincipalKind.STAFF, id=each, district=DISTRICT, session_id=new_id()),
                now=now,
                not_after=now + timedelta(seconds=600),
            ).text
            for each in people
        ]
        return Ground(str(areas[VILLAGE]), tokens, names.channel, district.schema)


def applied(where: Ground, port: int) -> Case:
    """A case applied for by the first of the subscribers."""
    given = {
        "serviceCode": "TPL-RESIDENCE-PERMIT",
        "areaId": where.area_id,
        "supplied": ["ID-CARD", "DWELLING", "PHOTO"],
        "applicant": {
            "kind": "PERSON",
            "name": "样本人",
            "identityNumber": sample_resident_id(1),
            "phone": sample_phone(1),
        },
    }
    query = "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { id number } }"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {where.tokens[0]}"}
    connection.request("POST", "/graphql", json.dumps({"query": query, "variables": {"i": given}}), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    if "errors" in answer:
        raise RuntimeError(str(answer))
    return Case(**answer["data"]["applyForCase"])


@contextmanager
def serving(environment: dict[str, str], log: Path, core: int) -> Iterator[tuple[int, int]]:
    """A server process on one core: its id and its port. Ended with the block."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    with log.open("ab") as opened:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bangban.cli import main; main()", "serve"],
            env={**os.environ, **environment, "BANGBAN_PORT": str(port)},
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
    os.sched_setaffinity(process.pid, {core})
    try:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server did not start; see {log}") from None
                time.sleep(0.1)
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=5)


def memory_of(pid: int) -> int:
    """Bytes that a process holds for itself alone."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Private_Dirty:"):
            return int(line.split()[1]) * 1024
    raise LookupError(pid)


# ---------------------------------------------------------------------- subscribers


class Subscriber(asyncio.Protocol):
    """One WebSocket, spoken with as little as there is to it: what is timed is the server."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._buffer = b""
        self._open = False
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.wanted = 0
        self._enough: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(  # type: ignore[attr-defined]  # a socket's
            f"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(head.decode())
            self._open, self._buffer = True, rest
            self.say(type="connection_init", payload={"authorization": f"Bearer {self._token}"})
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == 9:
                self._send(payload, 0x8A)
            elif opcode == 8:
                raise RuntimeError(f"closed by the server: {payload!r}")
            else:
                self.heard.append((at, json.loads(payload)))
        if self._enough is not None and len(self.heard) >= self.wanted and not self._enough.done():
            self._enough.set_result(None)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[0] & 15, buffer[start : start + length]

    def _send(self, payload: bytes, first: int) -> None:
        size = len(payload)
        head = bytes([first, 0x80 | size]) if size < 126 else bytes([first, 0xFE]) + size.to_bytes(2)
        self._transport.write(head + bytes(4) + payload)  # masked with nought, which changes nothing

    def say(self, **message: Any) -> None:
        """Send one message."""
        self._send(json.dumps(message).encode(), 0x81)

    async def until(self, count: int) -> None:
        """Return once so many messages have come since ``heard`` was emptied."""
        self.wanted = count
        if len(self.heard) < count:
            self._enough = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._enough, _PATIENCE)
            except TimeoutError as late:
                raise RuntimeError(f"{len(self.heard)} of {count} messages came: {self.heard}") from late
            self._enough = None

    def connection_lost(self, error: Exception | None) -> None:
        if self._enough is not None and not self._enough.done():
            self._enough.set_exception(RuntimeError(f"the connection was lost: {error}"))

    def close(self) -> None:
        """Go."""
        self._transport.close()


async def connected(port: int, tokens: Sequence[str]) -> list[Subscriber]:
    """So many subscribers, introduced."""
    loop = asyncio.get_running_loop()
    found: list[Subscriber] = []
    for some in (tokens[start : start + 10] for start in range(0, len(tokens), 10)):
        made = [
            (await loop.create_connection(partial(Subscriber, each), "127.0.0.1", port))[1] for each in some
        ]
        for one in made:
            await one.until(1)
            if one.heard[0][1]["type"] != "connection_ack":
                raise RuntimeError(str(one.heard[0][1]))
            one.heard.clear()
        found += made
    return found


# ---------------------------------------------------------------------- measuring


@dataclass(frozen=True)
class Result:
    """One window. Milliseconds from sending COMMIT to the event's arrival; the last is the slowest subscriber's."""

    subscription: str
    subscribers: int
    events: int
    p50: float
    p99: float
    last_p50: float
    reads: float
    statements: float
    server_ms: float


def cpu_of(pid: int) -> float:
    """CPU seconds that a process has used."""
    text = Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2 :].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def change(database: asyncpg.Connection, where: Ground, case: Case, n: int) -> float:
    """Change the case in a transaction of its own; when COMMIT was sent."""
    told = json.dumps({"d": DISTRICT, "k": "case.changed", "r": case.id})
    await database.execute("BEGIN")
    await database.execute(
        f'UPDATE "{where.schema}".cases SET note = $1 WHERE id = $2',  # noqa: S608 - our own name
        f"第 {n} 次",
        UUID(case.id),
    )
    await database.execute("SELECT pg_notify($1, $2)", where.channel, told)
    at = time.perf_counter()
    await database.execute("COMMIT")
    return at


def _variables(name: str, where: Ground, case: Case, n: int) -> dict[str, Any]:
    if name == "CaseChanged":
        return {"number": case.number}
    filters: list[dict[str, Any] | None] = [
        None,
        {"states": ["SUBMITTED", "PRE_CHECKING"]},
        {"areaId": where.area_id},
        {"serviceCode": "TPL-RESIDENCE-PERMIT"},
    ]
    return {"filter": filters[n % len(filters)]}


async def measure(
    name: str,
    *,
    people: Sequence[Subscriber],
    where: Ground,
    case: Case,
    database: asyncpg.Connection,
    server: int,
    events: int,
) -> Result:
    """A window with so many changes. Raises RuntimeError unless everybody heard of each of them once."""
    text = (OPERATIONS / f"{name}.graphql").read_text("utf-8")
    for n, each in enumerate(people):
        each.heard.clear()
        each.say(
            type="subscribe", id=name, payload={"query": text, "variables": _variables(name, where, case, n)}
        )
    for each in people:
        await each.until(1)
        if each.heard[0][1]["type"] != "next":
            raise RuntimeError(str(each.heard[0][1]))
        each.heard.clear()
    taken: list[float] = []
    last: list[float] = []
    for _ in range(2):  # the first change finds its statement unprepared
        await _one(people, where, case, database)
        await asyncio.sleep(_QUIET)
    before = await database.fetchval(_READS), await database.fetchval(_ALL), cpu_of(server)
    for _ in range(events):
        came = await _one(people, where, case, database)
        taken += came
        last.append(max(came))
        await asyncio.sleep(_QUIET)
    after = await database.fetchval(_READS), await database.fetchval(_ALL), cpu_of(server)
    for each in people:
        each.say(type="complete", id=name)
    return Result(
        subscription=name,
        subscribers=len(people),
        events=events,
        p50=round(statistics.median(taken), 2),
        p99=round(sorted(taken)[int(len(taken) * 0.99)], 2),
        last_p50=round(statistics.median(last), 2),
        reads=round((after[0] - before[0]) / events, 2),
        statements=round((after[1] - before[1]) / events, 2),
        server_ms=round((after[2] - before[2]) / events * 1000, 2),
    )


_changes = itertools.count(1)


async def _one(
    people: Sequence[Subscriber], where: Ground, case: Case, database: asyncpg.Connection
) -> list[float]:
    sent = await change(database, where, case, next(_changes))
    for each in people:
        await each.until(1)
    came = []
    for each in people:
        (heard,) = each.heard
        at, message = heard
        if message["type"] != "next" or message["payload"].get("errors"):
            raise RuntimeError(str(message))
        came.append((at - sent) * 1000)
        each.heard.clear()
    return came


def table(results: Sequence[Result], memory: dict[str, float], subscribers: int) -> str:
    """The results in Markdown."""
    lines = [
        (
            f"One server process on one core, {os.cpu_count()} cores in all; milliseconds from COMMIT to the event's"
            " arrival, over all subscribers and events."
        ),
        "",
        (
            "| subscription | subscribers | p50 | p99 | until the last has it, p50 | reads an event |"
            " statements an event | server CPU ms an event |"
        ),
        "| --- | " + "---: | " * 7,
    ]
    for each in results:
        cells = (
            each.subscribers,
            each.p50,
            each.p99,
            each.last_p50,
            each.reads,
            each.statements,
            each.server_ms,
        )
        lines.append(f"| `{each.subscription}` | " + " | ".join(f"{cell:,}" for cell in cells) + " |")
    lines += [
        "",
        (
            f"Memory of the server for each of {subscribers:,} subscribers: {memory['connection_kb']:.0f} kB for the"
            f" WebSocket, {memory['casesChanged_kb']:.0f} kB more for `casesChanged`."
        ),
    ]
    return "\n".join(lines)


async def run(chosen: Settings, *, subscribers: int, events: int) -> dict[str, Any]:
    """All windows, on a server of their own over the database of ``chosen``."""
    where = await ground(chosen, subscribers)
    database = await asyncpg.connect(chosen.database_url)
    await database.execute("CREATE SCHEMA IF NOT EXISTS ext")
    await database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA ext")
    environment = {
        "BANGBAN_VAR": str(chosen.var),
        "BANGBAN_TENANTS": str(chosen.tenants),
        "BANGBAN_DATABASE_URL": str(chosen.database_url),
        "BANGBAN_SEAL_EVERY": "60",
    }
    results: list[Result] = []
    cores = sorted(os.sched_getaffinity(0))
    with serving(environment, chosen.var / "server.log", cores[0]) as (server, port):
        os.sched_setaffinity(0, set(cores[1:]) or {cores[0]})
        case = await asyncio.to_thread(applied, where, port)
        (first,) = await connected(port, where.tokens[:1])
        results += [
            await measure(
                name, people=[first], where=where, case=case, database=database, server=server, events=events
            )
            for name in ("CaseChanged", "CasesChanged")
        ]
        empty = memory_of(server)
        others = await connected(port, where.tokens[1:])
        connections = memory_of(server)
        people = [first, *others]
        text = (OPERATIONS / "CasesChanged.graphql").read_text("utf-8")
        for n, each in enumerate(others):
            each.say(
                type="subscribe",
                id="m",
                payload={"query": text, "variables": _variables("CasesChanged", where, case, n)},
            )
        for each in others:
            await each.until(1)
        watching = memory_of(server)
        for each in others:
            each.say(type="complete", id="m")
            each.heard.clear()
        await asyncio.sleep(1)
        results += [
            await measure(
                name, people=people, where=where, case=case, database=database, server=server, events=events
            )
            for name in ("CaseChanged", "CasesChanged")
        ]
        for each in people:
            each.close()
    await database.close()
    each_kb = 1024 * max(1, len(others))
    memory = {
        "connection_kb": (connections - empty) / each_kb,
        "casesChanged_kb": (watching - connections) / each_kb,
    }
    print(table(results, memory, subscribers))
    return {"results": [asdict(each) for each in results], "memory": memory}


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.subscriptions", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--events", type=int, default=25)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bangban-subscriptions-") as folder:
        var = Path(folder)
        var.chmod(0o711)  # the embedded server runs under an id of its own
        with EmbeddedPostgres(var / "postgres", settings=_SETTINGS) as server:
            asyncio.run(_database(Endpoint.from_url(server.url)))
            url = f"{server.url.removesuffix('/postgres')}/{DATABASE}"
            settings = Settings(
                var=var, tenants=ROOT / "tenants", database_url=url, master_key=None, master_key_file=None
            )
            make_file(settings.key_file)
            found = asyncio.run(run(settings, subscribers=chosen.subscribers, events=chosen.events))
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


async def _database(admin: Endpoint) -> None:
    connection = await admin.connect()
    try:
        await connection.execute(
            f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
        )
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
