"""Whatever happened on a lane before, a read runs as its own role, read only, and gives what PostgreSQL built."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from tests.integration.kernel.tenancy.conftest import (
    Here,
    Sides,
    clean,
    here_reading,
    lanes_afterwards,
    sessions,
    sign,
)
from tests.integration.kernel.tenancy.storms import Storm
from tests.wire import listening, tap

from bangban.kernel.access.principals import Principal
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

_LIMIT = "SELECT current_setting('statement_timeout')"

Run = Callable[[Any], Any]


@pytest.fixture(scope="module")
def six(installation: Installation, new_district: Callable[[str], District], run: Run) -> list[District]:
    """Six districts, each with a row that names it."""
    made = [new_district(f"lane-{uuid4().hex[:8]}") for _ in range(6)]
    for district in made:
        run(sign(installation, district))
    return made


@pytest.mark.parametrize("seed", range(3))
def test_in_any_storm_whoever_is_answered_is_answered_as_himself(
    way: Endpoint, installation: Installation, ring: KeyRing, six: list[District], seed: int, run: Run
) -> None:
    async def cutting(until: asyncio.Event) -> int:
        """Backends of the application's are ended, now this one and now that."""
        ended = 0
        async with installation.connection() as connection:
            while not until.is_set():
                ended += await connection.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity"
                    " WHERE usename = $1 AND datname = current_database() ORDER BY random() LIMIT 1) chosen",
                    installation.names.application,
                )
                await asyncio.sleep(0.02)
        return ended

    async def go() -> tuple[int, int]:
        limits = {"read_connections": 3, "write_connections": 1, "acquire_timeout": 20.0}
        async with sessions(way, installation, ring, **limits) as tenancy:
            storm = Storm(tenancy, six, random.Random(seed))
            over = asyncio.Event()
            knife = asyncio.create_task(cutting(over))
            await asyncio.gather(*(storm.one() for _ in range(150)))
            over.set()
            cut = await knife
            for district in six:  # and when it is over, as if nothing had been
                for _ in range(4):
                    await storm.read(district, Wall.READ)
            await lanes_afterwards(tenancy)
            return storm.answered, cut

    answered, cut = run(go())
    assert answered > 6
    assert cut > 0


def test_json_comes_as_the_bytes_that_postgresql_built(narrow: Tenancy, sides: Sides, run: Run) -> None:
    cases = {
        "SELECT json_build_object('区', '邹平', 'n', 1.50)": '{"区" : "邹平", "n" : 1.50}'.encode(),
        "SELECT JSON_OBJECT('a' VALUE 1 RETURNING json)": b'{"a" : 1}',
        "SELECT '{\"a\":   1}'::json": b'{"a":   1}',
        "SELECT '邹平'::text": "邹平".encode(),
        "SELECT NULL::json": None,
        "SELECT to_json(1) WHERE false": None,
    }
    for sql, wanted in cases.items():
        assert run(narrow.reader.district(sides.near.slug, Wall.READ, sql, ())) == wanted
        assert run(narrow.reader.platform(sql, ())) == wanted


def test_json_goes_in_as_text(narrow: Tenancy, sides: Sides, run: Run) -> None:
    sql = "SELECT $1::json -> 'a'"
    assert run(narrow.reader.district(sides.near.slug, Wall.READ, sql, ('{"a": [1, 2]}',))) == b"[1, 2]"


