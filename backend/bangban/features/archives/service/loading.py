"""From an archive's files to a schema, and the proof that what is there now is what was in the archive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import Keeping, Kind, Manifest, TableFacts
from bangban.features.archives.package import PackageReader
from bangban.features.archives.problems import ArchiveAltered, TrailUnsound
from bangban.features.archives.rows import Copying
from bangban.features.archives.service.dumping import STEADY, dump
from bangban.features.archives.service.progress import Tell
from bangban.features.archives.service.structure import leaving_tables, tables_in, target
from bangban.kernel.audit.checkpoint import CheckpointOfAnother, CheckpointUnreadable, read_checkpoint
from bangban.kernel.audit.findings import Report
from bangban.kernel.audit.verify import verify_trail
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.vault.district import DistrictVault


class Loader:
    """Fills one schema from one archive, in the caller's transaction as the schema's owner."""

    def __init__(
        self,
        driver: asyncpg.Connection,
        schema: str,
        package: PackageReader,
        *,
        key: ArchiveKey,
        vault: DistrictVault,
        tell: Tell,
    ) -> None:
        self._driver = driver
        self._schema = schema
        self._package = package
        self._key = key
        self._vault = vault if package.manifest.kind is Kind.ARCHIVE else None
        self._tell = tell
        self._done = 0

    @property
    def _manifest(self) -> Manifest:
        return self._package.manifest

    async def load(self) -> None:
        """Load every table, let the identities go on where they stopped, and compare. Raises ArchiveAltered."""
        await self._driver.execute(STEADY)
        for table in await self._in_order():
            await self._copy(table)
            await self._go_on(table)
        self._done = 0
        for table in self._manifest.tables:
            await self._compare(table)
        await self._belongs()

    async def _in_order(self) -> list[TableFacts]:
        """The manifest's tables, in the order in which they refer to each other; raises ArchiveAltered."""
        tables, _ = leaving_tables(await tables_in(self._driver, self._schema), self._manifest.kind)
        told = {table.name: table for table in self._manifest.tables}
        if told.keys() != {table.name for table in tables}:
            raise ArchiveAltered("it has not the tables of its revision", "表与其结构版本不符")
        for table in tables:
            facts = told[table.name]
            same = [(each.name, each.type, each.keeping is Keeping.GENERATED) for each in facts.columns]
            # What columns meant at an older revision, only the archive knows; today's meanings are known here.
            meant = facts.columns == table.facts(self._manifest.kind)
            if (
                same != table.columns
                or list(facts.key) != table.key
                or facts.identity != table.identity
                or (self._manifest.revision == district_head() and not meant)
            ):
                raise ArchiveAltered(
                    f"{table.name} has not the columns of its revision",
                    f"表 {table.name} 的字段与其结构版本不符",
                )
        return [told[table.name] for table in tables]

    async def _copy(self, table: TableFacts) -> None:
        copying = Copying(table, key=self._key, vault=self._vault)
        try:
            # One statement for each table, so that rows may refer to later ones of the same table.
            await self._driver.copy_to_table(
                table.name,
                schema_name=self._schema,
                columns=copying.columns,
                source=self._lines(table, copying),
                format="text",
            )
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeEncodeError) as error:
            # PostgreSQL's words quote the row; its constraint's name does not.
            which = getattr(error, "constraint_name", None) or type(error).__name__
            raise ArchiveAltered(
                f"{table.file} has rows that its table refuses ({which})",
                f"{table.file} 中有不符合表结构的记录({which})",
            ) from None

    async def _lines(self, table: TableFacts, copying: Copying) -> AsyncIterator[bytes]:
        async for lines in self._package.lines(table):
            yield "".join(map(copying.line, lines)).encode()
            self._done += len(lines)
            await self._tell("load", self._done, self._manifest.rows)

    async def _go_on(self, table: TableFacts) -> None:
        """Let the identity go on after the last number that was given, there or in a row that is here."""
        if table.identity is None:
            return
        highest = f"SELECT max({quoted(table.identity)}) FROM {target(self._schema, table.name)}"  # noqa: S608 - checked names
        last = max(await self._driver.fetchval(highest) or 0, table.last or 0)
        if last:
            await self._driver.execute(
                "SELECT setval(pg_get_serial_sequence($1, $2)::regclass, $3)",
                target(self._schema, table.name),
                table.identity,
                last,
            )

    async def _compare(self, table: TableFacts) -> None:
        """Write the table's file once more, from the database this time: it has to be the same bytes."""
        digest, rows = hashlib.sha256(), 0
        async for batch in dump(self._driver, self._schema, table, key=self._key, vault=self._vault):
            for line in batch:
                digest.update(line)
            rows += len(batch)
            self._done += len(batch)
            await self._tell("compare", self._done, self._manifest.rows)
        if (digest.hexdigest(), rows) != (table.sha256, table.rows):
            raise ArchiveAltered(
                f"{table.file} gives other rows than it tells", f"{table.file} 导入后的内容与清单不符"
            )

    async def _belongs(self) -> None:
        profile = target(self._schema, "profile")
        slugs = [row["slug"] for row in await self._driver.fetch(f"SELECT slug FROM {profile}")]  # noqa: S608 - checked name
        if any(slug != self._manifest.slug for slug in slugs):
            raise ArchiveAltered("it holds another district's rows", "含有其他地区的数据")

    async def verify(self) -> Report:
        """Verify the trail that was loaded, against the manifest's checkpoint too. Raises TrailUnsound."""

        async def fetch(sql: str, *arguments: Any) -> str:
            found: str = await self._driver.fetchval(sql, *arguments)
            return found

        proof = self._manifest.audit
        try:
            checkpoint = None if proof.checkpoint is None else read_checkpoint(json.dumps(proof.checkpoint))
            report = await verify_trail(
                fetch,
                slug=self._manifest.slug,
                schema=self._schema,
                checkpoint=checkpoint,
                stale_after=None,
            )
        except (CheckpointOfAnother, CheckpointUnreadable) as problem:
            raise TrailUnsound(finding=problem.message("en"), finding_zh=problem.message("zh")) from None
        if report.first is not None:
            raise TrailUnsound(finding=report.first.sentence("en"), finding_zh=report.first.sentence("zh"))
        return report
