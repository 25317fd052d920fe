"""What kept files hold, on its way into an archive: opened from the store, sealed under the archive's key, streamed."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Final
from uuid import UUID

import asyncpg

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import CONTENTS, INDEX, Attachment, Attachments, LinesFacts
from bangban.features.archives.package_writing import PackageWriter
from bangban.features.archives.service.progress import Tell
from bangban.features.archives.service.structure import target
from bangban.kernel.files.sealing import sealed
from bangban.kernel.files.store import FileMissing, FileStore
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.problems import SealBroken

_RECORD: Final = struct.Struct(">16sQ32s")  # id, size, digest
_LINES: Final = 64 * 1024  # bytes of the index that are written at a time


def kept_files(schema: str) -> str:
    """The files that are kept, in the order of an archive. For ``fetch`` and ``cursor``; no parameters."""
    return f"SELECT id, size, sha256 FROM {target(schema, 'upload')} WHERE state = 'STORED' ORDER BY id"  # noqa: S608 - checked names


def sealed_name(slug: str, file_id: UUID) -> str:
    """What a file in an archive is bound to."""
    return f"{slug}/{file_id.hex}"


class KeptFiles:
    """The list of the files of one snapshot, on disk: it is gone through when the snapshot is over.

    Contents may take hours, and a snapshot that stays open keeps the database from clearing up.
    """

    def __init__(self) -> None:
        self._spool: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed in ``close``
        self.count = 0

    async def read(self, connection: asyncpg.Connection, schema: str) -> None:
        """Note the files of a district. In the caller's transaction."""
        async for row in connection.cursor(kept_files(schema), prefetch=1000):
            self.add(row["id"], row["size"], row["sha256"])

    def add(self, file_id: UUID, size: int, sha256: str) -> None:
        """Note one file, after those with lower ids."""
        self._spool.write(_RECORD.pack(file_id.bytes, size, bytes.fromhex(sha256)))
        self.count += 1

    def __iter__(self) -> Iterator[tuple[UUID, int, str]]:
        self._spool.seek(0)
        while record := self._spool.read(_RECORD.size):
            raw, size, digest = _RECORD.unpack(record)
            yield UUID(bytes=raw), size, digest.hex()

    def close(self) -> None:
        self._spool.close()


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Writes what one district's files hold, and an index over it."""

    files: FileStore
    slug: str
    vault: DistrictVault
    key: ArchiveKey
    tell: Tell

    async def pack(self, package: PackageWriter, kept: KeptFiles) -> tuple[Attachments | None, int]:
        """What the manifest says of them, and how many the store has lost.

        Those are no reason to keep a district from leaving, but counted. Raises Unavailable where the store cannot
        be asked, and OSError.
        """
        if not kept.count:
            return None, 0
        with TemporaryFile() as index:
            size = await package.stream(CONTENTS, self._contents(kept, index))
            index.seek(0)
            lost = 0

            async def lines() -> AsyncIterator[list[bytes]]:
                nonlocal lost
                while batch := index.readlines(_LINES):
                    lost += sum(not Attachment.model_validate_json(line).whole for line in batch)
                    yield batch

            written = await package.lines(INDEX, lines())
        facts = LinesFacts(file=INDEX, **vars(written))
        return Attachments(index=facts, contents=CONTENTS, bytes=size), lost

    async def _contents(self, kept: KeptFiles, index: IO[bytes]) -> AsyncIterator[bytes]:
        for done, (file_id, size, sha256) in enumerate(kept, 1):
            digest, count, whole = hashlib.sha256(), 0, True
            name = sealed_name(self.slug, file_id)
            clear = self._clear(file_id, size, sha256)
            try:
                async for block in sealed(clear, key_of=self.key.file_key, name=name):
                    digest.update(block)
                    count += len(block)
                    yield block
            except (FileMissing, SealBroken):
                whole = False
            line = Attachment(id=file_id, size=size, bytes=count, sha256=digest.hexdigest(), whole=whole)
            index.write(line.model_dump_json().encode() + b"\n")
            await self.tell("pack", done, kept.count)

    async def _clear(self, file_id: UUID, size: int, sha256: str) -> AsyncIterator[bytes]:
        digest = hashlib.sha256()
        async for part in self.files.read(self.slug, file_id, size=size, key_of=self.vault.file_key):
            digest.update(part)
            yield part
        if digest.hexdigest() != sha256:
            raise SealBroken("The store has another file than the row tells of.")