def test_a_district_with_a_limit_of_its_own_does_not_lend_it(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    async def go() -> tuple[Here, Here]:
        slug = sides.near.slug
        with pytest.raises(Unavailable):
            await narrow.reader.district(slug, Wall.READ, "SELECT pg_sleep(600)::text", (), timeout_ms=30)
        own = await narrow.reader.district(slug, Wall.READ, Here.SQL, (), timeout_ms=7_000)
        return Here(*json.loads(own)), await here_reading(narrow, sides, Wall.READ)

    own, usual = run(go())
    assert (own.timeout, usual.timeout) == ("7s", "20s")
    assert run(clean(narrow, way))


def test_the_limits_of_districts_hold_for_reading_and_for_writing(
    way: Endpoint, installation: Installation, ring: KeyRing, sides: Sides, run: Run
) -> None:
    limits: dict[str, Any] = {"statement_timeouts": {sides.near.slug: 9_000}, "statement_timeout_ms": 20_000}

    async def go() -> list[str]:
        found = []
        async with sessions(
            way, installation, ring, read_connections=1, write_connections=1, **limits
        ) as tenancy:
            for _ in range(2):  # on the same connections, one after the other
                for district in (sides.near, sides.far):
                    slug = district.slug
                    read = await tenancy.reader.district(slug, Wall.READ, _LIMIT, ())
                    async with tenancy.write(district, Principal.anonymous(district=slug)) as work:
                        written = await work.db.scalar(text(_LIMIT))
                    found += [read.decode(), str(written)]
        return found

    assert run(go()) == ["9s", "9s", "20s", "20s"] * 2


def test_a_statement_that_leaves_the_wall_harms_nobody_after_it(
    installation: Installation, ring: KeyRing, sides: Sides, run: Run
) -> None:
    """None of ours does; if one did, what comes next is refused by PostgreSQL and asked again as itself."""
    far = sides.names.role(sides.far.slug, Wall.READ)
    leaving = f"SELECT set_config('role', '{far}', false)"

    async def go() -> list[Any]:
        found = []
        async with sessions(installation.application, installation, ring, read_connections=1) as tenancy:
            for district in (sides.near, sides.far):
                await tenancy.reader.district(sides.near.slug, Wall.READ, leaving, ())
                sql = (
                    f"SELECT json_build_array(current_user, json_agg(reason)) FROM {district.schema}.closure"
                )
                found.append(json.loads(await tenancy.reader.district(district.slug, Wall.READ, sql, ())))
        return found

    assert run(go()) == [
        [sides.names.role(each.slug, Wall.READ), [each.slug]] for each in (sides.near, sides.far)
    ]


def test_a_district_that_is_made_anew_is_read_at_once(
    narrow: Tenancy, installation: Installation, new_district: Callable[[str], District], run: Run
) -> None:
    """A lane stands there as the role that is gone, with statements prepared on tables that are."""
    slug = f"anew-{uuid4().hex[:8]}"
    district = new_district(slug)
    sql = f"SELECT json_agg(reason) FROM {district.schema}.closure"
    run(sign(installation, district))
    assert json.loads(run(narrow.reader.district(slug, Wall.READ, sql, ()))) == [slug]
    run(installation.drop_district(slug))
    new_district(slug)
    assert run(narrow.reader.district(slug, Wall.READ, sql, ())) is None
    run(sign(installation, district))
    assert json.loads(run(narrow.reader.district(slug, Wall.READ, sql, ()))) == [slug]


def test_a_statement_stays_right_when_its_table_changes(
    narrow: Tenancy, installation: Installation, new_district: Callable[[str], District], run: Run
) -> None:
    """Prepared on a lane, and its result has another type from then on."""
    district = new_district(f"altered-{uuid4().hex[:8]}")
    sql = f"SELECT reason FROM {district.schema}.closure"
    run(sign(installation, district))
    wanted = district.slug.encode()
    assert run(narrow.reader.district(district.slug, Wall.READ, sql, ())) == wanted

    async def alter() -> None:
        async with installation.connection() as connection:
            await connection.execute(
                f"ALTER TABLE {district.schema}.closure ALTER COLUMN reason TYPE varchar(200)"
            )

    run(alter())
    assert run(narrow.reader.district(district.slug, Wall.READ, sql, ())) == wanted


def test_a_lane_that_stands_there_is_asked_with_one_statement(
    way: Endpoint,
    installation: Installation,
    ring: KeyRing,
    sides: Sides,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
) -> None:
    tap(monkeypatch)

    async def go() -> tuple[list[str], list[str]]:
        async with sessions(way, installation, ring, read_connections=1) as tenancy:
            await here_reading(tenancy, sides, Wall.READ)
            with listening() as again:
                await here_reading(tenancy, sides, Wall.READ)
            with listening() as other:
                await here_reading(tenancy, sides, Wall.AUDIT)
            return again, other

    again, other = run(go())
    if way.pooled:
        assert [text.split()[0] for text in again] == ["(a", "BEGIN", "SELECT", "COMMIT"]
    else:
        assert [text.split()[0] for text in again] == ["(a", "SELECT"]
        assert [text.split()[:2] for text in other][1] == ["SET", "ROLE"]
