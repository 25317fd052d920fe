"""The outbox is all of the platform's that a district can touch: it may put a note in, signed by PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.kernel.tenancy.conftest import DONE, REFUSED, Sides, entered, outcomes

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall

Run = Callable[[Any], Any]

NOTE = "INSERT INTO platform.outbox (kind, reference) VALUES ('test.note', 'somewhere')"
FORGERIES = [
    "INSERT INTO platform.outbox (kind, reference, author) VALUES ('test.note', '', 'somebody else')",
    "INSERT INTO platform.outbox (kind, reference, author) VALUES ('test.note', '', DEFAULT)",
    "INSERT INTO platform.outbox (kind, reference, at) VALUES ('test.note', '', now())",
    "INSERT INTO platform.outbox (kind, reference, done_at) VALUES ('test.note', '', now())",
    "INSERT INTO platform.outbox (id, kind, reference) OVERRIDING SYSTEM VALUE VALUES (1, 'test.note', '')",
    "INSERT INTO platform.outbox (kind, reference) VALUES ('test.note', '') RETURNING id",
    "INSERT INTO platform.outbox (kind, reference) VALUES ('test.note', '') ON CONFLICT (id) DO UPDATE SET kind = 'x'",
    "SELECT count(*) FROM platform.outbox",
    "SELECT kind FROM platform.outbox",
    "UPDATE platform.outbox SET done_at = now()",
    "UPDATE platform.outbox SET author = 'somebody else'",
    "DELETE FROM platform.outbox",
    "TRUNCATE platform.outbox",
    "COPY platform.outbox TO STDOUT",
    "SELECT nextval('platform.outbox_id_seq')",
    "SELECT setval('platform.outbox_id_seq', 1)",
]


def test_a_writer_leaves_a_note_that_carries_its_own_name(
    way: Endpoint, installation: Installation, sides: Sides, run: Run
) -> None:
    async def go() -> list[tuple[str, str, str]]:
        connection = await way.connect()
        try:
            async with connection.transaction():
                await connection.execute(f'SET LOCAL ROLE "{sides.role(Wall.WRITE)}"')
                await connection.execute(NOTE)
        finally:
            await connection.close()
        async with installation.connection() as admin:
            rows = await admin.fetch(
                "DELETE FROM platform.outbox WHERE kind = 'test.note' RETURNING kind, reference, author"
            )
            return [tuple(row) for row in rows]

    assert run(go()) == [("test.note", "somewhere", sides.role(Wall.WRITE))]
    assert sides.names.slug_of_role(sides.role(Wall.WRITE)) == sides.near.slug


def test_the_author_is_whoever_writes_even_after_changing_roles(
    way: Endpoint, sides: Sides, run: Run
) -> None:
    """The default is taken when the row is made: a name set earlier or afterwards changes nothing."""

    async def go() -> str:
        async with entered(way, sides.names.role(sides.far.slug, Wall.WRITE)) as connection:
            await connection.execute(f'SET LOCAL ROLE "{sides.role(Wall.WRITE)}"')
            await connection.execute(NOTE)
            await connection.execute(f'SET LOCAL ROLE "{sides.names.platform_role(Wall.WRITE)}"')
            author: str = await connection.fetchval(
                "SELECT author FROM platform.outbox ORDER BY id DESC LIMIT 1"
            )
            return author

    assert run(go()) == sides.role(Wall.WRITE)


@pytest.mark.parametrize("wall", list(Wall))
def test_nothing_else_can_be_done_to_it(way: Endpoint, sides: Sides, wall: Wall, run: Run) -> None:
    found = run(outcomes(way, sides.role(wall), FORGERIES))
    assert {sql: state for sql, state in found.items() if state != REFUSED} == {}


def test_only_the_writer_may_leave_a_note(way: Endpoint, sides: Sides, run: Run) -> None:
    states = {wall: run(outcomes(way, sides.role(wall), [NOTE]))[NOTE] for wall in Wall}
    assert states == {Wall.WRITE: DONE, Wall.READ: REFUSED, Wall.AUDIT: REFUSED}
