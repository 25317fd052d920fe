"""A district put back as it was when it was backed up: beside the present one, then in its place, at one commit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from bangban.features.archives.keys import ArchiveKey, backup_key
from bangban.features.archives.manifest import AUDIT_TABLES, Kind, Manifest
from bangban.features.archives.package import read_package, sha256_of
from bangban.features.archives.problems import (
    ArchiveUnreadable,
    BackupOfAnother,
    DistrictIsLive,
    DistrictLags,
    TrailOfAnother,
)
from bangban.features.archives.service.checking import check_package, require_kind
from bangban.features.archives.service.importing import Taken
from bangban.features.archives.service.loading import Loader
from bangban.features.archives.service.placing import (
    Place,
    bring_to_head,
    build_schema,
    one_transaction,
    record_in_trail,
    registered,
    tell_everybody,
)
from bangban.features.archives.service.progress import Tell, silent
from bangban.features.archives.service.structure import target
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import code_from_of, district_head
from bangban.kernel.tenancy.names import quoted
from bangban.kernel.tenancy.provisioning import regrant_statements, role_statements
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.problems import SealBroken

ENDED_BY_RESTORE: Final = "restored"
"""Why sessions ended: whoever was signed in then, or signed out since, signs in anew."""

_HERE: Final = "SELECT status, revision FROM platform.district WHERE slug = $1 FOR UPDATE"
_LAST_SEAL: Final = "SELECT number, digest FROM {0} ORDER BY number DESC LIMIT 1"
_FACTS: Final = (
    "UPDATE platform.district SET name = $2, brand = $3, division_code = $4, levels = $5, circle_minutes = $6,"
    " timezone = $7, allowed_origins = $8, hosts = $9, trusted_documents_only = $10, data_key = $11,"
    " revision = $12, code_from = $13 WHERE slug = $1"
)


async def restore_district(
    installation: Installation,
    file: Path,
    *,
    keep_trail: bool = True,
    now: datetime | None = None,
    tell: Tell = silent,
) -> Taken:
    """Put a district back as its backup has it. It must not be LIVE; one that is gone comes back SUSPENDED.

    The trail that is here stays and goes on, since a restore is no way to undo a record: what was done after the
    backup remains on it. ``keep_trail`` False takes the backup's, for a trail that is damaged itself. Raises
    WrongKind, BackupOfAnother, ArchiveUnreadable, ArchiveAltered, ArchiveTooNew, TrailUnsound, TrailOfAnother,
    DistrictIsLive, MasterKeyWrong where the master key of that time is gone.
    """
    at = now or datetime.now(UTC)
    with read_package(file) as package:
        manifest = package.manifest
        require_kind(package, Kind.BACKUP)
        wrapped = _wrapped(installation, manifest)
        try:
            data_key = installation.ring.unwrap_data_key(
                wrapped, tag=installation.names.tag, slug=manifest.slug
            )
        except SealBroken:
            raise BackupOfAnother from None
        key: ArchiveKey = backup_key(data_key)
        await check_package(package, key, tell=tell)
        digest = await asyncio.to_thread(sha256_of, file)
        names, slug = installation.names, manifest.slug
        schema = names.schema(slug)
        async with one_transaction(installation) as place:
            here = await place.driver.fetchrow(_HERE, slug)
            if here is not None and here["status"] == DistrictStatus.LIVE:
                raise DistrictIsLive(slug=slug)
            if here is not None and keep_trail and here["revision"] != district_head():
                raise DistrictLags(slug=slug)  # its trail could not be joined
            former = f"was_{schema}"  # no slug gives such a name
            if here is None:
                new = registered(manifest, at_home=True)
                await installation.register(
                    place.driver, new, data_key=data_key, status=DistrictStatus.SUSPENDED
                )
                await place.driver.execute(";\n".join(role_statements(names, slug, login=installation.citus)))
            else:
                await place.driver.execute(f"ALTER SCHEMA {quoted(schema)} RENAME TO {quoted(former)}")
                await _facts(place, installation, manifest, data_key)
            await build_schema(place, installation, manifest)
            loader = Loader(place.driver, schema, package, key=key, vault=DistrictVault(data_key), tell=tell)
            await loader.load()
            report = await loader.verify()
            await bring_to_head(place, installation, manifest)
            if here is not None:
                if keep_trail:
                    await _keep_trail(place.driver, former, schema)
                await place.driver.execute(f"DROP SCHEMA {quoted(former)} CASCADE")
            await place.driver.execute(";\n".join(regrant_statements(names, slug)))
            await _end_sessions(place.driver, schema, at)
            details = {
                "backup": digest,
                "takenAt": manifest.taken_at.isoformat(),
                "trailKept": keep_trail and here is not None,
            }
            await record_in_trail(place, installation, slug, action="system:restore", now=at, details=details)
            await tell_everybody(place, installation, slug)
            await tell("commit", 1, 1)
    return Taken(manifest=manifest, sha256=digest, trail=report)


def _wrapped(installation: Installation, manifest: Manifest) -> bytes:
    if manifest.installation != installation.names.tag:
        raise BackupOfAnother
    try:
        return bytes.fromhex(manifest.home or "")
    except ValueError:
        raise ArchiveUnreadable("its key is missing", "缺少密钥") from None


async def _facts(place: Place, installation: Installation, manifest: Manifest, data_key: bytes) -> None:
    """Tell the registry what it knew then. The revision is the head's when this is over."""
    new = registered(manifest, at_home=True)
    await place.driver.execute(
        _FACTS,
        new.slug,
        new.name,
        new.brand,
        new.division_code,
        [str(level) for level in new.levels],
        new.circle_minutes,
        new.timezone,
        list(new.allowed_origins),
        list(new.hosts),
        new.trusted_documents_only,
        installation.ring.wrap_data_key(data_key, tag=installation.names.tag, slug=new.slug),
        district_head(),
        code_from_of(district_head()),
    )


async def _keep_trail(driver: asyncpg.Connection, former: str, schema: str) -> None:
    """Move the present trail over, once the backup's has proved to be its beginning. Raises TrailOfAnother."""
    entries, seals = AUDIT_TABLES
    last = await driver.fetchrow(_LAST_SEAL.format(target(schema, seals)))
    if last is not None:
        same = f"SELECT digest = $2 FROM {target(former, seals)} WHERE number = $1"  # noqa: S608 - checked name
        if not await driver.fetchval(same, last["number"], last["digest"]):
            raise TrailOfAnother
    for name in (entries, seals):
        await driver.execute(f"DROP TABLE {target(schema, name)}")
        await driver.execute(f"ALTER TABLE {target(former, name)} SET SCHEMA {quoted(schema)}")


async def _end_sessions(driver: asyncpg.Connection, schema: str, at: datetime) -> None:
    await driver.execute(
        f"UPDATE {target(schema, 'session')} SET ended_at = $1, ended_why = $2 WHERE ended_at IS NULL",  # noqa: S608 - checked name
        at,
        ENDED_BY_RESTORE,
    )
