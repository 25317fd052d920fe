"""``python -m benchmarks.lifecycles``: measures, prints a table, and keeps the numbers where they are asked for."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Final

import asyncpg
from benchmarks import lifecycles
from benchmarks.harness.processes import parent_of, serving
from benchmarks.lifecycles.casework import Session
from benchmarks.lifecycles.ground import BUDGETS_OFF, ROOT, Ground, installed, sample_ground
from benchmarks.lifecycles.measuring import Result, measure, table

from bangban.settings import Settings

CLIENTS: Final = (1, 8, 32)
WARM_UP: Final = 4.0  # seconds


async def run(chosen: Settings, ground: Ground | None, *, workers: int, seconds: float) -> list[Result]:
    """All windows, on servers of their own over the database of ``chosen``. Prints the table."""
    database = await asyncpg.connect(chosen.database_url)
    await database.execute("CREATE SCHEMA IF NOT EXISTS ext")
    await database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA ext")
    postmaster = parent_of(database.get_server_pid())
    where = ground or await sample_ground(chosen)
    environment = {
        "BANGBAN_VAR": str(chosen.var),
        "BANGBAN_TENANTS": str(chosen.tenants),
        "BANGBAN_DATABASE_URL": str(chosen.database_url),
        **BUDGETS_OFF,
    }
    results = []
    with ExitStack() as stack:
        served = [
            stack.enter_context(
                serving(
                    environment,
                    cores=frozenset(os.sched_getaffinity(0)),
                    log=chosen.var / f"server-{number}.log",
                    folder=ROOT,
                )
            )
            for number in range(workers)
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


def main() -> None:
    """Measure, print a table, and keep the numbers where they are asked for."""
    asked = argparse.ArgumentParser(
        prog="python -m benchmarks.lifecycles",
        description=lifecycles.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
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
