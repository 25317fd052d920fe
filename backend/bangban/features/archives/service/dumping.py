"""Tables' rows as lines of JSON, read with a cursor: what is in memory is one batch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import asyncpg

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import ColumnFacts, Keeping, Kind, TableFacts, file_of
from bangban.features.archives.package_writing import PackageWriter
from bangban.features.archives.rows import place_of
from bangban.features.archives.service.progress import Tell
from bangban.features.archives.service.structure import Table, target
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.vault.district import DistrictVault

BATCH: Final = 500
"""Rows that are read, sealed and written at a time."""

STEADY: Final = "SET LOCAL bytea_output = 'hex'; SET LOCAL timezone = 'UTC'; SET LOCAL jit = off"
"""What PostgreSQL's own text of a value may depend on, for the transaction that dumps."""

_HIDDEN: Final = (Keeping.SEALED, Keeping.PERSONAL)


def rows_of(schema: str, table: TableFacts) -> str:
    """All rows in the order of the primary key: the open columns as JSON, the hidden ones and the key after it."""
    shown = [each for each in table.columns if each.keeping not in (*_HIDDEN, Keeping.REBUILT)]
    hidden = [each for each in table.columns if each.keeping in _HIDDEN]
    inner = ", ".join(f"t.{quoted(each.name)}" for each in shown)
    more = "".join(
        f", t.{quoted(each.name)}" + ("::text" if each.keeping is Keeping.PERSONAL else "") for each in hidden
    )
    key = "".join(f", t.{quoted(name)}::text" for name in table.key) if hidden else ""
    types = {each.name: each.type for each in table.columns}
    # Databases differ in how they sort text; every one of them knows this way.
    order = ", ".join(
        f"t.{quoted(name)}" + (' COLLATE "C"' if types[name] == "text" else "") for name in table.key
    )
    # No column is called "Row": a column would come before a name of the query.
    return (
        f'SELECT (SELECT row_to_json("Row")::text FROM (SELECT {inner}) AS "Row"){more}{key}'  # noqa: S608 - checked names
        f" FROM {target(schema, table.name)} AS t ORDER BY {order}"
    )


async def dump(
    connection: asyncpg.Connection,
    schema: str,
    table: TableFacts,
    *,
    key: ArchiveKey,
    vault: DistrictVault | None,
) -> AsyncIterator[list[bytes]]:
    """The lines of a table in batches, each with its end. In the caller's transaction, after ``STEADY``.

    ``vault`` opens what is sealed; None where everything stays as it is.
    """
    hidden = [each for each in table.columns if each.keeping in _HIDDEN]
    lines: list[bytes] = []
    async for row in connection.cursor(rows_of(schema, table), prefetch=BATCH):
        line: str = row[0]
        if hidden:
            places = [str(part) for part in tuple(row)[len(hidden) + 1 :]]
            line = line[:-1] + "".join(
                f',"{column.name}":{_sealed(table, column, value, places, key=key, vault=vault)}'
                for column, value in zip(hidden, tuple(row)[1:], strict=False)
            )
            line += "}"
        lines.append(line.encode() + b"\n")
        if len(lines) == BATCH:
            yield lines
            lines = []
    if lines:
        yield lines


def _sealed(
    table: TableFacts,
    column: ColumnFacts,
    value: bytes | str | None,
    row_key: list[str],
    *,
    key: ArchiveKey,
    vault: DistrictVault | None,
) -> str:
    if value is None:
        return "null"
    if isinstance(value, bytes):
        assert vault is not None
        value = vault.open(value, context=column.context or "")
    return f'"{key.seal(value, place=place_of(table, column, row_key))}"'


class Dumping:
    """One table after the other into the package, with progress counted in rows of all of them."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        schema: str,
        *,
        kind: Kind,
        key: ArchiveKey,
        vault: DistrictVault,
        numbers: dict[str, int | None],
        tell: Tell,
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._kind = kind
        self._key = key
        self._vault = vault if kind is Kind.ARCHIVE else None
        self._numbers = numbers
        self._tell = tell
        self._done = self._total = 0

    async def table(self, package: PackageWriter, table: Table, leaving: list[Table]) -> TableFacts:
        """Write a table's file; its facts."""
        if not self._total:
            self._total = await self._count(leaving)
        facts = TableFacts(
            name=table.name,
            file=file_of(table.name),
            key=tuple(table.key),
            columns=table.facts(self._kind),
            identity=table.identity,
            last=self._numbers.get(table.name),
            rows=0,
            bytes=0,
            sha256="0" * 64,
        )
        written = await package.lines(facts.file, self._told(facts))
        return facts.model_copy(update=vars(written))

    async def _told(self, facts: TableFacts) -> AsyncIterator[list[bytes]]:
        async for batch in dump(self._connection, self._schema, facts, key=self._key, vault=self._vault):
            yield batch
            self._done += len(batch)
            await self._tell("write", self._done, self._total)

    async def _count(self, tables: list[Table]) -> int:
        total = 0
        for table in tables:
            count = f"SELECT count(*) FROM {target(self._schema, table.name)}"  # noqa: S608 - checked names
            total += await self._connection.fetchval(count)
        return total
