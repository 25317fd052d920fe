"""The archive as a file, written: a ZIP with fixed dates, to the side first, so that it is whole or not there."""

from __future__ import annotations

import asyncio
import hashlib
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bangban.features.archives.package import MAC, MANIFEST
from bangban.features.archives.readme import READMES

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass
class Written:
    """What was written to a member."""

    rows: int = 0
    bytes: int = 0
    sha256: str = ""


class PackageWriter:
    """Writes one archive. Compressing is done on a thread, so that whoever else is served need not wait."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package

    async def lines(self, name: str, batches: AsyncIterator[list[bytes]]) -> Written:
        """Write lines, each with its end, as a member of the archive."""
        written, digest = Written(), hashlib.sha256()
        with self._package.open(_member(name), "w", force_zip64=True) as member:
            async for batch in batches:
                block = b"".join(batch)
                await asyncio.to_thread(member.write, block)
                digest.update(block)
                written.rows += len(batch)
                written.bytes += len(block)
        written.sha256 = digest.hexdigest()
        return written

    async def stream(self, name: str, blocks: AsyncIterator[bytes]) -> int:
        """Write what comes as a member of the archive, as it is: what is sealed does not shrink. Its bytes."""
        info, size = _member(name), 0
        info.compress_type = zipfile.ZIP_STORED
        with self._package.open(info, "w", force_zip64=True) as member:
            async for block in blocks:
                await asyncio.to_thread(member.write, block)
                size += len(block)
        return size

    def finish(self, manifest: bytes, mac: str) -> None:
        """Write what tells of all the others."""
        for name, text in READMES.items():
            self._package.writestr(_member(name), text.encode())
        self._package.writestr(_member(MANIFEST), manifest)
        self._package.writestr(_member(MAC), mac + "\n")


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info


@asynccontextmanager
async def written_package(file: Path) -> AsyncIterator[PackageWriter]:
    """A new archive that takes the name ``file`` when it is whole, readable by its owner only. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.part")
    temporary.unlink(missing_ok=True)  # of a run that died half-way
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as raw:
            with zipfile.ZipFile(raw, "w", compresslevel=6) as package:
                yield PackageWriter(package)
            raw.flush()
            await asyncio.to_thread(os.fsync, raw.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
