"""What a district's roles may do, compared with what the models say: granted anew only where the two differ.

Granting everything anew writes each readable column's row in PostgreSQL's catalog three times over, in each district
and with each migration, whatever the migration was about. Looking first is one statement.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any, Final, NamedTuple

from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import hidden_from_auditors, hidden_from_readers
from bangban.kernel.tenancy.names import Names, Wall, quoted
from bangban.kernel.tenancy.provisioning import schema_grant, table_grants, writer_rights

# The schema itself stands among its relations under a name that none of them can have.
_SCHEMA: Final = ""
_GRANTED: Final = """
WITH place AS MATERIALIZED (
    SELECT oid, nspacl FROM pg_namespace WHERE nspname = $1
), relation AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relacl FROM place JOIN pg_class c ON c.relnamespace = place.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
), granted AS (
    SELECT '' AS relation, '' AS "column", (aclexplode(nspacl)).* FROM place
    UNION ALL
    SELECT relname, '', (aclexplode(relacl)).* FROM relation
    UNION ALL
    SELECT relname, attname, (aclexplode(attacl)).*
    FROM relation JOIN pg_attribute ON attrelid = relation.oid AND attacl IS NOT NULL AND NOT attisdropped
)
SELECT relation, "column", rolname AS role, privilege_type AS privilege, is_grantable AS grantable
FROM granted JOIN pg_roles ON pg_roles.oid = grantee WHERE rolname = ANY($2)
"""


class Right(NamedTuple):
    """One privilege of one of the three roles. ``column`` is empty where it is the whole relation's."""

    column: str
    wall: Wall
    privilege: str
    grantable: bool = False


@lru_cache(maxsize=1)
def expected_rights() -> dict[str, frozenset[Right]]:
    """What the models say, by table; the schema's own are there, too."""
    rights = {_SCHEMA: frozenset(Right("", wall, "USAGE") for wall in Wall)}
    for table in TenantBase.metadata.sorted_tables:
        found = {Right("", Wall.WRITE, each) for each in writer_rights(table)}
        found |= {
            Right(each.name, Wall.READ, "SELECT") for each in table.columns if not hidden_from_readers(each)
        }
        found |= {
            Right(each.name, Wall.AUDIT, "SELECT") for each in table.columns if not hidden_from_auditors(each)
        }
        rights[table.name] = frozenset(found)
    return rights


async def wrong_privileges(driver: Any, names: Names, slug: str) -> list[str]:
    """Relations of a district on which its roles have more or less than the models say, by asyncpg's connection."""
    walls = {names.role(slug, wall): wall for wall in Wall}
    found: defaultdict[str, set[Right]] = defaultdict(set)
    for row in await driver.fetch(_GRANTED, names.schema(slug), list(walls)):
        found[row["relation"]].add(
            Right(row["column"], walls[row["role"]], row["privilege"], row["grantable"])
        )
    expected = expected_rights()
    return sorted(
        each for each in expected.keys() | found.keys() if found[each] != expected.get(each, frozenset())
    )


def mending_statements(names: Names, slug: str, wrong: list[str]) -> list[str]:
    """What gives these relations the privileges that the models say, from nothing."""
    schema = quoted(names.schema(slug))
    roles = ", ".join(quoted(names.role(slug, wall)) for wall in Wall)
    tables = {table.name: table for table in TenantBase.metadata.sorted_tables}
    statements = []
    for each in wrong:
        if each == _SCHEMA:
            statements += [f"REVOKE ALL ON SCHEMA {schema} FROM {roles}", schema_grant(names, slug)]
            continue
        # With a table's privileges, REVOKE takes those of its columns back as well.
        statements.append(f"REVOKE ALL ON {schema}.{quoted(each)} FROM {roles}")
        if each in tables:
            statements += table_grants(tables[each], names, slug)
    return statements
