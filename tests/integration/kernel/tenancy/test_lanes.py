"""Lanes on a real server: what they hold is bounded, and one district cannot keep the others out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from tests.integration.kernel.tenancy.conftest import Sides, lanes_afterwards, nobody, sessions

from bangban.kernel.problems import Overloaded, Unavailable
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]
Opened = Callable[..., Any]

NAP = "SELECT pg_sleep(600)::text"
_NAPPING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
)


@pytest.fixture
def direct(installation: Installation, ring: KeyRing) -> Opened:
    """Opens sessions of a process of its own, straight to the server."""

    @asynccontextmanager
    async def opened(**limits: Any) -> AsyncIterator[Tenancy]:
        async with sessions(installation.application, installation, ring, **limits) as tenancy:
            yield tenancy

    return opened


async def napping(installation: Installation, wanted: int) -> None:
    """Return as soon as that many statements sleep in the database."""
    async with installation.connection() as connection, asyncio.timeout(60):
        while await connection.fetchval(_NAPPING) != wanted:
            pass


@pytest.fixture(autouse=True)
def quiet(installation: Installation, run: Run) -> Iterator[None]:
    """No test leaves a statement running."""
    yield
    run(napping(installation, 0))


async def nap(tenancy: Tenancy, district: District) -> None:
    await tenancy.reader.district(district.slug, Wall.READ, NAP, ())


async def read(tenancy: Tenancy, district: District) -> bytes:
    return await tenancy.reader.district(district.slug, Wall.READ, "SELECT current_user::text", ())


async def nap_in_a_write(tenancy: Tenancy, district: District) -> None:
    async with tenancy.write(district, nobody(district)) as work:
        await work.db.execute(text(NAP))


async def write(tenancy: Tenancy, district: District) -> bytes:
    async with tenancy.write(district, nobody(district)) as work:
        return str(await work.db.scalar(text("SELECT current_user::text"))).encode()


async def turns_of_the_loop() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("one_long", "one_short"), [(nap, read), (nap_in_a_write, write)])
def test_a_district_that_asks_for_everything_leaves_the_next_turn_to_another(
    direct: Opened, installation: Installation, sides: Sides, one_long: Any, one_short: Any, run: Run
) -> None:
    async def go() -> None:
        limits = {"read_connections": 2, "write_connections": 2, "acquire_timeout": 30.0}
        async with direct(**limits) as tenancy:
            for district in (sides.near, sides.far):
                await tenancy.rules(district)
            flood = [asyncio.create_task(one_long(tenancy, sides.near)) for _ in range(20)]
            await napping(installation, 2)
            quiet = asyncio.create_task(one_short(tenancy, sides.far))
            await turns_of_the_loop()
            assert not quiet.done()
            flood[0].cancel()
            async with asyncio.timeout(60):
                found = await quiet
            wall = Wall.READ if one_short is read else Wall.WRITE
            assert found == installation.names.role(sides.far.slug, wall).encode()
            assert sum(task.done() for task in flood) == 1, "all others of the flood still wait or nap"
            for task in flood:
                task.cancel()
            await asyncio.gather(*flood, return_exceptions=True)
            await lanes_afterwards(tenancy)
            assert tenancy._slots.busy == 0

    run(go())


def test_over_a_full_queue_a_read_is_refused_at_once(
    direct: Opened, installation: Installation, sides: Sides, run: Run
) -> None:
    async def go() -> tuple[int, bytes, int]:
        async with direct(read_connections=1, read_queue=2, acquire_timeout=30.0) as tenancy:
            tasks = [asyncio.create_task(nap(tenancy, sides.near)) for _ in range(3)]
            await napping(installation, 1)
            with pytest.raises(Overloaded) as refused:
                await read(tenancy, sides.near)
            other = asyncio.create_task(read(tenancy, sides.far))  # has a queue of its own
            await turns_of_the_loop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            found = await other
            return refused.value.seconds, found, tenancy.reader.lanes.counts().refused_at_once

    seconds, found, refused = run(go())
    assert (seconds, refused) == (1, 1)
    assert found == installation.names.role(sides.far.slug, Wall.READ).encode()


def test_who_waits_is_cancelled_and_nothing_is_left(
    direct: Opened, installation: Installation, sides: Sides, run: Run
) -> None:
    async def go() -> None:
        async with direct(read_connections=2) as tenancy:
            tasks = [asyncio.create_task(nap(tenancy, sides.near)) for _ in range(12)]
            await napping(installation, 2)
            assert tenancy.reader.lanes.counts().waiting == 10
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert {type(each) for each in results} == {asyncio.CancelledError}
            await lanes_afterwards(tenancy)
            await read(tenancy, sides.near)

    run(go())


def test_cancelled_while_it_is_opened_a_lane_is_opened_again(
    direct: Opened, installation: Installation, sides: Sides, run: Run
) -> None:
    async def go() -> bytes:
        async with direct(read_connections=1) as tenancy:
            for turns in range(0, 40, 3):
                tenancy.reader.lanes._lanes[0].drop()
                task = asyncio.create_task(read(tenancy, sides.near))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await lanes_afterwards(tenancy)
            return await read(tenancy, sides.near)

    assert run(go()) == installation.names.role(sides.near.slug, Wall.READ).encode()


def test_prepared_statements_are_bounded_in_the_process_and_in_the_server(
    direct: Opened, sides: Sides, run: Run
) -> None:
    """As many more texts as one likes: districts times operations."""

    async def go() -> tuple[int, int, int, int]:
        async with direct(read_connections=2, read_statements=10) as tenancy:
            for number in range(60):
                for district in (sides.near, sides.far):
                    sql = f"SELECT count(*)::text FROM {district.schema}.area WHERE name = '{number}'"
                    await tenancy.reader.district(district.slug, Wall.READ, sql, ())
            counts = tenancy.reader.lanes.counts()
            held = 0
            for lane in tenancy.reader.lanes._lanes:
                if lane.connection is not None:
                    sql = "SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prep%'"
                    held += await lane.connection.fetchval(sql)
            return counts.statements, counts.statements_at_most, held, counts.lanes

    statements, at_most, held, lanes = run(go())
    assert statements <= at_most == 10 * lanes
    assert held <= at_most


def test_a_connection_that_met_too_many_districts_is_replaced(direct: Opened, sides: Sides, run: Run) -> None:
    async def go() -> list[bytes]:
        async with direct(read_connections=1, read_districts=2) as tenancy:
            sql = "SELECT pg_backend_pid()::text"
            first = await tenancy.reader.platform(sql, ())
            return [first] + [
                await tenancy.reader.district(district.slug, Wall.READ, sql, ())
                for district in (sides.near, sides.far, sides.far)
            ]

    platform, near, far, again = run(go())
    assert platform == near != far == again


def test_an_idle_connection_that_the_server_ends_is_opened_again(
    direct: Opened, installation: Installation, sides: Sides, run: Run
) -> None:
    async def go() -> bytes:
        async with direct(read_connections=1) as tenancy:
            await read(tenancy, sides.near)
            lane, gone = tenancy.reader.lanes._lanes[0], asyncio.Event()
            lane.connection.add_termination_listener(lambda _: gone.set())
            async with installation.connection() as connection, asyncio.timeout(60):
                await connection.execute(
                    "SELECT pg_terminate_backend($1, 5000)", lane.connection.get_server_pid()
                )
                await gone.wait()
            return await read(tenancy, sides.near)

    assert run(go()) == installation.names.role(sides.near.slug, Wall.READ).encode()


def test_an_overdue_read_is_cut_off_by_the_process_itself(
    direct: Opened, installation: Installation, sides: Sides, run: Run
) -> None:
    """As where the network swallows everything: the server's own limit never comes through."""

    async def go() -> bytes:
        async with direct(read_connections=1) as tenancy:
            task = asyncio.create_task(nap(tenancy, sides.near))
            await napping(installation, 1)
            lanes = tenancy.reader.lanes
            lanes._lanes[0].due = 0.0
            lanes._look_after()
            with pytest.raises(Unavailable):
                await task
            async with installation.connection() as connection:
                await connection.execute(
                    f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query = '{NAP}'"
                )
            return await read(tenancy, sides.near)

    assert run(go()) == installation.names.role(sides.near.slug, Wall.READ).encode()


def test_the_server_ends_what_its_process_has_forgotten(direct: Opened, run: Run) -> None:
    async def go() -> list[str]:
        async with direct(read_connections=1, read_connection_idle=60.0) as tenancy:
            names = (
                "idle_session_timeout",
                "idle_in_transaction_session_timeout",
                "default_transaction_read_only",
            )
            parts = ", ".join(f"current_setting('{name}')" for name in names)
            found: list[str] = json.loads(
                await tenancy.reader.platform(f"SELECT json_build_array({parts})", ())
            )
            return found

    assert run(go()) == ["2min", "10s", "on"]
