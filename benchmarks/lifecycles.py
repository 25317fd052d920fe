"""Full lifecycles of cases per second: apply, pre-check, accept, complete, rate, over HTTP.

    python -m benchmarks.lifecycles [--var FOLDER] [--workers 1|2] [--seconds 10] [--json out.json]

Every mutation is a transaction of its own with its event, audit entry and outbox row; the named operations of
``schema/graphql/operations`` are sent in full. Server processes, PostgreSQL (durable, as shipped) and this load
generator share the machine. Clients keep one connection each and send the next step when the last is answered;
a warm-up with all of them comes first. What ends within the window counts. Any error fails the run.

Without ``--var`` it is a fresh installation with one sample district. With a folder of ``benchmarks.data`` it is
the district that ``bench.json`` names under ``"lifecycles"``; see ``Ground``.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
from sqlalchemy import select

from bangban.cli.opening import DATABASE, open_installation
from bangban.cli.opening import _ensure_database as ensure_database
from bangban.features.accounts.credentials import set_password
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
OPERATIONS: Final = ROOT / "schema" / "graphql" / "operations"
CLIENTS: Final = (1, 8, 32)
WARM_UP: Final = 4.0  # seconds
STEPS: Final = ("ApplyForCase", "PreCheckCase", "AcceptCase", "CompleteCase", "RateCase")
PASSWORD: Final = "a-password-of-the-benchmark"  # noqa: S105 - of accounts that live as long as the run
_STARTED: Final = 60.0  # seconds that a server may take to be ready
_ANSWERED: Final = 30.0  # and any one answer
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SETTINGS: Final = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "all"}
_COUNT: Final = "SELECT coalesce(sum(calls), 0)::bigint FROM ext.pg_stat_statements"


# ---------------------------------------------------------------------- where it happens


@dataclass(frozen=True)
class Desk:
    """An area, and the logins of who pre-checks and who decides there."""

    area_id: str
    helper: str
    clerk: str


@dataclass(frozen=True)
class Ground:
    """The district that casework is done in, as ``bench.json`` describes it under ``"lifecycles"``."""

    district: str
    password: str
    service: str
    materials: Sequence[str]
    desks: Sequence[Desk]
    cases: int

    @classmethod
    def read(cls, file: Path) -> Ground:
        """From ``bench.json``; raises KeyError or TypeError where it does not fit."""
        found = json.loads(file.read_text("utf-8"))["lifecycles"]
        return cls(**{**found, "desks": [Desk(**each) for each in found["desks"]]})


async def sample_ground(chosen: Settings) -> Ground:
    """Zouping, onboarded just now, its staff with passwords that cost nothing to check."""
    passwords = Passwords(cost=Cost(1, 8, 1))
    async with open_installation(chosen) as opened:
        tenancy = opened.tenancy
        await onboard(opened.installation, tenancy, read_profile(chosen.tenants / "zouping"))
        async with platform_work(tenancy, tenancy.registry.get("zouping")) as work:
            staff = await work.db.scalars(select(StaffRow).where(StaffRow.login.is_not(None)))
            for row in staff.all():
                await set_password(work, passwords=passwords, staff_id=row.id, password=PASSWORD)
            found = await work.db.execute(select(AreaRow.code, AreaRow.id))
            areas = {row.code: row.id for row in found.all()}
    passwords.close()
    return Ground(
        district="zouping",
        password=PASSWORD,
        service="TPL-RESIDENCE-PERMIT",
        materials=("ID-CARD", "DWELLING", "PHOTO"),
        desks=(
            Desk(str(areas["371681101200"]), "helper-village", "clerk-town"),
            Desk(str(areas["371681001213"]), "helper-village-2", "clerk-town-2"),
        ),
        cases=0,
    )


# ---------------------------------------------------------------------- processes


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[tuple[int, int]]:
    """A server process of its own: its id and its port. Ended with the block."""
    port = free_port()
    with log.open("ab") as opened:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bangban.cli import main; main()", "serve"],
            env={**os.environ, **environment, "BANGBAN_PORT": str(port)},
            stdout=opened,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + _STARTED
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


def _stat(pid: int) -> list[str]:
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2 :].split()


def cpu_of(pid: int, *, family: bool = False) -> float:
    """CPU seconds that a process has used; with ``family`` those of its children too, also of ended ones."""
    fields = _stat(pid)
    ticks = sum(map(int, fields[11:15] if family else fields[11:13]))
    if family:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    child = _stat(int(folder.name))
                except OSError:
                    continue  # it ended meanwhile, and counts with its parent from now on
                if int(child[1]) == pid:
                    ticks += sum(map(int, child[11:13]))
    return ticks / _TICKS


# ---------------------------------------------------------------------- clients


_HEAD: Final = (
    b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"%sContent-Length: %d\r\n\r\n"
)


class RefusedError(Exception):
    """An answer with errors."""


class Client:
    """One keep-alive connection that sends GraphQL. Requests are assembled from bytes, answers cut by length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> Client:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, body: bytes, headers: bytes) -> dict[str, Any]:
        """The data of the answer; raises RefusedError."""
        self._writer.write(_HEAD % (headers, len(body)) + body)
        async with asyncio.timeout(_ANSWERED):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            if length is None:
                raise RefusedError(head.decode("latin-1"))
            found = json.loads(await self._reader.readexactly(int(length[1])))
        if "errors" in found:
            raise RefusedError(json.dumps(found["errors"], ensure_ascii=False))
        data: dict[str, Any] = found["data"]
        return data

    async def ask(self, query: str, variables: dict[str, Any], headers: bytes) -> dict[str, Any]:
        """The same from a query's text."""
        return await self.post(json.dumps({"query": query, "variables": variables}).encode(), headers)

    def close(self) -> None:
        self._writer.close()


