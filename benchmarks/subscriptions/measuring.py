"""Changes of the case, and how soon everybody who watches has heard of each."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
from benchmarks.harness.processes import cpu_seconds
from benchmarks.subscriptions.ground import DISTRICT, OPERATIONS, Case, Ground
from benchmarks.subscriptions.subscriber import Subscriber

_QUIET: Final = 0.25  # seconds between two changes, so that they are not told together
# What the server's process sends, but for the frame of its transactions and its background work.
_READS: Final = (
    "SELECT coalesce(sum(calls), 0)::bigint FROM ext.pg_stat_statements WHERE query LIKE '%its_handover%'"
)
_ALL: Final = """
SELECT coalesce(sum(calls), 0)::bigint FROM ext.pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
WHERE NOT r.rolsuper AND query NOT SIMILAR TO '(BEGIN|COMMIT|ROLLBACK|SET )%' AND query NOT LIKE '%audit%'
  AND query NOT LIKE '%pgqueuer%' AND query NOT LIKE '%outbox%'
"""


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


def variables_of(name: str, where: Ground, case: Case, n: int) -> dict[str, Any]:
    """What the n-th subscriber asks with: ``casesChanged`` has one of four filters."""
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
            type="subscribe",
            id=name,
            payload={"query": text, "variables": variables_of(name, where, case, n)},
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
    before = await database.fetchval(_READS), await database.fetchval(_ALL), cpu_seconds(server)
    for _ in range(events):
        came = await _one(people, where, case, database)
        taken += came
        last.append(max(came))
        await asyncio.sleep(_QUIET)
    after = await database.fetchval(_READS), await database.fetchval(_ALL), cpu_seconds(server)
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
