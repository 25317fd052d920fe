"""Every path runs as the role it should, in the district it should, and leaves nothing of either behind."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from tests.integration.kernel.tenancy.conftest import (
    Here,
    Sides,
    clean,
    entered,
    here_on_the_platform,
    here_reading,
    here_writing,
    nobody,
)

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.provisioning import SCHEMA_MARK
from bangban.kernel.tenancy.tables import ClosureRow, PolicyLineRow
from bangban.kernel.tenancy.tenancy import Tenancy

Run = Callable[[Any], Any]

UNDEFINED_TABLE = "42P01"


@pytest.mark.parametrize("wall", [Wall.READ, Wall.AUDIT])
def test_a_read_runs_as_the_districts_role_read_only_and_bounded(
    narrow: Tenancy, way: Endpoint, sides: Sides, wall: Wall, run: Run
) -> None:
    here = run(here_reading(narrow, sides, wall))
    assert here == Here(sides.role(wall), sides.names.application, "on", "20s", "UTC", "off")
    assert run(clean(narrow, way))


def test_a_write_runs_as_the_districts_writer_and_bounded(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    here = run(here_writing(narrow, sides))
    assert here == Here(sides.role(Wall.WRITE), sides.names.application, "off", "20s", "UTC", "off")
    assert run(clean(narrow, way))


def test_the_platforms_reads_and_writes_have_roles_of_their_own(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    names = sides.names
    reading = Here(*json.loads(run(narrow.reader.platform(Here.SQL, ()))))
    assert reading == Here(names.platform_role(Wall.READ), names.application, "on", "20s", "UTC", "off")
    writing = run(here_on_the_platform(narrow))
    assert writing == Here(names.platform_role(Wall.WRITE), names.application, "off", "20s", "UTC", "off")
    registry = run(narrow.registry._fetch(Here.SQL))
    assert Here(*json.loads(registry[0][0])).user == names.platform_role(Wall.WRITE)
    assert run(clean(narrow, way))


def test_reads_and_writes_find_the_districts_own_rows_and_only_those(
    narrow: Tenancy, sides: Sides, run: Run
) -> None:
    async def go() -> list[tuple[list[str], list[str]]]:
        found = []
        for district in (sides.near, sides.far, sides.near):
            sql = f"SELECT json_agg(reason)::text FROM {district.schema}.closure"
            read = json.loads(await narrow.reader.district(district.slug, Wall.READ, sql, ()))
            async with narrow.write(district, nobody(district)) as work:
                found.append((read, list(await work.db.scalars(select(ClosureRow.reason)))))
        return found

    near, far, again = run(go())
    assert near == again == ([sides.near.slug], [sides.near.slug])
    assert far == ([sides.far.slug], [sides.far.slug])


def test_a_read_under_the_wrong_districts_role_is_refused(narrow: Tenancy, sides: Sides, run: Run) -> None:
    """A plan rendered for one district and run for another: the mistake that the wall is there for."""
    sql = f"SELECT json_agg(reason)::text FROM {sides.far.schema}.closure"
    for wall in (Wall.READ, Wall.AUDIT):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            run(narrow.reader.district(sides.near.slug, wall, sql, ()))


def test_a_write_translated_to_the_wrong_district_is_refused(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    async def go() -> None:
        async with narrow._session(sides.role(Wall.WRITE), sides.far.schema) as db:
            await db.execute(select(ClosureRow))

    with pytest.raises(ProgrammingError) as refused:
        run(go())
    assert refused.value.orig is not None
    assert refused.value.orig.sqlstate == "42501"  # type: ignore[attr-defined]  # asyncpg's own
    assert run(clean(narrow, way))


# ---------------------------------------------------------------------- sessions that forgot their district


def test_the_sentinel_schema_does_not_exist(way: Endpoint, run: Run) -> None:
    async def go() -> Any:
        async with entered(way) as connection:
            return await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant%'")

    assert run(go()) == []


def test_a_session_without_a_district_cannot_reach_any(narrow: Tenancy, way: Endpoint, run: Run) -> None:
    async def go() -> None:
        async with narrow.platform() as db:
            await db.execute(select(ClosureRow))

    with pytest.raises(ProgrammingError) as failed:
        run(go())
    assert failed.value.orig is not None
    assert failed.value.orig.sqlstate == UNDEFINED_TABLE  # type: ignore[attr-defined]  # asyncpg's own
    assert run(clean(narrow, way))


def test_a_write_without_a_district_fails_as_well(narrow: Tenancy, way: Endpoint, run: Run) -> None:
    async def go() -> None:
        async with narrow.platform() as db:
            db.add(PolicyLineRow(id=new_id(), role="r", level="*", object="o", action="a", effect="allow"))

    with pytest.raises(ProgrammingError):
        run(go())
    assert run(clean(narrow, way))


@pytest.mark.parametrize(
    ("forgotten", "problem"),
    [
        (f"SELECT count(*)::text FROM {SCHEMA_MARK}.closure", asyncpg.PostgresSyntaxError),
        ("SELECT count(*)::text FROM tenant.closure", asyncpg.UndefinedTableError),
        ("SELECT count(*)::text FROM closure", asyncpg.UndefinedTableError),
    ],
)
def test_a_plan_that_was_not_told_its_district_fails(
    narrow: Tenancy, way: Endpoint, sides: Sides, forgotten: str, problem: type[Exception], run: Run
) -> None:
    with pytest.raises(problem):
        run(narrow.reader.district(sides.near.slug, Wall.READ, forgotten, ()))
    assert run(clean(narrow, way))


def test_a_session_that_forgot_its_role_may_do_nothing(way: Endpoint, sides: Sides, run: Run) -> None:
    async def go() -> None:
        engine = way.engine(size=1)
        try:
            async with engine.connect() as bare:
                translate = {"tenant": sides.near.schema}
                connection = await bare.execution_options(schema_translate_map=translate)
                await connection.execute(select(ClosureRow))
        finally:
            await engine.dispose()

    with pytest.raises(ProgrammingError, match="permission denied for schema"):
        run(go())


# ---------------------------------------------------------------------- after trouble


async def failing_read(tenancy: Tenancy, sides: Sides) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await tenancy.reader.district(sides.near.slug, Wall.READ, "SELECT (1 / $1::int)::text", (0,))


async def writing_while_reading(tenancy: Tenancy, sides: Sides) -> None:
    sql = f"DELETE FROM {sides.near.schema}.closure RETURNING reason"
    for wall in (Wall.READ, Wall.AUDIT):
        with pytest.raises((asyncpg.ReadOnlySQLTransactionError, asyncpg.InsufficientPrivilegeError)):
            await tenancy.reader.district(sides.near.slug, wall, sql, ())
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):  # its role could
        await tenancy.registry._fetch("DELETE FROM platform.holiday RETURNING day")


async def breaking_a_rule(tenancy: Tenancy, sides: Sides) -> None:
    with pytest.raises(IntegrityError):
        async with tenancy.write(sides.near, nobody(sides.near)) as work:
            work.db.add(
                PolicyLineRow(id=new_id(), role="r", level="*", object="o", action="a", effect="perhaps")
            )


async def raising_in_a_write(tenancy: Tenancy, sides: Sides) -> None:
    with pytest.raises(RuntimeError, match="of its own"):  # noqa: PT012 - it ends the block
        async with tenancy.write(sides.near, nobody(sides.near)) as work:
            work.db.add(
                PolicyLineRow(id=new_id(), role="r", level="*", object="o", action="a", effect="deny")
            )
            work.announce("test.never", "")
            await work.db.flush()
            raise RuntimeError("of its own")


async def raising_on_the_platform(tenancy: Tenancy, _: Sides) -> None:
    with pytest.raises(RuntimeError, match="of its own"):  # noqa: PT012 - it ends the block
        async with tenancy.platform() as db:
            await db.execute(text("INSERT INTO platform.holiday VALUES ('2099-01-01', false, 'test')"))
            raise RuntimeError("of its own")


async def a_role_that_is_gone(tenancy: Tenancy, _: Sides) -> None:
    with pytest.raises(asyncpg.PostgresError, match="does not exist"):
        await tenancy.reader.district("never-was", Wall.READ, Here.SQL, ())


@pytest.mark.parametrize(
    "trouble",
    [
        failing_read,
        writing_while_reading,
        breaking_a_rule,
        raising_in_a_write,
        raising_on_the_platform,
        a_role_that_is_gone,
    ],
)
def test_after_trouble_the_next_user_of_the_connection_starts_clean(
    narrow: Tenancy,
    way: Endpoint,
    sides: Sides,
    trouble: Callable[[Tenancy, Sides], Awaitable[None]],
    run: Run,
) -> None:
    async def go() -> tuple[str, str]:
        await trouble(narrow, sides)
        reading = await here_reading(narrow, sides, Wall.AUDIT)
        writing = await here_writing(narrow, sides)
        return reading.user, writing.user

    assert run(go()) == (sides.role(Wall.AUDIT), sides.role(Wall.WRITE))
    assert run(clean(narrow, way))


def test_nothing_of_what_was_raised_about_was_kept(narrow: Tenancy, sides: Sides, run: Run) -> None:
    async def go() -> tuple[int, int, int]:
        async with narrow.write(sides.near, nobody(sides.near)) as work:
            lines = len((await work.db.scalars(select(PolicyLineRow))).all())
        async with narrow.platform() as db:
            notes = await db.scalar(text("SELECT count(*) FROM platform.outbox WHERE kind = 'test.never'"))
            days = await db.scalar(text("SELECT count(*) FROM platform.holiday WHERE source = 'test'"))
        return lines, notes, days

    assert run(go()) == (0, 0, 0)
