"""Kills the worker and PostgreSQL at every step of onboarding, N times each, and counts what survived.

python -m benchmarks.kills --times 20
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks.kills.ground import SERVING, prepare
from benchmarks.kills.points import POINTS
from benchmarks.kills.surviving import survived, undisturbed
from rich.console import Console
from rich.table import Table

from bangban.kernel.database.embedded import EmbeddedPostgres, temporary_postgres


async def run(server: EmbeddedPostgres, folder: Path, times: int) -> bool:
    """All points, all kills; whether all survived."""
    ground = await prepare(server, folder)
    like = await undisturbed(ground)
    table = Table("step", "moment", "worker (SIGKILL)", "PostgreSQL (SIGQUIT)", title="survived / killed")
    total = 0
    for point in POINTS:
        counts = []
        for killed in ("worker", "server"):
            each = [await survived(server, ground, point, killed, like) for _ in range(times)]
            counts.append(sum(each))
            total += sum(each)
        table.add_row(*point, *(f"{number}/{times}" for number in counts))
        print(*point, counts, flush=True)
    Console().print(table)
    print(f"{total}/{2 * times * len(POINTS)} survived")
    return total == 2 * times * len(POINTS)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1)
    chosen = parser.parse_args()
    with temporary_postgres(settings=SERVING) as server, tempfile.TemporaryDirectory() as folder:
        if not asyncio.run(run(server, Path(folder), chosen.times)):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
