"""Kills the process and PostgreSQL at every step of onboarding and of a fleet's migration, and counts what survived.

python -m benchmarks.kills --what all --times 20 --minutes 60
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.kills.fleets import lost_by, prepare_fleet
from benchmarks.kills.ground import SERVING, prepare
from benchmarks.kills.migrating import OLD, Moment, moments
from benchmarks.kills.old_rows import TABLES
from benchmarks.kills.points import POINTS, Point
from benchmarks.kills.report import KILLED, PAGE, Score, write
from benchmarks.kills.surviving import survived, undisturbed
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bangban.kernel.database.embedded import EmbeddedPostgres, temporary_postgres
from bangban.kernel.tenancy.migrations import district_head

DISTRICTS: Final = 8
_SERVER: Final = """\
- {now:%Y-%m-%d %H:%M} UTC. An embedded PostgreSQL without fsync: processes are killed, the machine lives on.
"""
_ONBOARDING: Final = """\
- Each kill meets an application of its own, with the template catalog. Before: the step is marked as begun; inside: its
  work is done and not committed; after: it is committed and not marked as done.
- Survived: the task is done, and district, steps, tables, trail and the one valid invitation are those of an
  undisturbed one.
"""
_MIGRATION: Final = """\
- Each kill meets a copy of its own of {districts} districts at revision {old}, with rows in {tables} tables and
  privileges that nobody grants today. A process with two workers brings them to {head}. The fourth district is hit:
  before its transaction, after each migration in it, before and after its commit.
- Survived: after the kill every district is whole at the one revision or the other, by the drift check; the next run
  moves exactly those that lag; then each is like a fresh one, privileges included, each migration was committed once
  in each district, and all rows are those that an undisturbed run leaves.
"""
Kill = Callable[[tuple[str, str], str], Awaitable[list[str]]]
"""Kills at a point, and says what was lost."""


async def onboarding(server: EmbeddedPostgres, folder: Path) -> tuple[Score, Kill]:
    """Onboardings to be killed."""
    ground = await prepare(server, folder)
    like = await undisturbed(ground)

    async def kill(point: tuple[str, str], killed: str) -> list[str]:
        whole = await survived(server, ground, Point(*point), killed, like)
        return [] if whole else ["it is not what an undisturbed one is"]

    return Score("Onboarding", POINTS, _ONBOARDING), kill


async def migration(server: EmbeddedPostgres, _folder: Path) -> tuple[Score, Kill]:
    """Fleets to be killed while they migrate."""
    before = await prepare_fleet(server, districts=DISTRICTS)

    async def kill(point: tuple[str, str], killed: str) -> list[str]:
        return await lost_by(server, before, Moment(*point), killed)

    conditions = _MIGRATION.format(districts=DISTRICTS, old=OLD, head=district_head(), tables=len(TABLES))
    return Score("Migration", moments(), conditions), kill


async def run(parts: list[str], times: int, minutes: float) -> list[Score]:
    """Kill, round by round, until all is done or the time is over. Each part has a server of its own."""
    scores = []
    console = Console()
    columns = (TextColumn("{task.description:32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for part in parts:
            end = time.monotonic() + minutes * 60 / len(parts)
            with temporary_postgres(settings=SERVING) as server, tempfile.TemporaryDirectory() as folder:
                score, kill = await {"onboarding": onboarding, "migration": migration}[part](
                    server, Path(folder)
                )
                scores.append(score)
                rounds = [(p, k) for _ in range(times) for p in score.points for k in KILLED]
                bar = progress.add_task(part, total=len(rounds))
                for point, killed in rounds:
                    if time.monotonic() > end:
                        break
                    progress.update(bar, description=f"{part}: {' '.join(point)}, {killed}")
                    lost = await kill(point, killed)
                    score.note(point, killed, survived=not lost)
                    for each in lost:
                        console.print(f"{part}, {' '.join(point)}, {killed}: not so: {each}")
                    progress.advance(bar)
                score.conditions = _SERVER.format(now=datetime.now(UTC)) + score.conditions
    return scores


def main() -> None:
    """The command. Ends with 1 where something was lost, or the time was too short to kill everything once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--what", choices=("onboarding", "migration", "all"), default="all")
    parser.add_argument("--times", type=int, default=1, help="kills at each point, of each kind")
    parser.add_argument("--minutes", type=float, default=60, help="begin no kill after so long")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the result is written")
    chosen = parser.parse_args()
    parts = ["onboarding", "migration"] if chosen.what == "all" else [chosen.what]
    scores = asyncio.run(run(parts, chosen.times, chosen.minutes))
    write(scores, chosen.page)
    for score in scores:
        print(f"{score.title}: {score.survived.total()} of {score.tried.total()} survived")
    if not all(score.whole for score in scores):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
