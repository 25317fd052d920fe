"""The archive as a file, read with suspicion.

Nothing is ever extracted to a path of the archive's choosing: members are read as streams, by the names that the
manifest gives, and a member that it does not name is refused, as is one that is longer than it says.
"""

from __future__ import annotations

import asyncio
import hashlib
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bangban.features.archives.manifest import LinesFacts, Manifest, read_manifest
from bangban.features.archives.problems import ArchiveAltered, ArchiveUnreadable
from bangban.features.archives.readme import READMES

MANIFEST: Final = "manifest.json"
MAC: Final = "manifest.mac"

_CHUNK: Final = 256 * 1024
_LONGEST_LINE: Final = 16 * 1024 * 1024
_LONGEST_MANIFEST: Final = 8 * 1024 * 1024
_MOST_MEMBERS: Final = 10_000
# Rows of random ids and sealed values hardly shrink; what shrinks more than this, and is large, is no data of ours.
_MOST_RATIO: Final = 200
_LARGE: Final = 64 * 1024 * 1024
# Besides its own error zipfile raises these for packings it does not know, sealed members, and ends that are missing.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError)


class PackageReader:
    """Reads one archive. ``raw`` is the manifest as it stands in the file."""

    def __init__(self, package: zipfile.ZipFile, *, raw: bytes, mac: str) -> None:
        self._package = package
        self.raw = raw
        self.mac = mac
        self.manifest: Manifest = read_manifest(raw)
        self._check_members()

    def _check_members(self) -> None:
        names = [info.filename for info in self._package.infolist()]
        files: list[LinesFacts] = list(self.manifest.tables)
        wanted = {MANIFEST, MAC, *READMES}
        held = self.manifest.attachments
        if held is not None:
            files.append(held.index)
            wanted.add(held.contents)
        wanted.update(each.file for each in files)
        if len(names) != len(set(names)):
            raise ArchiveAltered("a file is in it twice", "有重复的文件")
        for missing in sorted(wanted - set(names)):
            raise ArchiveAltered(f"{missing} is missing", f"缺少 {missing}")
        if set(names) - wanted:
            raise ArchiveAltered("it holds files that the manifest does not name", "含有清单之外的文件")
        sizes = {each.file: each.bytes for each in files}
        if held is not None:
            sizes[held.contents] = held.bytes
        for name, size in sizes.items():
            info = self._package.getinfo(name)
            bomb = info.file_size > _LARGE and info.file_size > _MOST_RATIO * info.compress_size
            if info.file_size != size or bomb:
                raise ArchiveAltered(f"{name} has not the size that it should", f"{name} 的大小不符")

    async def lines(self, table: LinesFacts) -> AsyncIterator[list[bytes]]:
        """The lines of a file in batches, without their ends. Never more than a batch in memory.

        Raises ArchiveAltered, at the end at the latest, where file and manifest do not agree.
        """
        rows = size = 0
        digest = hashlib.sha256()
        rest = b""
        with _readable(self._package, table.file) as member:
            while True:
                block = await asyncio.to_thread(_read, member, table.file)
                if not block:
                    break
                digest.update(block)
                size += len(block)
                if size > table.bytes:
                    break
                *lines, rest = (rest + block).split(b"\n")
                if len(rest) > _LONGEST_LINE:
                    raise ArchiveAltered(f"{table.file} has an endless line", f"{table.file} 中有超长的行")
                rows += len(lines)
                if lines:
                    yield lines
        if rest or (size, digest.hexdigest(), rows) != (table.bytes, table.sha256, table.rows):
            raise ArchiveAltered(
                f"{table.file} is not what the manifest says", f"{table.file} 的内容、行数或校验值不符"
            )

    @contextmanager
    def stream(self, name: str) -> Iterator[Stream]:
        """A member to be read from its beginning to its end. Raises ArchiveUnreadable."""
        with _readable(self._package, name) as member:
            yield Stream(member, name)


class Stream:
    """A member that is read piece by piece."""

    def __init__(self, member: IO[bytes], name: str) -> None:
        self._member = member
        self._name = name

    async def next(self, size: int) -> bytes:
        """The next ``size`` bytes, all of them. Raises ArchiveAltered where it is cut off."""
        found = await asyncio.to_thread(_read, self._member, self._name, size)
        if len(found) != size:
            raise ArchiveAltered(f"{self._name} is cut off", f"{self._name} 不完整")
        return found

    async def blocks(self, size: int) -> AsyncIterator[bytes]:
        """The next ``size`` bytes in pieces. Raises ArchiveAltered where it is cut off."""
        for start in range(0, size, _CHUNK):
            yield await self.next(min(_CHUNK, size - start))


def _read(member: IO[bytes], name: str, size: int = _CHUNK) -> bytes:
    try:
        return member.read(size)
    except _BROKEN:
        raise ArchiveAltered(f"{name} cannot be read", f"{name} 无法读取") from None


@contextmanager
def _readable(package: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    try:
        member = package.open(name)
    except (*_BROKEN, KeyError):
        raise ArchiveUnreadable(f"{name} cannot be read", f"{name} 无法读取") from None
    with member:
        yield member


@contextmanager
def read_package(file: Path) -> Iterator[PackageReader]:
    """An archive, its manifest read and its members compared with it; no key is needed for that.

    Raises ArchiveUnreadable, ArchiveAltered.
    """
    try:
        package = zipfile.ZipFile(file)
    except (*_BROKEN, ValueError):
        raise ArchiveUnreadable("it is no ZIP file", "不是 ZIP 文件") from None
    with package:
        if len(package.infolist()) > _MOST_MEMBERS:
            raise ArchiveUnreadable("it holds too many files", "文件数过多")
        yield PackageReader(
            package,
            raw=_small(package, MANIFEST, _LONGEST_MANIFEST),
            mac=_small(package, MAC, 128).decode("ascii", "replace").strip(),
        )


def _small(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    with _readable(package, name) as member:
        try:
            found = member.read(most + 1)
        except _BROKEN:
            raise ArchiveUnreadable(f"{name} cannot be read", f"{name} 无法读取") from None
    if len(found) > most:
        raise ArchiveUnreadable(f"{name} is too long", f"{name} 过长")
    return found


def sha256_of(file: Path) -> str:
    """The digest of a whole file, in hexadecimal digits. Blocks; call it on a thread."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
