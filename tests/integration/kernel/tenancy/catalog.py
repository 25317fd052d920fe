"""A schema as PostgreSQL's catalog describes it, with nothing in it that differs from one schema to the next."""

from __future__ import annotations

import asyncpg

_TABLES = """
    SELECT c.relname, c.relkind::text, c.relpersistence::text, c.relrowsecurity, c.reloptions::text
    FROM pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'S', 'v', 'm', 'p', 'f')
"""
# Before 17, a generated column is changed by making it anew, at another place than the script puts it.
_COLUMNS = """
    SELECT c.relname, a.attname,
           CASE WHEN current_setting('server_version_num')::int >= 170000 THEN a.attnum END,
           format_type(a.atttypid, a.atttypmod), a.attnotnull,
           a.attidentity::text, a.attgenerated::text, a.attstorage::text,
           (SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l
              JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = a.attcollation),
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r' AND a.attnum > 0
      AND (NOT a.attisdropped OR current_setting('server_version_num')::int >= 170000)
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid), condeferrable, convalidated
    FROM pg_constraint WHERE connamespace = $1::text::regnamespace
"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = $1"
_SEQUENCES = """
    SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle, cache_size
    FROM pg_sequences WHERE schemaname = $1
"""
_PRIVILEGES = """
    SELECT c.relname, '' AS column, g.grantee::regrole::text, g.privilege_type, g.is_grantable
    FROM pg_class c, aclexplode(c.relacl) g
    WHERE c.relnamespace = $1::text::regnamespace AND g.grantee <> c.relowner
    UNION ALL
    SELECT c.relname, a.attname, g.grantee::regrole::text, g.privilege_type, g.is_grantable
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
    WHERE c.relnamespace = $1::text::regnamespace
    UNION ALL
    SELECT n.nspname, '(schema)', g.grantee::regrole::text, g.privilege_type, g.is_grantable
    FROM pg_namespace n, aclexplode(n.nspacl) g WHERE n.nspname = $1 AND g.grantee <> n.nspowner
"""
_OTHERS = """
    SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = $1::text::regnamespace
    UNION ALL SELECT 'trigger', tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = $1::text::regnamespace AND NOT tgisinternal
    UNION ALL SELECT 'type', typname::text FROM pg_type
      WHERE typnamespace = $1::text::regnamespace AND typtype IN ('e', 'd')
    UNION ALL SELECT 'rule', rulename::text FROM pg_rules WHERE schemaname = $1
    UNION ALL SELECT 'policy', policyname::text FROM pg_policies WHERE schemaname = $1
"""
_PARTS = {
    "tables": _TABLES,
    "columns": _COLUMNS,
    "constraints": _CONSTRAINTS,
    "indexes": _INDEXES,
    "sequences": _SEQUENCES,
    "privileges": _PRIVILEGES,
    "others": _OTHERS,
}

Description = dict[str, set[str]]


async def describe(connection: asyncpg.Connection, schema: str) -> Description:
    """Everything in a schema, one line a fact; the schema's own name is written ``‹schema›``."""
    found: Description = {}
    for part, sql in _PARTS.items():
        rows = await connection.fetch(sql, schema)
        found[part] = {" | ".join(map(str, row)).replace(schema, "‹schema›") for row in rows}
    return found


def differences(one: Description, other: Description) -> dict[str, tuple[list[str], list[str]]]:
    """What only one of two has, by part."""
    return {
        part: (sorted(one[part] - other[part]), sorted(other[part] - one[part]))
        for part in one
        if one[part] != other[part]
    }
