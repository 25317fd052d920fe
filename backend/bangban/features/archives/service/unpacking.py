"""What an archive's files hold, on its way into a store: checked before, sealed under the district's new key."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from bangban.features.archives.keys import ArchiveKey
from bangban.features.archives.manifest import INDEX, Attachment, Attachments, Manifest
from bangban.features.archives.package import PackageReader, Stream
from bangban.features.archives.problems import ArchiveAltered
from bangban.features.archives.service.packing import kept_files, sealed_name
from bangban.features.archives.service.progress import Tell
from bangban.kernel.files.sealing import opened, sealed_size
from bangban.kernel.files.store import FileStore
from bangban.kernel.vault.district import DistrictVault
from bangban.kernel.vault.problems import SealBroken

_PREFETCH: Final = 1000  # rows


def _altered(what: str, what_zh: str) -> ArchiveAltered:
    return ArchiveAltered(f"{INDEX}: {what}", f"{INDEX}:{what_zh}")


async def entries(package: PackageReader, held: Attachments) -> AsyncIterator[Attachment]:
    """The lines of an archive's index, in order, each file once. Raises ArchiveAltered."""
    last: UUID | None = None
    async for lines in package.lines(held.index):
        for line in lines:
            try:
                found = Attachment.model_validate_json(line)
            except ValidationError:
                raise _altered("a line is none", "有一行无法识别") from None
            if last is not None and found.id <= last:
                raise _altered("a file is in it twice, or out of order", "有重复或次序颠倒的附件")
            if found.whole and found.bytes != sealed_size(found.size):
                raise _altered("a file has not the size that it should", "有附件的大小不符")
            last = found.id
            yield found


async def check_contents(package: PackageReader, tell: Tell) -> None:
    """Compare what files hold with the index, to the byte; no key is needed. Raises ArchiveAltered."""
    held = package.manifest.attachments
    if held is None:
        return
    done = size = lost = 0
    with package.stream(held.contents) as stream:
        async for entry in entries(package, held):
            digest = hashlib.sha256()
            async for block in stream.blocks(entry.bytes):
                digest.update(block)
            if digest.hexdigest() != entry.sha256:
                raise _altered("a file is not what it tells", "有附件的校验值不符")
            done, size, lost = done + 1, size + entry.bytes, lost + (not entry.whole)
            await tell("check files", done, held.index.rows)
    if size != held.bytes or lost != package.manifest.files_left_out:
        raise _altered("it does not tell of everything that is there", "与实际内容不一致")


@dataclass(frozen=True, kw_only=True)
class Unpacking:
    """Puts what the files of one archive hold into a store, for the rows that were loaded from it."""

    package: PackageReader
    files: FileStore
    driver: asyncpg.Connection
    schema: str
    key: ArchiveKey
    vault: DistrictVault
    tell: Tell

    @property
    def _manifest(self) -> Manifest:
        return self.package.manifest

    async def put(self) -> None:
        """Exactly the files that the rows say are kept, each what its row tells of; all of it or ArchiveAltered.

        Raises Unavailable where the store cannot be reached. What was put before that is the caller's to delete.
        """
        held = self._manifest.attachments
        if held is None:
            await self._without()
            return
        done = 0
        rows = aiter(self.driver.cursor(kept_files(self.schema), prefetch=_PREFETCH))
        with self.package.stream(held.contents) as stream:
            async for entry in entries(self.package, held):
                row = await anext(rows, None)
                if row is None or row["id"] > entry.id:
                    raise _altered("it holds a file that no case has", "含有不属于任何办件的附件")
                if row["id"] < entry.id:
                    raise _altered("a kept file is missing", "缺少已保存的附件")
                await self._put(stream, entry, row)
                done += 1
                await self.tell("unpack", done, held.index.rows)
        if await anext(rows, None) is not None:
            raise _altered("a kept file is missing", "缺少已保存的附件")

    async def _without(self) -> None:
        """An archive of before files had contents in it, or of a district without any."""
        kept = f"SELECT count(*) FROM ({kept_files(self.schema)}) AS kept"  # noqa: S608 - checked names
        if await self.driver.fetchval(kept) != self._manifest.files_left_out:
            raise ArchiveAltered("the contents of its files are missing", "缺少附件内容")

    async def _put(self, stream: Stream, entry: Attachment, row: asyncpg.Record) -> None:
        if not entry.whole:
            async for _ in stream.blocks(entry.bytes):
                pass
            return
        if entry.size != row["size"]:
            raise _altered("a file is not the one that its row tells of", "附件与其记录不符")
        clear = self._clear(stream, entry, row["sha256"])
        await self.files.put(self._manifest.slug, entry.id, clear, key_of=self.vault.file_key)

    async def _clear(self, stream: Stream, entry: Attachment, sha256: str) -> AsyncIterator[bytes]:
        digest = hashlib.sha256()
        name = sealed_name(self._manifest.slug, entry.id)
        try:
            async for part in opened(stream.next, size=entry.size, key_of=self.key.file_key, name=name):
                digest.update(part)
                yield part
        except SealBroken:
            raise _altered("a file does not open in its place", "有附件在其位置无法解开") from None
        if digest.hexdigest() != sha256:
            raise _altered("a file is not the one that its row tells of", "附件与其记录不符")
