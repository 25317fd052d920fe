"""A run that is killed with SIGKILL leaves every district whole, and whoever runs next finishes it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.integration.kernel.tenancy.fleet.conftest import QUICK, SLUGS, having, standing
from tests.releases import COLUMN, Releases

import bangban
from bangban.kernel.tenancy.fleet.outcome import Outcome
from bangban.kernel.tenancy.fleet.running import lock_of, migrate
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import district_head

Run = Callable[[Any], Any]

RUNNER = """
import asyncio, json, pathlib, sys
import bangban.features.all_tables
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy import migrations
from bangban.kernel.tenancy.fleet.running import Pace, migrate
from bangban.kernel.tenancy.names import Names
migrations.SCHEMA_FOLDER = pathlib.Path(sys.argv[1])
endpoint = Endpoint(**json.loads(sys.argv[2]))
asyncio.run(migrate(endpoint, Names(sys.argv[3]), pace=Pace(workers=2)))
"""
SLOWLY = "\nop.execute('SELECT pg_sleep(0.25)')"
SECONDS = 60


def begun(fleet: Installation, releases: Releases) -> subprocess.Popen[bytes]:
    """A run in a process of its own."""
    way = json.dumps(asdict(fleet.admin))
    source = str(Path(bangban.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(releases.folder), way, fleet.names.tag],
        env={**os.environ, "PYTHONPATH": source},
    )


async def killed_after(fleet: Installation, releases: Releases, number: int) -> None:
    """A run that is killed when so many districts have told everybody that they were moved."""
    told: asyncio.Queue[object] = asyncio.Queue()
    async with fleet.connection() as connection, asyncio.timeout(SECONDS):
        await connection.add_listener(fleet.names.channel, lambda *said: told.put_nowait(said))
        process = begun(fleet, releases)
        try:
            for _ in range(number):
                await told.get()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(SECONDS)
        # The server is still at what was begun, and holds its lock: all of it or nothing comes of that.
        for slug in SLUGS:
            await connection.execute("SELECT pg_advisory_lock($1), pg_advisory_unlock($1)", lock_of(slug))


def moved_to(fleet: Installation, run: Run, revision: str) -> set[str]:
    return {slug for slug, at in run(standing(fleet)).items() if at == revision}


def test_a_killed_run_leaves_each_district_whole_and_the_next_one_finishes(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    revision = releases.add(COLUMN.format(name="killed") + SLOWLY)
    for _ in range(2):
        before = len(moved_to(fleet, run, revision))
        run(killed_after(fleet, releases, 2))
        found = moved_to(fleet, run, revision)
        assert before + 2 <= len(found) < len(SLUGS)
        assert run(having(fleet, "killed")) == found
    outcome = run(migrate(fleet.admin, fleet.names, pace=QUICK))
    assert outcome == Outcome(moved=len(SLUGS) - len(found))
    assert set(run(standing(fleet)).values()) == {district_head()}
    assert run(having(fleet, "killed")) == set(SLUGS)