@dataclass
class Tally:
    """What was done so far."""

    lifecycles: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    waited: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


class Session:
    """Tokens of everybody who takes part, by signing in once at each of them."""

    def __init__(self, ground: Ground, outbox: Path) -> None:
        self._ground, self._outbox = ground, outbox
        self._anonymous = f"X-District: {ground.district}\r\n".encode()
        self.residents: list[bytes] = []
        self.staff: dict[str, bytes] = {}
        self.heads = {
            name: json.dumps({"query": (OPERATIONS / f"{name}.graphql").read_text("utf-8")})[:-1].encode()
            + b', "variables": {"input": '
            for name in STEPS
        }

    async def open(self, port: int, *, residents: int) -> None:
        """Sign everybody in."""
        client = await Client.connect(port)
        logins = {login for desk in self._ground.desks for login in (desk.helper, desk.clerk)}
        for login in sorted(logins):
            given = {"login": login, "password": self._ground.password}
            answer = await client.ask(
                "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
                {"i": given},
                self._anonymous,
            )
            self.staff[login] = _bearer(answer["signIn"]["accessToken"])
        for n in range(residents):
            self.residents.append(await self._resident(client, n))
        client.close()

    async def _resident(self, client: Client, n: int) -> bytes:
        phone = sample_phone(n)
        await client.ask(
            "mutation($i: SignInCodeInput!) { requestSignInCode(input: $i) }",
            {"i": {"phone": phone}},
            self._anonymous,
        )
        letters = (json.loads(each.read_text("utf-8")) for each in sorted(self._outbox.glob("*.json")))
        texts = [each["text"] for each in letters if each["to"] == phone]
        code = re.search(r"(?<!\d)\d{6}(?!\d)", texts[-1])
        if code is None:
            raise RuntimeError("a message with a sign-in code holds none")
        answer = await client.ask(
            "mutation($i: SignInWithCodeInput!) { signInWithCode(input: $i) { accessToken } }",
            {"i": {"phone": phone, "code": code[0]}},
            self._anonymous,
        )
        return _bearer(answer["signInWithCode"]["accessToken"])

    async def work(self, client: Client, n: int, tally: Tally, stop: asyncio.Event) -> None:
        """Case after case of one resident, until told to stop or refused."""
        desk = self._ground.desks[n % len(self._ground.desks)]
        resident, helper, clerk = self.residents[n], self.staff[desk.helper], self.staff[desk.clerk]
        application = {
            "serviceCode": self._ground.service,
            "areaId": desk.area_id,
            "supplied": list(self._ground.materials),
            "applicant": {
                "kind": "PERSON",
                "name": "样本人",
                "identityNumber": sample_resident_id(n),
                "phone": sample_phone(n),
            },
        }
        try:
            while not stop.is_set():
                case = await self._step(client, tally, "ApplyForCase", application, resident)
                number = {"number": case["number"]}
                await self._step(client, tally, "PreCheckCase", number, helper)
                await self._step(client, tally, "AcceptCase", number, clerk)
                granted = {**number, "outcome": "GRANTED", "opinion": "材料齐全,准予办理"}
                await self._step(client, tally, "CompleteCase", granted, clerk)
                rated = {**number, "grade": "SATISFIED", "comment": "很好"}
                last = await self._step(client, tally, "RateCase", rated, resident)
                _check(last["state"] == "CLOSED", f"a rated case is {last['state']}")
                tally.lifecycles += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the run and is told
            tally.errors.append(f"{type(error).__name__}: {error}")
            stop.set()

    async def _step(
        self, client: Client, tally: Tally, name: str, given: dict[str, Any], token: bytes
    ) -> dict[str, Any]:
        began = time.perf_counter()
        data = await client.post(self.heads[name] + json.dumps(given).encode() + b"}}", token)
        tally.waited[name] += time.perf_counter() - began  # type: ignore[assignment]  # seconds, not counts
        tally.steps[name] += 1
        case: dict[str, Any] = data[name[0].lower() + name[1:]]
        return case


