"""What a worker and its database connections hold in memory after serving very many districts.

    python -m benchmarks.memory --var FOLDER [--fleet 200] [--json out.json]

The districts are small ones of a database of their own (``bangban_fleet``, beside the data; kept for the next time),
each with an area, a clerk and no cases: what grows with their number is schemas, plans and caches, not rows. One
worker is asked for an inbox, a case, the catalog, areas and the dashboard by the clerk of one district after the other.
Memory is what the processes have to themselves, shared pages by their share. ``--fleet 3000`` measures the real
number; making those takes some ten minutes once. With fewer, the last line is a straight line drawn on: for PostgreSQL
it is too high, since a connection that has met its most districts (``LaneBounds.districts``) is replaced.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from benchmarks.contestants.listed import SERVERS
from benchmarks.harness.ground import Ground, look, opened
from benchmarks.harness.processes import Cores, memory_bytes, parent_of
from benchmarks.harness.servers import all_running
from benchmarks.operations import ALL

from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.tables import DistrictStatus

DATABASE: Final = "bangban_fleet"
_WANTED: Final = 3000
_FILL: Final = """
WITH place AS (
    INSERT INTO {s}.area (id, key, name, full_name, level, kind, path, position, provenance)
    VALUES ($1, 'root', '测算县', '测算县', 'COUNTY', 'COUNTY', $4::ext.ltree, 0, 'own')
), person AS (
    INSERT INTO {s}.staff (id, key, name, login, full_time, language, active)
    VALUES ($2, 'clerk', '样本人', 'clerk', true, 'zh-CN', true)
)
INSERT INTO {s}.assignment (id, staff_id, role, area_id, since) VALUES ($3, $2, 'window-clerk', $1, '2020-01-01')
"""


@dataclass(frozen=True)
class Reading:
    """After so many districts: bytes of the worker and of PostgreSQL, and how many backends it has."""

    districts: int
    worker: int
    postgres: int


async def make_fleet(ground: Ground, count: int) -> Ground:
    """At least ``count`` small districts; those that are there are used again."""
    connection = await ground.admin.connect()
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(
                f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
    finally:
        await connection.close()
    admin = ground.admin.on(DATABASE)
    installation = await Installation.prepare(admin, ground.ring)
    connection = await admin.connect()
    try:
        await connection.execute(
            "SET session_replication_role = replica"
        )  # an area and a clerk; nothing to check
        known = {row["slug"] for row in await connection.fetch("SELECT slug FROM platform.district")}
        for number in range(1, count + 1):
            slug = f"fleet-{number:04d}"
            if slug in known:
                continue
            new = NewDistrict(
                slug=slug, name=slug, brand="帮办", division_code=None, levels=[AreaLevel.COUNTY]
            )
            await installation.create_district(new)
            schema, area = quoted(installation.names.schema(slug)), uuid4()
            await connection.execute(_FILL.format(s=schema), area, uuid4(), uuid4(), area.hex)
            await installation.set_status(slug, DistrictStatus.LIVE)
    finally:
        await connection.close()
    return await look(ground.var, admin, reader=False)


def _bodies(area: str) -> list[dict[str, Any]]:
    """What the clerk of a district asks."""
    variables = {"inbox": {"state": "ACCEPTED"}, "case": {"number": "none"}, "areas": {"id": area}}
    names = ("inbox", "case", "catalog", "areas", "dashboard")
    return [{"query": ALL[name].document, "variables": variables.get(name, {})} for name in names]


async def visit(ground: Ground, port: int, worker: int, postmaster: int, count: int) -> list[Reading]:
    """Ask in every district in turn, eight questions at a time; a reading now and then."""
    marks = {1, *(round(count * part / 8) for part in range(1, 9))}
    bodies, found = _bodies(str(uuid4())), []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        for number, district in enumerate(ground.districts[:count], 1):
            headers = {"Authorization": f"Bearer {ground.token(district, 'clerk')}"}
            answers = await asyncio.gather(*(http.post("/graphql", json=b, headers=headers) for b in bodies))
            wrong = next((each.json() for each in answers if "errors" in each.json()), None)
            if wrong is not None:
                raise RuntimeError(f"{district.slug}: {wrong}")
            if number in marks:
                found.append(Reading(number, memory_bytes(worker), memory_bytes(postmaster)))
    return found


async def _postmaster(ground: Ground) -> int:
    connection = await ground.admin.connect()
    try:
        return parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def run(ground: Ground, count: int) -> list[Reading]:
    """The readings of one worker."""
    began = time.monotonic()
    fleet = asyncio.run(make_fleet(ground, count))
    made = time.monotonic() - began
    scratch, server = ground.var / "bench-run", SERVERS["through"]
    if made > 1:
        print(f"The districts took {made:.0f} s to make or find.\n")
    with all_running(
        fleet, [server], cores=Cores.shared_out(), scratch=scratch, questions=scratch / "none"
    ) as processes:
        one = processes[server.name]
        return asyncio.run(visit(fleet, one.port, one.pid, asyncio.run(_postmaster(ground)), count))


def drawn_on(readings: list[Reading], name: str) -> float:
    """MiB at 3,000 districts by the straight line through the second half of the readings."""
    half, last = readings[len(readings) // 2], readings[-1]
    slope = (getattr(last, name) - getattr(half, name)) / max(1, last.districts - half.districts)
    return float((getattr(last, name) + slope * max(0, _WANTED - last.districts)) / 2**20)


def main() -> None:
    """Measure, print a table, keep the numbers where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--fleet", type=int, default=200)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with opened(given.var) as ground:
        readings = run(ground, given.fleet)
    print("| districts served | worker, MiB | PostgreSQL, MiB |\n| ---: | ---: | ---: |")
    for each in readings:
        print(f"| {each.districts:,} | {each.worker / 2**20:.0f} | {each.postgres / 2**20:.0f} |")
    ends = {name: round(drawn_on(readings, name)) for name in ("worker", "postgres")}
    if readings[-1].districts < _WANTED:
        print(f"| *{_WANTED:,}, drawn on from the second half* | *{ends['worker']}* | *{ends['postgres']}* |")
    if given.json:
        kept = {"readings": [each.__dict__ for each in readings], "at_3000_mib": ends}
        given.json.write_text(json.dumps(kept, indent=1), "utf-8")


if __name__ == "__main__":
    main()
