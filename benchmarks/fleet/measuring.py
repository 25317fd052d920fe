"""What is measured on the fleet; every number stands beside what it is compared with, from the same run."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.contestants.listed import SERVERS
from benchmarks.fleet.making import CASE
from benchmarks.harness.ground import Ground
from benchmarks.harness.load import load, write_requests
from benchmarks.harness.processes import Cores, tree
from benchmarks.harness.servers import all_running
from benchmarks.operations import ALL

from bangban.kernel.tenancy import migrations
from bangban.kernel.tenancy.fleet import declared
from bangban.kernel.tenancy.fleet.outcome import Pace
from bangban.kernel.tenancy.fleet.running import migrate

HOT: Final = 300
_WARMING: Final = 15.0  # seconds: the policy is compiled, callers and rules are read
_REVISION: Final = '''"""One more column, for the measurement."""

import sqlalchemy as sa

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None

phase = "expand"
release = "9.9.9"
serves_without = True


def upgrade(op, *, schema):
    op.add_column("team", sa.Column("measured", sa.Text()), schema=schema)
'''


@dataclass(frozen=True)
class Run:
    """A run over districts: seconds, and the shares of both cores' time that were work and waiting for the disk."""

    districts: int
    seconds: float
    busy: float
    waiting: float


def _cpu() -> list[int]:
    return [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]


async def timed(ground: Ground, *, workers: int, only: Sequence[str] | None = None) -> Run:
    """One run over the fleet."""
    before, began = _cpu(), time.perf_counter()
    outcome = await migrate(ground.admin, ground.names, pace=Pace(workers=workers), only=only)
    seconds = time.perf_counter() - began
    spent = [after - was for after, was in zip(_cpu(), before, strict=True)]
    if outcome.failures:
        raise RuntimeError(f"{outcome.failures} districts failed: {outcome.failed[:3]}")
    total = sum(spent) or 1
    return Run(outcome.moved, seconds, 1 - (spent[3] + spent[4]) / total, spent[4] / total)


@contextmanager
def one_more_revision() -> Iterator[None]:
    """The history with a migration at its end that adds a column."""
    head, folder = migrations.district_head(), migrations.SCHEMA_FOLDER
    with tempfile.TemporaryDirectory() as made:
        shutil.copytree(folder, Path(made) / "database")
        file = Path(made) / "database" / "district" / "versions" / "9999_measured.py"
        file.write_text(_REVISION.format(head=head))
        migrations.SCHEMA_FOLDER = Path(made) / "database"
        _forget()
        try:
            yield
        finally:
            migrations.SCHEMA_FOLDER = folder
            _forget()


def _forget() -> None:
    for module in (migrations, declared):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


async def add_column(ground: Ground) -> dict[str, Run]:
    """A column in half of the districts with one worker, in the other half with eight; taken away again."""
    slugs = [each.slug for each in ground.districts]
    with one_more_revision():
        runs = {
            "1": await timed(ground, workers=1, only=slugs[::2]),
            "8": await timed(ground, workers=8, only=slugs[1::2]),
        }
    head = migrations.district_head()
    connection = await ground.admin.connect()
    try:
        for district in ground.districts:
            await connection.execute(f"ALTER TABLE {district.schema}.team DROP COLUMN IF EXISTS measured")
        await connection.execute("UPDATE platform.district SET revision = $1", head)
    finally:
        await connection.close()
    return runs


def private_bytes(pid: int) -> int:
    """What a process has to itself alone: a backend's own memory, without the shared buffers."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) * 1024


def read(ground: Ground, postmaster: int, *, seconds: float, rounds: int) -> tuple[dict[str, float], int]:
    """Requests a second for one case in one district, in ``HOT`` at random and in all; and the largest backend."""
    scratch, server = ground.var / "bench-run", SERVERS["through"]
    cores = Cores.shared_out()
    body = json.dumps({"query": ALL["case"].document, "variables": {"number": CASE}}).encode()
    sets = {"one": ground.districts[:1], "hot": ground.districts[:HOT], "all": ground.districts}
    files = {}
    for name, districts in sets.items():
        files[name] = scratch / f"fleet-{name}.requests"
        write_requests(files[name], [("/graphql", ground.token(each, "clerk"), body) for each in districts])
    found: dict[str, list[float]] = {name: [] for name in sets}
    largest = 0
    with all_running(ground, [server], cores=cores, scratch=scratch, questions=scratch / "none") as processes:
        port = processes[server.name].port
        for name in sets:  # everybody's rules, callers and plans are known once
            load(files[name], port=port, seconds=_WARMING, cores=cores.rest, seed=1, check=True)
        for turn in range(rounds):
            for name in sets:
                loaded = load(files[name], port=port, seconds=seconds, cores=cores.rest, seed=turn + 2)
                found[name].append(loaded.per_second)
            largest = max(largest, *(private_bytes(pid) for pid in tree(postmaster)))
    return {name: median(each) for name, each in found.items()}, largest
