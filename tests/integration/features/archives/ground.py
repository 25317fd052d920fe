"""A district with something in it, a second installation under other keys, and a forger's tools."""

from __future__ import annotations

import hashlib
import json
import warnings
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.integration.features.cases.casework import World
from tests.verifying import verify_district

from bangban.features.archives import keys
from bangban.features.archives.keys import ArchiveKey, Lock
from bangban.features.archives.service.archiving import Made, archive_district, back_up_district
from bangban.features.archives.service.importing import Taken, import_district
from bangban.features.cases.tables import CaseRow
from bangban.features.uploads.tables import UploadRow
from bangban.features.uploads.values import FileKind, UploadPurpose, UploadState
from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.audit.findings import Report
from bangban.kernel.audit.sealing import seal_district
from bangban.kernel.files.store import FileStore
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

PASSPHRASE = "河边的柳树发芽了 2026 年"
KEY = ArchiveKey(bytes(range(32)))


def cheap_lock(key: ArchiveKey) -> Lock:
    """A lock that costs next to nothing to open: the manifest says how much it takes."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_N", 2), ("_R", 1), ("_P", 1)):
            patch.setattr(keys, name, value)
        return keys.lock(key, PASSPHRASE)


LOCK = cheap_lock(KEY)
HELD = (b"%PDF-1.7 one", bytes(range(256)) * 600)
"""What the files of the tests' district hold: a short one and one of several chunks."""


@dataclass
class Side:
    """One installation."""

    installation: Installation
    tenancy: Tenancy
    run: Callable[[Any], Any]
    folder: Path  # of its files

    @property
    def files(self) -> FileStore:
        """Its file store."""
        return FileStore.open(None, folder=self.folder)

    def archive(self, slug: str, file: Path, **how: Any) -> Made:
        """Archive under the tests' key, so that two archives of the same rows are the same bytes."""
        made: Made = self.run(
            archive_district(
                self.installation, self.tenancy, slug, file, files=self.files, key=KEY, lock=LOCK, **how
            )
        )
        return made

    def back_up(self, slug: str, file: Path) -> Made:
        made: Made = self.run(back_up_district(self.installation, self.tenancy, slug, file))
        return made

    def take_in(self, file: Path, **how: Any) -> Taken:
        how.setdefault("passphrase", PASSPHRASE)
        taken: Taken = self.run(import_district(self.installation, file, files=self.files, **how))
        self.refresh(taken.manifest.slug)
        return taken

    def refresh(self, slug: str) -> None:
        self.run(self.tenancy.registry.refresh(slug))
        self.tenancy.forget(slug)

    def keep(self, world: World, content: bytes, state: UploadState = UploadState.STORED) -> UUID:
        """A file of the district's first case, in its store and its table; its id."""
        file_id = new_id()

        async def parts() -> AsyncIterator[bytes]:
            yield content

        async def put(work: Work) -> None:
            case_id = await work.db.scalar(select(CaseRow.id).order_by(CaseRow.id).limit(1))
            assert case_id is not None
            kept = state is UploadState.STORED
            work.db.add(
                UploadRow(
                    id=file_id,
                    case_id=case_id,
                    purpose=UploadPurpose.OTHER,
                    material_code=None,
                    name="样本.pdf",
                    kind=FileKind.PDF,
                    size=len(content),
                    state=state,
                    by_kind=PrincipalKind.STAFF,
                    by_id=work.principal.id,
                    asked_at=work.now,
                    expires_at=work.now,
                    sha256=hashlib.sha256(content).hexdigest() if kept else None,
                )
            )
            if kept:
                key_of = work.vault.file_key
                await self.files.put(world.district.slug, file_id, parts(), key_of=key_of)

        world.act("clerk", put)
        return file_id

    def held(self, slug: str) -> dict[UUID, bytes]:
        """What the kept files of a district hold, opened under its key."""
        vault = self.tenancy.vault(self.district(slug))
        schema = self.installation.names.schema(slug)

        async def read(file_id: UUID, size: int) -> bytes:
            parts = self.files.read(slug, file_id, size=size, key_of=vault.file_key)
            return b"".join([part async for part in parts])

        rows = self.sql(f"SELECT id, size FROM {schema}.upload WHERE state = 'STORED'")
        return {row["id"]: self.run(read(row["id"], row["size"])) for row in rows}

    def objects(self) -> list[str]:
        """Names of the objects in the store's folder, notes of imports among them."""
        files = (each for each in self.folder.rglob("*") if each.is_file())
        # With a number behind it, one is half written, and being cleared away by the store's own threads.
        return sorted(str(each.relative_to(self.folder)) for each in files if "#" not in each.name)

    def district(self, slug: str) -> District:
        return self.tenancy.registry.get(slug)

    def drop(self, slug: str) -> None:
        self.run(self.installation.drop_district(slug))
        self.run(self.files.delete_all(slug))
        self.refresh(slug)

    def verify(self, slug: str) -> Report:
        report: Report = self.run(verify_district(self.tenancy, self.district(slug)))
        return report

    def seal(self, slug: str) -> None:
        self.run(seal_district(self.tenancy, self.district(slug), patience_ms=1000))

    def sql(self, statement: str, *arguments: Any) -> Any:
        """One statement as the superuser; its rows."""

        async def do() -> Any:
            async with self.installation.connection() as connection:
                return await connection.fetch(statement, *arguments)

        return self.run(do())

    def traces(self, slug: str) -> list[str]:
        """Whatever there is of a district: registry, schema, roles."""
        schema = self.installation.names.schema(slug)
        rows = self.sql(
            "SELECT 'registry' FROM platform.district WHERE slug = $1"
            " UNION ALL SELECT nspname FROM pg_namespace WHERE nspname::text IN ($2::text, 'was_' || $2::text)"
            " UNION ALL SELECT rolname FROM pg_roles WHERE rolname::text LIKE $3::text",
            slug,
            schema,
            f"bb_{self.installation.names.tag}_{schema}%",
        )
        return sorted(row[0] for row in rows)