def _check(right: bool, problem: str) -> None:
    if not right:
        raise RefusedError(problem)


def _bearer(token: str) -> bytes:
    return f"Authorization: Bearer {token}\r\n".encode()


# ---------------------------------------------------------------------- measuring


@dataclass(frozen=True)
class Result:
    """One window. CPU in milliseconds for each lifecycle; latencies in milliseconds, means."""

    clients: int
    workers: int
    seconds: float
    lifecycles: float
    per_second: float
    server_ms: float
    postgres_ms: float
    client_ms: float
    statements: float
    latency_ms: dict[str, float]


async def measure(
    session: Session,
    *,
    clients: int,
    seconds: float,
    ports: Sequence[int],
    servers: Sequence[int],
    postmaster: int,
    database: asyncpg.Connection,
) -> Result:
    """A window of ``seconds`` after a short run-up, with so many clients. Raises RuntimeError at any error."""
    tally, stop = Tally(), asyncio.Event()
    connected = [
        await Client.connect(port) for port, _ in zip(itertools.cycle(ports), range(clients), strict=False)
    ]
    running = [asyncio.create_task(session.work(each, n, tally, stop)) for n, each in enumerate(connected)]

    async def reading() -> tuple[float, ...]:
        statements = await database.fetchval(_COUNT)
        return (
            time.perf_counter(),
            sum(tally.steps.values()),
            sum(map(cpu_of, servers)),
            cpu_of(postmaster, family=True),
            cpu_of(os.getpid()),
            statements,
        )

    await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=2.0)
    tally.waited.clear()
    tally.steps.clear()
    before = await reading()
    await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=seconds)
    after = await reading()
    stop.set()
    await asyncio.gather(*running)
    for each in connected:
        each.close()
    if tally.errors:
        raise RuntimeError("; ".join(tally.errors[:3]))
    took, steps, server, postgres, client, statements = (b - a for a, b in zip(before, after, strict=True))
    done = steps / len(STEPS)  # a lifecycle that is half done when the window ends counts half
    return Result(
        clients=clients,
        workers=len(servers),
        seconds=round(took, 2),
        lifecycles=round(done, 1),
        per_second=round(done / took, 1),
        server_ms=round(server / done * 1000, 2),
        postgres_ms=round(postgres / done * 1000, 2),
        client_ms=round(client / done * 1000, 2),
        statements=round((statements - 1) / done, 1),
        latency_ms={name: round(tally.waited[name] / tally.steps[name] * 1000, 1) for name in STEPS},
    )


