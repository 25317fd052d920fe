"""The structure of many districts' schemas from PostgreSQL's catalog: one statement, one fact a line.

A fact has a kind, an object and what is so about it, with nothing in it that differs from one district to the next:
the schema's name is left out, roles are called by their side of the wall, and columns have no place in their table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from bangban.kernel.tenancy.names import Names, Wall

Facts = dict[tuple[str, str], str]
"""What is so about each object, by kind and name."""

_LINES: Final = """
WITH place AS MATERIALIZED (
    SELECT p.schema, p.rw, p.ro, p.audit, n.oid AS ns, n.nspowner, n.nspacl, quote_ident(p.schema) || '.' AS before
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS p(schema, rw, ro, audit)
    JOIN pg_namespace n ON n.nspname = p.schema
), owner AS MATERIALIZED (
    SELECT nspowner AS own FROM pg_namespace WHERE nspname = 'platform'
), relation AS MATERIALIZED (
    SELECT p.*, c.oid, c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.reloptions, c.relowner, c.relacl
    FROM place p JOIN pg_class c ON c.relnamespace = p.ns
), grants AS (
    SELECT schema, rw, ro, audit, relname::text AS object, (aclexplode(relacl)).* FROM relation
    UNION ALL
    SELECT r.schema, r.rw, r.ro, r.audit, r.relname || '.' || a.attname, (aclexplode(a.attacl)).*
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p')
    UNION ALL
    SELECT schema, rw, ro, audit, '(schema)', (aclexplode(nspacl)).* FROM place
), line AS (
    SELECT schema, 'schema' AS kind, '(schema)' AS object,
           'owner ' || CASE WHEN nspowner = own THEN 'installation' ELSE nspowner::regrole::text END AS fact
    FROM place, owner
    UNION ALL
    SELECT schema, 'table', relname,
           concat_ws(' ', relkind, relpersistence, CASE WHEN relrowsecurity THEN 'row security' END, reloptions::text,
                     CASE WHEN relowner = own THEN 'installation' ELSE relowner::regrole::text END)
    FROM relation, owner WHERE relkind IN ('r', 'p', 'S', 'v', 'm', 'f')
    UNION ALL
    SELECT r.schema, 'column', r.relname || '.' || a.attname,
           concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                     'collate ' || nullif(a.attcollation, 0)::regcollation::text,
                     'identity ' || nullif(a.attidentity::text, ''),
                     'generated ' || nullif(a.attgenerated::text, ''),
                     'default ' || replace(pg_get_expr(d.adbin, d.adrelid), r.before, ''))
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p')
    UNION ALL
    SELECT r.schema, 'constraint', r.relname || '.' || k.conname,
           concat_ws(' ', replace(pg_get_constraintdef(k.oid), r.before, ''),
                     CASE WHEN k.condeferrable THEN 'deferrable' END, CASE WHEN NOT k.convalidated THEN 'not valid' END)
    FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype <> 'n'
    UNION ALL
    SELECT r.schema, 'index', t.relname || '.' || r.relname,
           concat_ws(' ', replace(pg_get_indexdef(r.oid), r.before, ''), CASE WHEN NOT i.indisvalid THEN 'invalid' END)
    FROM relation r JOIN pg_index i ON i.indexrelid = r.oid JOIN pg_class t ON t.oid = i.indrelid
    UNION ALL
    SELECT r.schema, 'sequence', r.relname,
           concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqmin, s.seqmax, s.seqincrement, s.seqcycle)
    FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
    UNION ALL
    SELECT schema, 'privilege', object || ' ' || who, string_agg(privilege, ', ' ORDER BY privilege)
    FROM (
        SELECT schema, object, privilege_type || CASE WHEN is_grantable THEN ' with grant' ELSE '' END AS privilege,
               CASE WHEN grantee = 0 THEN 'PUBLIC' WHEN rolname = rw THEN 'rw' WHEN rolname = ro THEN 'ro'
                    WHEN rolname = audit THEN 'audit' ELSE rolname END AS who
        FROM grants LEFT JOIN pg_roles ON pg_roles.oid = grantee, owner WHERE grantee <> own
    ) AS granted GROUP BY schema, object, who
    UNION ALL
    SELECT p.schema, 'role', wall,
           concat_ws(' ', CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolinherit THEN 'inherit' END,
                     CASE WHEN rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
                          THEN 'more than a role may' END,
                     (SELECT string_agg(CASE WHEN set_option THEN 'set ' ELSE '' END
                                        || CASE WHEN inherit_option THEN 'inherit ' ELSE '' END
                                        || member::regrole::text, ', ' ORDER BY member::regrole::text)
                      FROM pg_auth_members WHERE roleid = role.oid AND member <> own),
                     (SELECT 'in ' || string_agg(roleid::regrole::text, ', ' ORDER BY roleid::regrole::text)
                      FROM pg_auth_members WHERE member = role.oid))
    FROM place p CROSS JOIN LATERAL (VALUES ('rw', rw), ('ro', ro), ('audit', audit)) AS side(wall, name)
    JOIN pg_roles role ON role.rolname = side.name, owner
    UNION ALL
    SELECT schema, 'other', 'function ' || proname, pg_get_function_identity_arguments(f.oid)
    FROM place JOIN pg_proc f ON f.pronamespace = ns
    UNION ALL
    SELECT schema, 'other', 'trigger ' || relname || '.' || tgname, pg_get_triggerdef(g.oid)
    FROM relation JOIN pg_trigger g ON g.tgrelid = relation.oid AND NOT tgisinternal
    UNION ALL
    SELECT schema, 'other', 'type ' || typname, typtype::text
    FROM place JOIN pg_type y ON y.typnamespace = ns AND y.typtype IN ('e', 'd', 'r')
    UNION ALL
    SELECT schema, 'other', 'policy ' || relname || '.' || polname, polcmd::text
    FROM relation JOIN pg_policy y ON y.polrelid = relation.oid
    UNION ALL
    SELECT schema, 'other', 'rule ' || relname || '.' || rulename, ev_type::text
    FROM relation JOIN pg_rewrite w ON w.ev_class = relation.oid
)
"""
_FINGERPRINTS: Final = (
    _LINES
    + """
