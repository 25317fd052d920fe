"""The ways in, taking turns; and what each cost the process and PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from benchmarks.entering.districts import DISTRICTS, build, slug
from benchmarks.entering.report import table
from benchmarks.entering.ways import Way, ways

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.lanes import LaneCounts

TASKS: Final = 16


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
            pids = [lane.connection.get_server_pid() for lane in standing._lanes if lane.connection]  # noqa: SLF001 - which backend each lane holds is known there alone
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
