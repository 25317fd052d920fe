"""What an empty district takes, in files and bytes (docs/footprint.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bangban.kernel.database.base import TenantBase
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District

MOST_BYTES = 32 * 1024  # for each table, its indexes and TOAST included
MOST_RELATIONS = 6  # for each table: itself, TOAST with its index, the primary key and two more


def test_an_empty_district_is_small(
    installation: Installation, district: District, run: Callable[[Any], Any]
) -> None:
    async def measured() -> Any:
        async with installation.connection() as connection:
            return await connection.fetchrow(
                "SELECT sum(pg_total_relation_size(c.oid)) FILTER (WHERE c.relkind = 'r') AS bytes,"
                " count(*) + count(*) FILTER (WHERE c.reltoastrelid <> 0) * 2 AS relations"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1",
                district.schema,
            )

    tables = len(TenantBase.metadata.sorted_tables)
    found = run(measured())
    assert found["bytes"] <= MOST_BYTES * tables
    assert found["relations"] <= MOST_RELATIONS * tables
