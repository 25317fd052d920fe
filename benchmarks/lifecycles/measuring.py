"""One window with so many clients, and how windows are shown."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
from benchmarks.harness.processes import cpu_seconds
from benchmarks.lifecycles.casework import STEPS, Session, Tally
from benchmarks.lifecycles.client import Client
from benchmarks.lifecycles.ground import Ground

_COUNT: Final = "SELECT coalesce(sum(calls), 0)::bigint FROM ext.pg_stat_statements"


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
            sum(map(cpu_seconds, servers)),
            cpu_seconds(postmaster),
            time.process_time(),
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
