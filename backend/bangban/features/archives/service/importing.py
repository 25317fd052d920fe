"""An archive from elsewhere becomes a district here: all of it, proved, or nothing."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from bangban.features.archives.keys import unlock
from bangban.features.archives.manifest import Kind, Manifest
from bangban.features.archives.package import read_package, sha256_of
from bangban.features.archives.problems import ArchiveUnreadable, SlugInUse
from bangban.features.archives.service.checking import check_package, require_kind
from bangban.features.archives.service.loading import Loader
from bangban.features.archives.service.placing import (
    bring_to_head,
    build_schema,
    one_transaction,
    record_in_trail,
    registered,
    tell_everybody,
)
from bangban.features.archives.service.progress import Tell, silent
from bangban.features.archives.service.undoing import all_or_no_files, begin_files
from bangban.features.archives.service.unpacking import Unpacking
from bangban.kernel.audit.findings import Report
from bangban.kernel.files.store import FileStore
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.provisioning import role_statements
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.data_keys import DATA_KEY_BYTES
from bangban.kernel.vault.district import DistrictVault

_HERE = "SELECT status FROM platform.district WHERE slug = $1"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was taken in: the manifest that it agrees with, the archive's digest, the trail's verification."""

    manifest: Manifest
    sha256: str
    trail: Report


async def import_district(
    installation: Installation,
    file: Path,
    *,
    files: FileStore,
    passphrase: str,
    now: datetime | None = None,
    tell: Tell = silent,
) -> Taken:
    """Make the district of an archive here, SUSPENDED, its personal data and files sealed under a new key of its own.

    Everything is compared before anything is made, and again with what is in the database before it is committed;
    an archive of an older release is loaded as it was and migrated then. Raises WrongKind, ArchiveUnreadable,
    ArchiveAltered, ArchiveTooNew, PassphraseWrong, TrailUnsound, SlugInUse, Unavailable where ``files`` cannot be
    reached.
    """
    at = now or datetime.now(UTC)
    with read_package(file) as package:
        manifest = package.manifest
        require_kind(package, Kind.ARCHIVE)
        if manifest.lock is None:
            raise ArchiveUnreadable("its key is missing", "缺少密钥")
        await _require_free(installation, manifest.slug)
        key = await asyncio.to_thread(unlock, manifest.lock, passphrase)
        new = registered(manifest, at_home=False)
        await check_package(package, key, tell=tell)
        digest = await asyncio.to_thread(sha256_of, file)
        data_key = os.urandom(DATA_KEY_BYTES)
        vault = DistrictVault(data_key)
        try:
            async with (
                all_or_no_files(installation.admin, files),
                one_transaction(installation) as place,
            ):
                await installation.register(
                    place.driver, new, data_key=data_key, status=DistrictStatus.SUSPENDED
                )
                await place.driver.execute(
                    ";\n".join(role_statements(installation.names, manifest.slug, login=installation.citus))
                )
                await build_schema(place, installation, manifest)
                loader = Loader(
                    place.driver,
                    installation.names.schema(manifest.slug),
                    package,
                    key=key,
                    vault=vault,
                    tell=tell,
                )
                await loader.load()
                report = await loader.verify()
                await bring_to_head(place, installation, manifest)
                await begin_files(place.driver, files, manifest.slug)
                await Unpacking(
                    package=package,
                    files=files,
                    driver=place.driver,
                    schema=installation.names.schema(manifest.slug),
                    key=key,
                    vault=vault,
                    tell=tell,
                ).put()
                await record_in_trail(
                    place,
                    installation,
                    manifest.slug,
                    action="system:import",
                    now=at,
                    details=_told(manifest, digest),
                )
                await tell_everybody(place, installation, manifest.slug)
                await tell("commit", 1, 1)
        except (asyncpg.UniqueViolationError, asyncpg.DuplicateSchemaError, asyncpg.DuplicateObjectError):
            raise SlugInUse(slug=manifest.slug) from None  # by somebody who was faster
    return Taken(manifest=manifest, sha256=digest, trail=report)


async def _require_free(installation: Installation, slug: str) -> None:
    async with installation.connection() as connection:
        if await connection.fetchval(_HERE, slug) is not None:
            raise SlugInUse(slug=slug)


def _told(manifest: Manifest, digest: str) -> dict[str, object]:
    """What the trail keeps of an import: counts and digests, so that it can be compared with the archive for good."""
    return {
        "archive": digest,
        "from": manifest.installation,
        "takenAt": manifest.taken_at.isoformat(),
        "revision": manifest.revision,
        "rows": {table.name: table.rows for table in manifest.tables},
        "sha256": {table.name: table.sha256 for table in manifest.tables},
        "seals": manifest.audit.seals,
        "files": manifest.files,
        "filesLeftOut": manifest.files_left_out,
    }
