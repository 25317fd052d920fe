"""A whole district as one file: to leave with, or to keep at home. One snapshot, whoever writes meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from bangban.features.archives.keys import ArchiveKey, Lock, backup_key
from bangban.features.archives.manifest import FORMAT, Kind, Manifest, Proof, TableFacts
from bangban.features.archives.package import sha256_of
from bangban.features.archives.package_writing import written_package
from bangban.features.archives.problems import DistrictLags
from bangban.features.archives.service.dumping import Dumping
from bangban.features.archives.service.packing import KeptFiles, Packing
from bangban.features.archives.service.progress import Tell, silent
from bangban.features.archives.service.snapshot import snapshot
from bangban.features.archives.service.structure import leaving_tables
from bangban.features.districts.platform import platform_work
from bangban.kernel.audit.checkpoint import Checkpoint, NothingSealed, take_checkpoint
from bangban.kernel.audit.sealing import seal_district
from bangban.kernel.files.store import FileStore
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.district import DistrictVault

REGISTRY_FACTS: Final = (
    "name",
    "brand",
    "division_code",
    "levels",
    "circle_minutes",
    "timezone",
    "allowed_origins",
    "hosts",
    "trusted_documents_only",
)
"""What the registry tells of a district, beside what belongs to the installation."""

_FACTS: Final = (
    "SELECT to_jsonb(d)::text AS facts, data_key, revision FROM platform.district d WHERE slug = $1"
)
_ACTIONS: Final = {Kind.ARCHIVE: "system:archive", Kind.BACKUP: "system:backup"}


@dataclass(frozen=True, kw_only=True)
class Made:
    """An archive that was written: where, its digest, and what it says of itself."""

    file: Path
    sha256: str
    bytes: int
    manifest: Manifest


async def archive_district(
    installation: Installation,
    tenancy: Tenancy,
    slug: str,
    file: Path,
    *,
    files: FileStore,
    key: ArchiveKey,
    lock: Lock,
    by: str = "platform",
    now: datetime | None = None,
    tell: Tell = silent,
) -> Made:
    """Write the archive of a district to ``file``. ``lock`` opens ``key`` with the passphrase.

    ``files`` has what its kept files hold. On record in the district's trail, and in the archive, since it comes
    first. Raises DistrictUnknown, DistrictLags, SealBroken where a value does not open, Unavailable where the
    store cannot be reached, and OSError.
    """
    district = tenancy.registry.get(slug)
    return await _write(
        installation,
        tenancy,
        district,
        file,
        kind=Kind.ARCHIVE,
        files=files,
        key=key,
        lock=lock,
        by=by,
        now=now or datetime.now(UTC),
        tell=tell,
    )


async def back_up_district(
    installation: Installation,
    tenancy: Tenancy,
    slug: str,
    file: Path,
    *,
    now: datetime | None = None,
    tell: Tell = silent,
) -> Made:
    """Write a backup of a district, credentials included, for this installation only. Raises as above."""
    district = tenancy.registry.get(slug)
    return await _write(
        installation,
        tenancy,
        district,
        file,
        kind=Kind.BACKUP,
        files=None,
        key=backup_key(_data_key(installation, district.wrapped_key, slug)),
        lock=None,
        by="platform",
        now=now or datetime.now(UTC),
        tell=tell,
    )


def _data_key(installation: Installation, wrapped: bytes, slug: str) -> bytes:
    return installation.ring.unwrap_data_key(wrapped, tag=installation.names.tag, slug=slug)


async def _write(
    installation: Installation,
    tenancy: Tenancy,
    district: District,
    file: Path,
    *,
    kind: Kind,
    files: FileStore | None,
    key: ArchiveKey,
    lock: Lock | None,
    by: str,
    now: datetime,
    tell: Tell,
) -> Made:
    await tell("record", 0, 1)
    async with platform_work(tenancy, district, request_id=kind.value, now=now) as work:
        work.record(action=_ACTIONS[kind], object=f"district:{district.slug}", details={"by": by})
    await seal_district(tenancy, district, patience_ms=1000)
    checkpoint = await _checkpoint(installation, tenancy, district, now)
    async with written_package(file) as package:
        with closing(KeptFiles()) as kept:
            async with snapshot(installation, district) as (connection, tables, numbers):
                facts = await _registry(installation, district.slug)
                leaving, left_out = leaving_tables(tables, kind)
                vault = DistrictVault(_data_key(installation, facts["data_key"], district.slug))
                dumping = Dumping(
                    connection,
                    district.schema,
                    kind=kind,
                    key=key,
                    vault=vault,
                    numbers=numbers,
                    tell=tell,
                )
                found = [await dumping.table(package, each, leaving) for each in leaving]
                await kept.read(connection, district.schema)
            attachments, missing = None, kept.count
            if files is not None:
                packing = Packing(files=files, slug=district.slug, vault=vault, key=key, tell=tell)
                attachments, missing = await packing.pack(package, kept)
        manifest = Manifest(
            format=FORMAT,
            kind=kind,
            product=product_version(),
            installation=installation.names.tag,
            slug=district.slug,
            district={name: facts["facts"][name] for name in REGISTRY_FACTS},
            revision=facts["revision"],
            takenAt=now,
            lock=lock,
            home=facts["data_key"].hex() if kind is Kind.BACKUP else None,
            tables=tuple(found),
            leftOut=left_out,
            filesLeftOut=missing,
            attachments=attachments,
            audit=_proof(found, checkpoint),
        )
        raw = manifest.text()
        package.finish(raw, key.mac(raw))
    digest = await asyncio.to_thread(sha256_of, file)
    size = await asyncio.to_thread(os.path.getsize, file)
    return Made(file=file, sha256=digest, bytes=size, manifest=manifest)


def product_version() -> str:
    """The version of this software; ``0`` where it runs without being installed."""
    try:
        return version("bangban")
    except PackageNotFoundError:
        return "0"


async def _checkpoint(
    installation: Installation, tenancy: Tenancy, district: District, now: datetime
) -> Checkpoint | None:
    try:
        return await take_checkpoint(tenancy, district, key=installation.ring.signing_key(), now=now)
    except NothingSealed:
        return None


def _proof(tables: list[TableFacts], checkpoint: Checkpoint | None) -> Proof:
    rows = {table.name: table.rows for table in tables}
    return Proof(
        entries=rows["audit_entry"],
        seals=rows["audit_seal"],
        checkpoint=None if checkpoint is None else json.loads(checkpoint.text()),
    )


async def _registry(installation: Installation, slug: str) -> dict[str, Any]:
    """The registry's row, read while the district's tables are held: no migration comes in between."""
    async with installation.connection() as connection:
        row = await connection.fetchrow(_FACTS, slug)
    if row is None or row["revision"] != district_head():
        raise DistrictLags(slug=slug)
    return {**row, "facts": json.loads(row["facts"])}