def fill(world: World) -> None:
    """A few cases of two people, one rated and one suspended, with marks that CSV and COPY stumble over."""
    first = world.apply(note='回车\r\n、制表\t、反斜杠\\N、引号"与逗号, 𠮷')
    world.accepted()
    world.run(_remember(world, first))


async def _remember(world: World, number: str) -> None:
    async with world.tenancy.write(world.district, world.people["clerk"]) as work:
        work.record(
            action="case:read", object=f"case:{number}", details={"数": [1.5, 1.50, 10**20, None, "\\"]}
        )
    await seal_district(world.tenancy, world.district, patience_ms=1000)


def tables_of(file: Path) -> dict[str, bytes]:
    """The data files of an archive but the trail's, which goes on."""
    with zipfile.ZipFile(file) as package:
        return {name: package.read(name) for name in package.namelist() if name.startswith("data/")}


def member(file: Path, name: str) -> bytes:
    with zipfile.ZipFile(file) as package:
        return package.read(name)


def forged(
    file: Path,
    to: Path,
    *,
    change: dict[str, Callable[[bytes], bytes | None]] | None = None,
    manifest: Callable[[dict[str, Any]], None] | None = None,
    add: list[tuple[str, bytes]] | None = None,
    signed: bool = False,
) -> Path:
    """A changed copy. ``signed``: by somebody who has the key, who makes counts and digests agree as well."""
    with zipfile.ZipFile(file) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    for name, how in (change or {}).items():
        found = how(contents[name])
        if found is None:
            del contents[name]
        else:
            contents[name] = found
    facts = json.loads(contents["manifest.json"])
    if signed:
        held = facts["attachments"]
        for each in [*facts["tables"], *([held["index"]] if held else [])]:
            raw = contents.get(each["file"], b"")
            each |= {
                "rows": raw.count(b"\n"),
                "bytes": len(raw),
                "sha256": hashlib.sha256(raw).hexdigest(),
            }
        if held:
            held["bytes"] = len(contents.get(held["contents"], b""))
    if manifest is not None:
        manifest(facts)
    if signed or manifest is not None:
        contents["manifest.json"] = json.dumps(facts).encode()
    if signed:
        contents["manifest.mac"] = KEY.mac(contents["manifest.json"]).encode()
    with warnings.catch_warnings(), zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as package:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, raw in [*contents.items(), *(add or [])]:
            package.writestr(name, raw)
    return to