SELECT schema, md5(string_agg(concat_ws('|', kind, object, fact), E'\\n'
                              ORDER BY kind COLLATE "C", object COLLATE "C", fact COLLATE "C")) AS fingerprint
FROM line WHERE $5 OR kind NOT IN ('privilege', 'role') GROUP BY schema
"""
)
_FACTS: Final = (
    _LINES
    + """
SELECT kind, object, fact FROM line WHERE $5 OR kind NOT IN ('privilege', 'role')
"""
)


def _places(names: Names, slugs: Sequence[str]) -> list[list[str]]:
    roles = [[names.role(slug, wall) for slug in slugs] for wall in (Wall.WRITE, Wall.READ, Wall.AUDIT)]
    return [[names.schema(slug) for slug in slugs], *roles]


async def fingerprints(
    connection: asyncpg.Connection, names: Names, slugs: Sequence[str], *, privileges: bool = True
) -> dict[str, str]:
    """A digest of each district's facts, by slug; one that has no schema is left out."""
    rows = await connection.fetch(_FINGERPRINTS, *_places(names, slugs), privileges)
    found = {row["schema"]: row["fingerprint"] for row in rows}
    return {slug: found[names.schema(slug)] for slug in slugs if names.schema(slug) in found}


async def facts_of(
    connection: asyncpg.Connection, names: Names, slug: str, *, privileges: bool = True
) -> Facts:
    """Every fact of one district."""
    rows = await connection.fetch(_FACTS, *_places(names, [slug]), privileges)
    return {(row["kind"], row["object"]): row["fact"] for row in rows}
