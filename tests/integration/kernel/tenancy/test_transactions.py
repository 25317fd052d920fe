"""A write's transaction: begun with its role in one go, committed whole, or known not to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, text
from tests.integration.kernel.tenancy.conftest import Sides, clean, nobody

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.database.written import Written
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.names import Wall
from bangban.kernel.tenancy.tables import PolicyLineRow
from bangban.kernel.tenancy.tenancy import Tenancy

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
