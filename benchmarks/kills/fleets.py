"""A small fleet at the first revision, copied for each kill, and what must be there after the run that resumes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final
from unittest.mock import patch

import asyncpg
from benchmarks.kills.migrating import AFTER, HIT, OLD, Fleet, Moment, killed_run, run_over, server_lost
from benchmarks.kills.old_rows import ROWS, TABLES
from benchmarks.kills.surviving import WORKERS

from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.fleet import drift
from bangban.kernel.tenancy.fleet.drift import check_drift
from bangban.kernel.tenancy.fleet.outcome import Outcome
from bangban.kernel.tenancy.fleet.running import lock_of
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.migrations import build_at, code_from_of, district_head, pending
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.provisioning import role_statements
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.keyring import KeyRing, MasterKey

_BASE: Final = "fleet_old"
_LIKE: Final = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
_SECONDS: Final = 60
_numbers = count(1)

Rows = dict[str, dict[str, Any]]
"""Rows by schema and table."""


@dataclass(frozen=True)
class Before:
    """The fleet that is copied for each kill, and the rows that a run leaves that nobody disturbs."""

    fleet: Fleet
    rows: Rows


async def prepare_fleet(server: EmbeddedPostgres, *, districts: int = 8) -> Before:
    """Districts at the first revision, with rows, and with privileges that nothing grants today."""
    admin = Endpoint.from_url(server.url)
    await _say(admin, f"CREATE DATABASE {_BASE} {_LIKE}")
    installation = await Installation.prepare(admin.on(_BASE), KeyRing(MasterKey.fresh()))
    slugs = tuple(f"m{number}" for number in range(districts))
    engine = installation.admin.engine(size=0)
    for slug in slugs:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(
                "SELECT 1"
            )  # the transaction begins with a statement of SQLAlchemy's
            driver: Any = (await connection.get_raw_connection()).driver_connection
            new = NewDistrict(slug, "样例区", "帮办", None, [AreaLevel.COUNTY])
            await installation.register(driver, new, data_key=os.urandom(32), status=DistrictStatus.LIVE)
            schema = installation.names.schema(slug)
            statements = [*role_statements(installation.names, slug), f"CREATE SCHEMA {quoted(schema)}"]
            await driver.execute(";\n".join(statements))
            await build_at(connection, schema, OLD)
            reader = quoted(installation.names.role(slug, Wall.READ))
            await driver.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {quoted(schema)} TO {reader}")
            await driver.execute(f"SET LOCAL search_path TO {quoted(schema)}, ext")
            await driver.execute(ROWS)
            await driver.execute(
                "UPDATE platform.district SET revision = $1, code_from = $2 WHERE slug = $3",
                OLD, code_from_of(OLD), slug,
            )  # fmt: skip
    await engine.dispose()
    await _say(
        installation.admin,
        "CREATE SCHEMA kills; CREATE TABLE kills.migrated (schema text NOT NULL, revision text NOT NULL)",
    )
    fleet = Fleet(installation.admin, installation.names.tag, server.folder / "cluster", slugs)
    old = await _rows(fleet)
    copy = await _copied(server, fleet)
    assert await run_over(copy) == Outcome(moved=districts)
    rows = await _rows(copy)
    await _dropped(server, copy)
    assert _holds(rows, old)
    return Before(fleet, rows)


async def lost_by(server: EmbeddedPostgres, before: Before, moment: Moment, killed: str) -> list[str]:
    """Kill once at the moment, run again, and say what is not as it should be; nothing, where all survived."""
    fleet = await _copied(server, before.fleet)
    if killed == "worker":
        process = WORKERS.Process(target=killed_run, args=(fleet, moment))
        process.start()
        await asyncio.to_thread(process.join)
        if process.exitcode != -signal.SIGKILL:
            return [f"the run ended with {process.exitcode}"]
    else:
        port = server.port
        if not await server_lost(fleet, moment):
            return ["the run did not notice"]
        server.start()
        assert server.port == port
    with _remembering():
        faults = await _faults(fleet, before, moment)
    await _dropped(server, fleet)
    return faults


async def _faults(fleet: Fleet, before: Before, moment: Moment) -> list[str]:
    found: list[str] = []

    def expect(what: str, *, holds: bool) -> None:
        if not holds:
            found.append(what)

    await _settled(fleet)
    between = await check_drift(fleet.admin, fleet.names)
    expect(
        "after the kill each district is whole",
        holds=(between.checked, between.drifted) == (len(fleet.slugs), 0),
    )
    standing = await _standing(fleet)
    hit = district_head() if moment == AFTER else OLD
    expect(f"the district that was hit stands at {hit}", holds=standing[fleet.slugs[HIT]] == hit)
    behind = sum(revision != district_head() for revision in standing.values())
    expect(f"the next run moves {behind}", holds=await run_over(fleet) == Outcome(moved=behind))
    expect("all are at the head", holds=set((await _standing(fleet)).values()) == {district_head()})
    afterwards = await check_drift(fleet.admin, fleet.names)
    expect(
        "each is like a fresh one", holds=(afterwards.checked, afterwards.drifted) == (len(fleet.slugs), 0)
    )
    once = sorted((fleet.names.schema(slug), each) for slug in fleet.slugs for each in pending(OLD))
    expect("each migration was committed once", holds=await _migrated(fleet) == once)
    expect("no row is lost", holds=await _rows(fleet) == before.rows)
    expect("nothing is left to do", holds=await run_over(fleet) == Outcome())
    return found


async def _copied(server: EmbeddedPostgres, fleet: Fleet) -> Fleet:
    """The fleet in a database of its own, with the same roles."""
    name = f"fleet_{next(_numbers)}"
    await _say(Endpoint.from_url(server.url), f"CREATE DATABASE {name} TEMPLATE {_BASE} STRATEGY FILE_COPY")
    return replace(fleet, admin=fleet.admin.on(name))


async def _dropped(server: EmbeddedPostgres, fleet: Fleet) -> None:
    await _say(Endpoint.from_url(server.url), f"DROP DATABASE {fleet.admin.database} WITH (FORCE)")


async def _settled(fleet: Fleet) -> None:
    """Wait until the server has noticed that the run is gone."""
    keys = [lock_of(slug) for slug in fleet.slugs]
    sql = "SELECT pg_advisory_lock(key), pg_advisory_unlock(key) FROM unnest($1::bigint[]) AS key"
    async with asyncio.timeout(_SECONDS):
        await _ask(fleet, sql, keys)


async def _standing(fleet: Fleet) -> dict[str, str]:
    return dict(await _ask(fleet, "SELECT slug, revision FROM platform.district"))


async def _migrated(fleet: Fleet) -> list[tuple[str, str]]:
    return sorted(map(tuple, await _ask(fleet, "SELECT schema, revision FROM kills.migrated")))


async def _rows(fleet: Fleet) -> Rows:
    found: Rows = {}
    connection = await fleet.admin.connect()
    for schema in map(fleet.names.schema, fleet.slugs):
        found[schema] = {}
        for table in TABLES:
            place = f"{quoted(schema)}.{quoted(table)}"
            sql = f"SELECT jsonb_agg(to_jsonb(t) ORDER BY to_jsonb(t)::text) FROM {place} AS t"  # noqa: S608 - names of ours
            found[schema][table] = json.loads(await connection.fetchval(sql))
    await connection.close()
    return found


def _holds(new: Rows, old: Rows) -> bool:
    """Whether each old row is there, with whatever else it was given."""
    return all(
        len(rows) == len(new[schema][table])
        and all(
            was.items() <= now.items()
            for was, now in zip(_flat(rows), _flat(new[schema][table]), strict=True)
        )
        for schema, tables in old.items()
        for table, rows in tables.items()
    )


def _flat(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: json.dumps(value) for name, value in row.items()} for row in rows]


async def _ask(fleet: Fleet, sql: str, *arguments: Any) -> list[asyncpg.Record]:
    connection = await fleet.admin.connect()
    try:
        return list(await connection.fetch(sql, *arguments))
    finally:
        await connection.close()


async def _say(admin: Endpoint, sql: str) -> None:
    connection = await admin.connect()
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


_references: dict[str, Any] = {}


@contextmanager
def _remembering() -> Iterator[None]:
    """What a revision should look like is the same for every copy: it is built once."""
    build = drift._reference  # noqa: SLF001 - remembered from outside: the product checks a fleet once

    async def reference(admin: Endpoint, names: Any, revision: str, *, login: bool) -> Any:
        if revision not in _references:
            _references[revision] = await build(admin, names, revision, login=login)
        return _references[revision]

    with patch.object(drift, "_reference", reference):
        yield
