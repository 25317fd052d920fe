"""Measures a fleet of districts: python -m benchmarks.fleet --var var/fleet [--districts 3000]

The districts are made once (some six minutes for 3,000) and used again. The creation's ratio needs them made anew:
delete the folder. Durability is PostgreSQL's own. Writes benchmarks/fleet.md.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.data.server import SERVING
from benchmarks.fleet.making import EARLY, make_fleet
from benchmarks.fleet.measuring import HOT, add_column, read, timed
from benchmarks.harness.conditions import memory_gb, processor
from benchmarks.harness.ground import Ground
from benchmarks.harness.processes import parent_of

from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.vault.key_file import make_file, read_file

_REPORT: Final = Path(__file__).parents[1] / "fleet.md"
_SIZES: Final = """
SELECT sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relkind = 'r') AS bytes, count(*) AS relations,
    (SELECT count(*) FROM pg_class) AS all_relations, pg_database_size(current_database()) AS database
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1
"""


_CONDITIONS: Final = (
    "`python -m benchmarks.fleet --districts {count}`: {processor}, {memory:.0f} GB, two cores (the server on one; "
    "PostgreSQL and the load generator on the other), fsync on, all in one run."
)


def _against(one: float, other: float) -> str:
    return f"{one:.0f} against {other:.0f} a second: {one / other:.2f}"


async def _sizes(installation: Installation) -> tuple[Any, int]:
    """Of a district that nothing was put into, and the postmaster's id."""
    empty = NewDistrict(slug="empty", name="-", brand="-", division_code=None, levels=[AreaLevel.COUNTY])
    await installation.create_district(empty)
    try:
        async with installation.connection() as connection:
            found = await connection.fetchrow(_SIZES, installation.names.schema(empty.slug))
            return found, parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await installation.drop_district(empty.slug)


def _creation(took: dict[int, float], count: int) -> str:
    early = [took[number] for number in range(*EARLY) if number in took]
    late = [took[number] for number in range(count - 40, count + 1) if number in took]
    if not early or not late or count < 10 * EARLY[1]:
        return "| creating a district | not measured: the districts were there already, or are few |"
    first, last = median(early) * 1000, median(late) * 1000
    return (
        f"| creating district {count:,} against district {EARLY[0]} to {EARLY[1]} "
        f"| {last:.0f} ms against {first:.0f} ms: {last / first:.2f} (goal ≤ 1.5) |"
    )


async def _kept(ground: Ground) -> list[str]:
    nothing = await timed(ground, workers=8)
    columns = await add_column(ground)
    one, eight = columns["1"], columns["8"]
    rates = {name: run.districts / run.seconds for name, run in columns.items()}
    return [
        f"| a run with nothing to do, {len(ground.districts):,} districts | {nothing.seconds:.2f} s (goal < 2 s) |",
        f"| adding a column, 8 workers against 1 | {_against(rates['8'], rates['1'])} (goal ≥ 2.5, or the disk) |",
        f"| … the machine meanwhile, with 1 worker | {one.busy:.0%} busy, {one.waiting:.0%} waiting for the disk |",
        f"| … with 8 | {eight.busy:.0%} busy, {eight.waiting:.0%} waiting for the disk |",
    ]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--districts", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    var, count = given.var.absolute(), given.districts
    key = var / "keys" / "master.key"
    ring = read_file(key) if key.exists() else make_file(key)
    settings = {**SERVING, "max_locks_per_transaction": "256"}
    with EmbeddedPostgres(var / "postgres", settings=settings) as server:
        installation, ground, took = asyncio.run(make_fleet(Endpoint.from_url(server.url), var, ring, count))
        sizes, postmaster = asyncio.run(_sizes(installation))
        lines = [_creation(took, count), *asyncio.run(_kept(ground))]
        rates, largest = read(ground, postmaster, seconds=given.seconds, rounds=given.rounds)
    tables = len(TenantBase.metadata.sorted_tables)
    each = sizes["bytes"] / 1024 / tables
    lines += [
        f"| one case, {count:,} districts against one | {_against(rates['all'], rates['one'])} (goal ≥ 0.4) |",
        f"| one case, {HOT} hot districts against one | {rates['hot'] / rates['one']:.2f} (goal ≥ 0.6) |",
        f"| the largest backend after that, memory of its own | {largest / 2**20:.0f} MiB (goal < 64) |",
        f"| an empty district, {tables} tables | {each:.1f} KiB for each (goal ≤ 32), {sizes['relations']} relations |",
        f"| the whole database | {sizes['database'] / 2**30:.2f} GiB, {sizes['all_relations']:,} relations |",
    ]
    text = "\n".join(
        [
            "# A fleet of districts",
            "",
            _CONDITIONS.format(count=count, processor=processor(), memory=memory_gb()),
            "",
            "| what | measured |",
            "| --- | --- |",
            *lines,
            "",
        ]
    )
    _REPORT.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
