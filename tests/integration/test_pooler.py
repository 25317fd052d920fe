"""What is particular to a transaction-mode pooler. The wall itself is tried on both ways in kernel/tenancy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from tests import pooler
from tests.pooler import MISSING, SERVER_CONNECTIONS, pgbouncer, pgbouncer_program

from bangban.kernel.access.principals import Principal
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]


@pytest.fixture(scope="module")
def pooled(installation: Installation) -> Iterator[Endpoint]:
    """The application's way in through a pooler with three server connections."""
    with pgbouncer(installation.application) as address:
        yield installation.application.through(address)


@pytest.fixture(scope="module")
def through(pooled: Endpoint, installation: Installation, ring: KeyRing, run: Run) -> Iterator[Tenancy]:
    """Sessions with many more connections than the pooler has."""
    limits = Limits(read_connections=20, write_connections=20)
    tenancy = run(Tenancy.open(pooled, names=installation.names, ring=ring, limits=limits))
    yield tenancy
    run(tenancy.close())


async def write(tenancy: Tenancy, district: District, sql: str) -> Any:
    async with tenancy.write(district, Principal.anonymous(district=district.slug)) as work:
        return await work.db.scalar(text(sql))


def test_many_clients_share_few_server_connections(through: Tenancy, district: District, run: Run) -> None:
    """Without this, nothing that is tried through the pooler would say anything."""
    sql = "SELECT pg_backend_pid()::text"

    async def go() -> list[Any]:
        reads = [through.reader.district(district.slug, Wall.READ, sql, ()) for _ in range(20)]
        writes = [write(through, district, sql) for _ in range(20)]
        return await asyncio.gather(*reads, *writes)

    found = run(go())
    assert 1 < len({int(each) for each in found}) <= SERVER_CONNECTIONS
    assert through.reader.lanes.counts().open > SERVER_CONNECTIONS


def test_no_prepared_statement_stays_on_a_server_connection(
    through: Tenancy, pooled: Endpoint, district: District, run: Run
) -> None:
    """One that carries a name is closed on whichever connection is at hand, and stays for ever on the others."""

    async def go() -> list[str]:
        sql = "SELECT count(*)::text FROM {}.area WHERE name = '{}'"
        for n in range(3):
            await asyncio.gather(
                *(write(through, district, sql.format(district.schema, n * 10 + each)) for each in range(10)),
                *(
                    through.reader.district(district.slug, Wall.READ, sql.format(district.schema, each), ())
                    for each in range(10)
                ),
            )
        left, held = [], []
        for _ in range(SERVER_CONNECTIONS):
            connection = await pooled.connect()
            held.append(connection)
            await connection.execute("BEGIN")
            left += await connection.fetch("SELECT statement FROM pg_prepared_statements WHERE name <> ''")
        for connection in held:
            await connection.execute("ROLLBACK")
            await connection.close()
        return [row[0] for row in left]

    assert run(go()) == []


def test_both_statement_caches_are_off_behind_a_pooler_and_on_without(
    through: Tenancy, tenancy: Tenancy, run: Run
) -> None:
    async def caches(of: Tenancy) -> tuple[bool, bool]:
        await of.reader.platform("SELECT 1::text", ())
        reading = next(lane.connection for lane in of.reader.lanes._lanes if lane.connection)
        async with of._engine.connect() as writing:
            adapted: Any = (await writing.get_raw_connection()).dbapi_connection
            return reading._stmt_cache_enabled, adapted._prepared_statement_cache is not None

    assert run(caches(through)) == (False, False)
    assert run(caches(tenancy)) == (True, True)


def test_reads_with_types_of_extensions_work_on_any_connection(
    through: Tenancy, district: District, run: Run
) -> None:
    """The driver asks the catalog for types that it does not know; with an unnamed statement in between."""
    sql = f"""
        SELECT json_agg(path::text)::text FROM {district.schema}.area
        WHERE path OPERATOR(ext.<@) ANY ($1::text[]::ext.ltree[]) AND (name = $2 OR $3::date IS NULL)
    """

    async def go() -> list[Any]:
        return await asyncio.gather(
            *(
                through.reader.district(district.slug, Wall.READ, sql, (["a", "b.c"], "x", None))
                for _ in range(12)
            )
        )

    assert run(go()) == [None] * 12


def test_notifications_of_pooled_writes_arrive_by_the_direct_way(
    through: Tenancy, installation: Installation, district: District, run: Run
) -> None:
    async def go() -> str:
        heard: asyncio.Queue[str] = asyncio.Queue()
        listener = Listener(installation.application, installation.names.channel)
        listener.on_any(lambda hint: heard.put_nowait(hint.reference) if hint.slug == district.slug else None)
        await listener.start()
        try:
            async with through.write(district, Principal.anonymous(district=district.slug)) as work:
                work.announce("test.pooled", "across")
            async with asyncio.timeout(60):
                return await heard.get()
        finally:
            await listener.stop()

    assert run(go()) == "across"


def test_where_pgbouncer_is_missing_that_is_said_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooler.shutil, "which", lambda *_, **__: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="pgbouncer is not installed"):
        pgbouncer_program()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="pgbouncer is not installed"):
        pgbouncer_program()
    assert "Debian: pgbouncer" in MISSING
