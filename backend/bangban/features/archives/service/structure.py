"""What a district's schema consists of: tables, columns and keys from the database, meanings from the models."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any, Final

import asyncpg
from sqlalchemy import Column

from bangban.features.archives.manifest import ColumnFacts, Identifier, Keeping, Kind, LeftOut
from bangban.kernel.database.base import TENANT_SCHEMA, TenantBase
from bangban.kernel.database.privacy import Privacy, privacy_of
from bangban.kernel.tenancy.names import quoted

# Types are named with their schema whatever the search path: it never leads into ours.
_COLUMNS: Final = """
    SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
        a.attgenerated <> '' AS generated, a.attidentity <> '' AS identity
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname COLLATE "C", a.attname COLLATE "C"
"""
_KEYS: Final = """
    SELECT c.relname AS "table", a.attname AS name
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
        unnest(k.conkey) WITH ORDINALITY AS part (number, place)
        JOIN pg_catalog.pg_attribute a ON a.attnum = part.number
    WHERE n.nspname = $1 AND k.contype = 'p' AND a.attrelid = c.oid ORDER BY c.relname, part.place
"""
_REFERENCES: Final = """
    SELECT c.relname AS "table", o.relname AS other
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_class o ON o.oid = k.confrelid
    WHERE n.nspname = $1 AND k.contype = 'f'
"""
_CREDENTIALS: Final = "Credentials and what goes with a session stay. 登录凭据与会话不外带。"


@dataclass
class Table:
    """A table as it is in the database: its columns by name, those of its key in the key's order."""

    name: str
    columns: list[tuple[str, str, bool]] = field(default_factory=list)  # name, type, generated
    key: list[str] = field(default_factory=list)
    identity: str | None = None

    def facts(self, kind: Kind) -> tuple[ColumnFacts, ...]:
        """How each column stands in a file of this kind, as the models mark it."""
        known = TenantBase.metadata.tables.get(f"{TENANT_SCHEMA}.{self.name}")
        columns: dict[str, Column[Any]] = {} if known is None else {each.name: each for each in known.columns}
        return tuple(
            _column(kind, name, type_, generated=generated, known=columns.get(name))
            for name, type_, generated in self.columns
        )


def _column(kind: Kind, name: str, type_: str, *, generated: bool, known: Column[Any] | None) -> ColumnFacts:
    if generated:
        return ColumnFacts(name=name, type=type_, keeping=Keeping.GENERATED)
    mark = None if known is None else privacy_of(known)
    if kind is Kind.BACKUP or known is None or mark is None:
        return ColumnFacts(name=name, type=type_, keeping=Keeping.PLAIN)
    info = known.info
    if mark is Privacy.SEALED:
        return ColumnFacts(name=name, type=type_, keeping=Keeping.SEALED, context=info["context"])
    if "of" in info:
        return ColumnFacts(
            name=name, type=type_, keeping=Keeping.REBUILT, of=info["of"], purpose=info["purpose"]
        )
    return ColumnFacts(name=name, type=type_, keeping=Keeping.PERSONAL)


async def tables_in(connection: asyncpg.Connection, schema: str) -> list[Table]:
    """The tables of a schema, each after those that it refers to."""
    found: dict[str, Table] = {}
    for row in await connection.fetch(_COLUMNS, schema):
        table = found.setdefault(row["table"], Table(row["table"]))
        table.columns.append((row["name"], row["type"], row["generated"]))
        if row["identity"]:
            table.identity = row["name"]
    for row in await connection.fetch(_KEYS, schema):
        found[row["table"]].key.append(row["name"])
    needs: dict[str, set[str]] = {name: set() for name in sorted(found)}
    for row in await connection.fetch(_REFERENCES, schema):
        if row["table"] != row["other"]:
            needs[row["table"]].add(row["other"])
    sorter = TopologicalSorter({name: sorted(others) for name, others in needs.items()})
    return [found[name] for name in sorter.static_order()]


def leaving_tables(tables: list[Table], kind: Kind) -> tuple[list[Table], tuple[LeftOut, ...]]:
    """The tables that go into a file of this kind, and those that stay: an archive takes no secrets along."""
    if kind is Kind.BACKUP:
        return tables, ()
    staying = [table.name for table in tables if is_secret(table.name)]
    left_out = tuple(LeftOut(table=name, why=_CREDENTIALS) for name in sorted(staying))
    return [table for table in tables if table.name not in staying], left_out


def is_secret(table: str) -> bool:
    """Whether a table is marked as holding credentials."""
    known = TenantBase.metadata.tables.get(f"{TENANT_SCHEMA}.{table}")
    return known is not None and known.info.get("privacy") is Privacy.SECRET


def target(schema: str, table: Identifier) -> str:
    """A table's name for SQL."""
    return f"{quoted(schema)}.{quoted(table)}"