def table(results: Sequence[Result], ground: Ground) -> str:
    """The results in Markdown."""
    lines = [
        f"District {ground.district} with {ground.cases:,} cases before; {os.cpu_count()} cores for everything.",
        "",
        "| clients | server processes | lifecycles/s | mutations/s | CPU ms a lifecycle: server | PostgreSQL |"
        " client | statements a lifecycle | mean ms: " + " / ".join(STEPS) + " |",
        "| ---: " * 9 + "|",
    ]
    for each in results:
        cells = [
            each.clients,
            each.workers,
            each.per_second,
            round(each.per_second * len(STEPS), 1),
            each.server_ms,
            each.postgres_ms,
            each.client_ms,
            each.statements,
            " / ".join(str(each.latency_ms[name]) for name in STEPS),
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


async def run(chosen: Settings, ground: Ground | None, *, workers: int, seconds: float) -> list[Result]:
    """All windows, on servers of their own over the database of ``chosen``. Prints the table."""
    database = await asyncpg.connect(chosen.database_url)
    await database.execute("CREATE SCHEMA IF NOT EXISTS ext")
    await database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA ext")
    postmaster = int(_stat(database.get_server_pid())[1])
    where = ground or await sample_ground(chosen)
    environment = {
        "BANGBAN_VAR": str(chosen.var),
        "BANGBAN_TENANTS": str(chosen.tenants),
        "BANGBAN_DATABASE_URL": str(chosen.database_url),
        # A few accounts work for hundreds here: no budget is meant for that.
        **{f"BANGBAN_BUDGET_{whose}": "0" for whose in ("DISTRICT", "PRINCIPAL", "PORTAL", "ADDRESS")},
    }
    results = []
    with ExitStack() as stack:
        served = [
            stack.enter_context(serving(environment, chosen.var / "server.log")) for _ in range(workers)
        ]
        session = Session(where, chosen.outbox_folder)
        await session.open(served[0][1], residents=max(CLIENTS))
        for clients, window in ((max(CLIENTS), WARM_UP), *((each, seconds) for each in CLIENTS)):
            results.append(
                await measure(
                    session,
                    clients=clients,
                    seconds=window,
                    ports=[port for _, port in served],
                    servers=[pid for pid, _ in served],
                    postmaster=postmaster,
                    database=database,
                )
            )
    await database.close()
    print(table(results[1:], where))  # the first was the warm-up
    return results[1:]


@contextmanager
def installed(var: Path) -> Iterator[Settings]:
    """The settings of an installation in ``var`` on its own PostgreSQL, which runs as long as the block."""
    with EmbeddedPostgres(var / "postgres", settings=_SETTINGS) as postgres:
        admin = Endpoint.from_url(postgres.url)
        asyncio.run(ensure_database(admin, DATABASE))
        chosen = Settings(
            var=var,
            tenants=ROOT / "tenants",
            database_url=f"{postgres.url.removesuffix('/postgres')}/{DATABASE}",
            master_key=None,
            master_key_file=None,
        )
        if not chosen.key_file.exists():
            make_file(chosen.key_file)
        yield chosen


def main() -> None:
    """Measure, print a table, and keep the numbers where they are asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--var", type=Path, help="an installation's folder; a fresh one if left out")
    asked.add_argument("--workers", type=int, choices=(1, 2), default=1, help="server processes")
    asked.add_argument("--seconds", type=float, default=10.0, help="length of each window")
    asked.add_argument("--json", type=Path, help="where to keep the numbers")
    given = asked.parse_args()
    with ExitStack() as stack:
        if given.var is None:
            var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bangban-lifecycles-")))
            var.chmod(0o711)  # the embedded server runs under an id of its own
        else:
            var = given.var.absolute()
        described = var / "bench.json"
        ground = Ground.read(described) if described.exists() else None
        chosen = stack.enter_context(installed(var))
        results = asyncio.run(run(chosen, ground, workers=given.workers, seconds=given.seconds))
    if given.json is not None:
        given.json.write_text(json.dumps([asdict(each) for each in results], indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
