"""Looking through an archive before anything is done with it: key, manifest, every file."""

from __future__ import annotations

from hmac import compare_digest

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import Kind
from bangban.features.archives.package import PackageReader
from bangban.features.archives.problems import ArchiveAltered, ArchiveTooNew, WrongKind
from bangban.features.archives.service.progress import Tell, silent
from bangban.features.archives.service.unpacking import check_contents
from bangban.kernel.tenancy.migrations import district_head, is_known

_OTHER = {Kind.ARCHIVE: ("an archive", "归档", "import"), Kind.BACKUP: ("a backup", "备份", "restore")}


def require_kind(package: PackageReader, kind: Kind) -> None:
    """Raises WrongKind, ArchiveTooNew."""
    found = package.manifest.kind
    if found is not kind:
        name, name_zh, command = _OTHER[found]
        raise WrongKind(kind=name, kind_zh=name_zh, command=command)
    if not is_known(package.manifest.revision):
        raise ArchiveTooNew(revision=package.manifest.revision, head=district_head())


async def check_package(package: PackageReader, key: ArchiveKey, *, tell: Tell = silent) -> None:
    """Compare the manifest with its keyed hash, and every file with the manifest. Raises ArchiveAltered."""
    if not compare_digest(key.mac(package.raw), package.mac):
        raise ArchiveAltered("the manifest was changed", "清单被改动")
    manifest = package.manifest
    done, total = 0, manifest.rows
    for table in manifest.tables:
        async for lines in package.lines(table):
            done += len(lines)
            await tell("check", done, total)
    await check_contents(package, tell)
