"""Where files are kept: a local folder, or a bucket of anything that speaks S3; sealed for their district.

An object's name is the district's slug and a random id, so it says nothing of anybody; what the object holds is
sealed under the district's own key. Whoever has the folder or the bucket alone has nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from io import BufferedReader
from pathlib import Path
from typing import Any, Final, Self
from uuid import UUID

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, from_url

from bangban.kernel.files.reading import SealedFile
from bangban.kernel.files.sealing import HEADER_BYTES, KeyOf, Opener, chunks_of, place_of, sealed
from bangban.kernel.problems import Unavailable

_PART: Final = 5 * 1024 * 1024  # bytes; the least that S3 takes as one part of several
_AT_ONCE: Final = 16  # chunks asked for together when a file is read from its beginning to its end

_NOTED: Final = "_imports/"  # no district's slug begins so

# The store's own errors; of a local folder some are the system's.
_TROUBLE: Final = (BaseError, OSError)


class FileMissing(LookupError):  # noqa: N818 - a finding, as the refusals are
    """The store has no such object, though somebody remembers one."""


class FileStore:
    """The files of all districts of one installation. Raises Unavailable where the store cannot be reached."""

    def __init__(self, store: Any) -> None:
        self._store = store

    @classmethod
    def open(cls, location: str | None, *, folder: Path) -> Self:
        """The store at ``location`` (``s3://bucket/prefix``), or the local ``folder`` where that is None.

        Keys, region and endpoint of a bucket come from the environment (``AWS_…``), as its own tools read them.
        """
        if location is not None:
            return cls(from_url(location))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        return cls(LocalStore(folder, automatic_cleanup=True))

    async def put(self, slug: str, file_id: UUID, parts: AsyncIterable[bytes], *, key_of: KeyOf) -> None:
        """Seal and keep a file as it comes. Nothing is kept of one that ends in an exception, which is passed on."""
        name = _name(slug, file_id)
        source = _Source(sealed(parts, key_of=key_of, name=name))
        upload = asyncio.ensure_future(
            obstore.put_async(
                self._store, name, source, use_multipart=True, chunk_size=_PART, max_concurrency=1
            )
        )
        try:
            await asyncio.shield(upload)
        except asyncio.CancelledError:
            source.break_off()
            await asyncio.wait({upload})
            if upload.exception() is None:  # it was through already
                await self._delete(name)
            raise
        except _TROUBLE as trouble:
            if source.error is not None:  # it was not the store
                raise source.error from None
            raise Unavailable from trouble

    async def read(self, slug: str, file_id: UUID, *, size: int, key_of: KeyOf) -> AsyncIterator[bytes]:
        """A whole file in the clear, piece by piece; each piece was proved right. Raises FileMissing, SealBroken."""
        name, last = _name(slug, file_id), chunks_of(size) - 1
        opener = Opener(await self._bytes(name, 0, HEADER_BYTES), key_of=key_of, name=name)
        for first in range(0, last + 1, _AT_ONCE):
            final = min(first + _AT_ONCE - 1, last)
            start, end = place_of(first, size)[0], place_of(final, size)[1]
            raw = await self._bytes(name, start, end)
            for chunk in range(first, final + 1):
                begin, stop = place_of(chunk, size)
                yield opener.open(chunk, raw[begin - start : stop - start], last=chunk == last)

    def opened(self, slug: str, file_id: UUID, *, size: int, key_of: KeyOf) -> BufferedReader:
        """A kept file as one to read and seek in, for use in a thread: it waits for the store.

        It raises FileMissing and SealBroken, and Unavailable, wherever it is read.
        """
        name = _name(slug, file_id)

        def fetch(start: int, end: int) -> bytes:
            try:
                return bytes(obstore.get_range(self._store, name, start=start, end=end))
            except (NotFoundError, FileNotFoundError) as missing:
                raise FileMissing from missing
            except _TROUBLE as trouble:
                raise Unavailable from trouble

        opener = Opener(fetch(0, HEADER_BYTES), key_of=key_of, name=name)
        return BufferedReader(SealedFile(fetch, opener, size=size))

    async def delete(self, slug: str, file_id: UUID) -> None:
        """Delete a file; one that is not there is deleted already."""
        await self._delete(_name(slug, file_id))

    async def _delete(self, name: str) -> None:
        try:
            await obstore.delete_async(self._store, name)
        except (NotFoundError, FileNotFoundError):
            return
        except _TROUBLE as trouble:
            raise Unavailable from trouble

    async def delete_all(self, slug: str) -> int:
        """Delete every file of a district; how many there were."""
        count = 0
        try:
            async for objects in obstore.list(self._store, f"{slug}/"):
                names = [each["path"] for each in objects]
                await obstore.delete_async(self._store, names)
                count += len(names)
        except _TROUBLE as trouble:
            raise Unavailable from trouble
        return count

    async def note_import(self, slug: str) -> None:
        """Note that files come for a district that is not there yet."""
        try:
            await obstore.put_async(self._store, _NOTED + slug, b"1")
        except _TROUBLE as trouble:
            raise Unavailable from trouble

    async def noted_imports(self) -> list[str]:
        """The districts that were noted and not forgotten since."""
        try:
            found = await obstore.list(self._store, _NOTED).collect_async()
        except _TROUBLE as trouble:
            raise Unavailable from trouble
        return [each["path"].removeprefix(_NOTED) for each in found]

    async def forget_import(self, slug: str) -> None:
        """Forget what was noted; what nobody noted is forgotten already."""
        await self._delete(_NOTED + slug)

    async def _bytes(self, name: str, start: int, end: int) -> bytes:
        try:
            return bytes(await obstore.get_range_async(self._store, name, start=start, end=end))
        except (NotFoundError, FileNotFoundError) as missing:
            raise FileMissing from missing
        except _TROUBLE as trouble:
            raise Unavailable from trouble


class _Source:
    """What a store reads an upload from, and what went wrong with it.

    A store forgets an upload that is cancelled: its parts stay in the bucket, and a file beside its place is removed at
    some time. If what it reads from fails, it undoes the upload before it says so; therefore ``break_off``.
    """

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts
        self._reading: asyncio.Task[Any] | None = None
        self._broken = False
        self.error: BaseException | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._broken:
            raise asyncio.CancelledError
        self._reading = asyncio.current_task()
        try:
            return await anext(self._parts)
        except StopAsyncIteration:
            raise
        except BaseException as error:
            self.error = error
            raise
        finally:
            self._reading = None

    def break_off(self) -> None:
        """Fail in the read that is going on, or else in the next one."""
        self._broken = True
        if self._reading is not None:
            self._reading.cancel()


def _name(slug: str, file_id: UUID) -> str:
    return f"{slug}/{file_id.hex}"
