"""A write's transaction: begun with its role in one go, committed whole, or known not to be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, text
from tests.integration.kernel.tenancy.conftest import Sides, clean, nobody

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.database.written import Written
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import PolicyLineRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import audit_latch

Run = Callable[[Any], Any]

LINES = Written(select(PolicyLineRow.role))


def line(role: str) -> PolicyLineRow:
    return PolicyLineRow(id=new_id(), role=role, level="*", object="o", action="a", effect="deny")


def test_the_driver_and_the_session_are_in_the_same_role_and_transaction(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    async def go() -> tuple[str, str, bool]:
        async with narrow.write(sides.near, nobody(sides.near)) as work:
            first: str = await work.driver.fetchval("SELECT current_user::text || txid_current()::text")
            second = await work.db.scalar(text("SELECT current_user::text || txid_current()::text"))
            return first, str(second), work.driver.is_in_transaction()

    first, second, inside = run(go())
    assert first == second
    assert first.startswith(sides.role(Wall.WRITE))
    assert inside
    assert run(clean(narrow, way))


def test_a_written_statement_sees_what_the_session_was_given(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    async def go() -> list[str]:
        with pytest.raises(LookupError):  # noqa: PT012 - it ends the block, and nothing is kept
            async with narrow.write(sides.near, nobody(sides.near)) as work:
                work.db.add(line("seen"))
                found = [row.role for row in await work.run(LINES)]
                raise LookupError
        return found

    assert "seen" in run(go())
    assert run(clean(narrow, way))


def test_a_failure_that_was_swallowed_is_not_taken_for_a_commit(
    narrow: Tenancy, way: Endpoint, sides: Sides, run: Run
) -> None:
    async def go() -> list[str]:
        with pytest.raises(RuntimeError, match="a statement failed"):  # noqa: PT012 - the block's end raises
            async with narrow.write(sides.near, nobody(sides.near)) as work:
                work.db.add(line("lost"))
                await work.db.flush()
                with pytest.raises(asyncpg.DivisionByZeroError):
                    await work.driver.fetchval("SELECT 1 / $1::int", 0)
        async with narrow.write(sides.near, nobody(sides.near)) as work:
            return [row.role for row in await work.run(LINES)]

    assert "lost" not in run(go())
    assert run(clean(narrow, way))


def test_an_entry_takes_its_number_only_when_the_lock_is_held(
    narrow: Tenancy, installation: Installation, way: Endpoint, sides: Sides, run: Run
) -> None:
    """Else the sealer, which holds the lock alone, could miss a number that is on its way."""
    last = f"SELECT last_value FROM {sides.near.schema}.audit_entry_seq_seq"
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

    async def record() -> None:
        async with narrow.write(sides.near, nobody(sides.near)) as work:
            work.record(action="system:test", object="test")

    async def go() -> tuple[int, int, int]:
        await record()  # the sequence is in use
        async with installation.connection() as sealer, asyncio.timeout(60):
            async with sealer.transaction():
                await sealer.execute("SELECT pg_advisory_xact_lock($1)", audit_latch(sides.near.schema))
                before = await sealer.fetchval(last)
                writer = asyncio.create_task(record())
                while not await sealer.fetchval(waiting):
                    pass
                during = await sealer.fetchval(last)
            await writer
            return before, during, await sealer.fetchval(last)

    before, during, after = run(go())
    assert (during, after) == (before, before + 1)
    assert run(clean(narrow, way))
