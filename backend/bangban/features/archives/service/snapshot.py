"""A district standing still: what an archive reads, while others go on writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from bangban.features.archives.service.dumping import STEADY
from bangban.features.archives.service.structure import Table, tables_in, target
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.registry import District


@asynccontextmanager
async def snapshot(
    installation: Installation, district: District
) -> AsyncIterator[tuple[asyncpg.Connection, list[Table], dict[str, int | None]]]:
    """A transaction in which the district stands still, as its writing role, which alone reads all columns.

    With it the tables, and the last number that each identity gave, which is never below one that is seen.
    """
    connection = await installation.application.connect()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            role = quoted(installation.names.role(district.slug, Wall.WRITE))
            await connection.execute(f"SET LOCAL ROLE {role}; SET LOCAL lock_timeout = 10000")
            await connection.execute(STEADY)
            tables = await tables_in(connection, district.schema)
            names = ", ".join(target(district.schema, each.name) for each in tables)
            await connection.execute(f"LOCK TABLE {names} IN ACCESS SHARE MODE")
            async with installation.connection() as admin:
                numbers = {
                    each.name: await _last_number(admin, district.schema, each.name, each.identity)
                    for each in tables
                    if each.identity is not None
                }
            yield connection, tables, numbers
    finally:
        await connection.close()


async def _last_number(admin: asyncpg.Connection, schema: str, table: str, column: str) -> int | None:
    """The last number that an identity gave; None before the first. For the owner of the sequence."""
    last: int | None = await admin.fetchval(
        "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)",
        target(schema, table),
        column,
    )
    return last
