"""Cancelled, late, cut off, too many at once: each ends in a refusal at most, and never in somebody's leftovers."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from tests.integration.kernel.tenancy.conftest import (
    Here,
    Sides,
    clean,
    here_reading,
    here_writing,
    nobody,
    sessions,
)
from tests.integration.kernel.tenancy.long_statements import (
    Long,
    everything_long,
    long_read,
    long_write,
    napping,
)
from tests.pooler import pgbouncer

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.lane import LaneBounds
from bangban.kernel.tenancy.lanes import Lanes
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]


@everything_long
def test_a_cancelled_request_ends_its_statement_and_leaves_a_clean_connection(
    narrow: Tenancy, installation: Installation, way: Endpoint, sides: Sides, long: Long, run: Run
) -> None:
    async def go() -> tuple[str, str]:
        task = asyncio.create_task(long(narrow, sides))  # type: ignore[arg-type]  # a coroutine function's
        await napping(installation, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await napping(installation, 0)
        reading = await here_reading(narrow, sides, Wall.AUDIT)
        return reading.user, (await here_writing(narrow, sides)).user

    assert run(go()) == (sides.role(Wall.AUDIT), sides.role(Wall.WRITE))
    assert run(clean(narrow, way))


@pytest.mark.parametrize("seed", range(2))
def test_wherever_a_request_is_cancelled_the_next_one_is_itself(
    narrow: Tenancy, way: Endpoint, sides: Sides, seed: int, run: Run
) -> None:
    """Cancelled after 0, 1, 2, … turns of the loop, so at each await in turn, in a random order of kinds."""
    chance = random.Random(seed)

    async def go() -> None:
        for turns in range(40):
            doing = chance.choice(
                [
                    lambda: here_reading(narrow, sides, Wall.READ),
                    lambda: here_reading(narrow, sides, Wall.AUDIT),
                    lambda: here_writing(narrow, sides),
                ]
            )
            task = asyncio.create_task(doing())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            here = await here_reading(narrow, sides, Wall.READ)
            assert here.user == sides.role(Wall.READ)
            assert (await here_writing(narrow, sides)).user == sides.role(Wall.WRITE)

    run(go())
    assert run(clean(narrow, way))


@everything_long
def test_a_statement_that_takes_too_long_is_ended_and_called_unavailable(
    way: Endpoint, installation: Installation, ring: KeyRing, sides: Sides, long: Long, run: Run
) -> None:
    async def go() -> tuple[str, str]:
        limits = {"read_connections": 1, "write_connections": 1, "statement_timeout_ms": 100}
        async with sessions(way, installation, ring, **limits) as tenancy:
            with pytest.raises(Unavailable):
                await long(tenancy, sides)
            found = (
                (await here_reading(tenancy, sides, Wall.READ)).user,
                (await here_writing(tenancy, sides)).user,
            )
            await clean(tenancy, way)
            return found

    assert run(go()) == (sides.role(Wall.READ), sides.role(Wall.WRITE))


def test_who_gets_no_connection_in_time_is_told_to_come_back(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    async def reading() -> None:
        lanes = narrow.reader.lanes
        lane = lanes.find(narrow.reader._platform)
        assert lane is not None
        try:
            await here_reading(narrow, sides, Wall.READ)
        finally:
            lanes.give(lane)

    async def writing() -> None:
        async with narrow._engine.connect():
            await here_writing(narrow, sides)

    for exhausted in (reading, writing):
        with pytest.raises(Unavailable):
            run(exhausted())
    assert run(clean(narrow, way))


def test_who_waits_too_long_in_the_pooler_is_told_to_come_back(
    installation: Installation, ring: KeyRing, sides: Sides, run: Run
) -> None:
    """The process has connections to spare, the pooler has none."""

    async def go(endpoint: Endpoint) -> str:
        async with sessions(endpoint, installation, ring, acquire_timeout=0.3) as tenancy:
            await here_writing(tenancy, sides)
            busy = asyncio.create_task(long_write(tenancy, sides))
            await napping(installation, 1)
            with pytest.raises(Unavailable):
                await here_reading(tenancy, sides, Wall.READ)
            with pytest.raises(Unavailable):
                await here_writing(tenancy, sides)
            busy.cancel()
            await asyncio.gather(busy, return_exceptions=True)
            await napping(installation, 0)
            return (await here_reading(tenancy, sides, Wall.READ)).user

    with pgbouncer(installation.application, size=1) as address:
        assert run(go(installation.application.through(address))) == sides.role(Wall.READ)


def test_a_database_that_is_away_is_unavailable_and_then_back(
    way: Endpoint, installation: Installation, ring: KeyRing, sides: Sides, run: Run
) -> None:
    """Its connections are cut while idle and while at work; nobody meets more than UNAVAILABLE."""

    async def cut() -> int:
        async with installation.connection() as connection:
            ended: int = await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
                " WHERE usename = $1 AND datname = current_database()",
                installation.names.application,
            )
            return ended

    async def tolerant(doing: Awaitable[Here]) -> str | None:
        try:
            return (await doing).user
        except Unavailable:
            return None

    async def go() -> tuple[list[str], list[str | None]]:
        async with sessions(way, installation, ring, read_connections=1, write_connections=1) as tenancy:
            await here_reading(tenancy, sides, Wall.READ)
            await here_writing(tenancy, sides)
            busy = [asyncio.create_task(each(tenancy, sides)) for each in (long_read, long_write)]
            await napping(installation, 2)
            assert await cut() >= 2
            problems = [type(each).__name__ for each in await asyncio.gather(*busy, return_exceptions=True)]
            await cut()
            for _ in range(3):
                last = [
                    await tolerant(here_reading(tenancy, sides, Wall.READ)),
                    await tolerant(here_writing(tenancy, sides)),
                ]
            return problems, last

    problems, last = run(go())
    assert problems == ["Unavailable", "Unavailable"]
    assert last == [sides.role(Wall.READ), sides.role(Wall.WRITE)]


def test_a_server_that_cannot_be_reached_is_unavailable(
    installation: Installation, ring: KeyRing, sides: Sides, run: Run
) -> None:
    async def go() -> list[str]:
        async with sessions(installation.application, installation, ring) as tenancy:
            nowhere = installation.application.through("127.0.0.1:1")
            await tenancy.rules(sides.near)
            tenancy._engine = nowhere.engine(size=1)
            lanes = Lanes.to(replace(nowhere, pooled=False), LaneBounds())
            tenancy.reader = Reader(lanes, installation.names, statement_timeout_ms=1000)
            problems = []
            for doing in (here_reading(tenancy, sides, Wall.READ), here_writing(tenancy, sides)):
                with pytest.raises(Unavailable) as found:
                    await doing
                problems.append(type(found.value.__cause__).__name__)
            return problems

    assert run(go()) == ["ConnectionRefusedError", "ConnectionRefusedError"]


@pytest.fixture(autouse=True)
def quiet(installation: Installation, run: Run) -> Iterator[None]:
    """No test leaves a statement running."""
    yield
    run(napping(installation, 0))


def test_an_error_of_the_callers_own_is_no_unavailability(narrow: Tenancy, sides: Sides, run: Run) -> None:
    async def go() -> None:
        async with narrow.write(sides.near, nobody(sides.near)):
            raise FileNotFoundError("of its own")

    with pytest.raises(FileNotFoundError):
        run(go())
    with pytest.raises(asyncpg.UndefinedFunctionError):
        run(narrow.reader.district(sides.near.slug, Wall.READ, "SELECT no_such_thing()", ()))
    assert json.loads(run(narrow.reader.district(sides.near.slug, Wall.READ, Here.SQL, ())))
