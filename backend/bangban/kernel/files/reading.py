"""A sealed file as a file to read and seek in, of which only the stretch at hand is in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

from bangban.kernel.files.sealing import CHUNK, Opener, chunks_of, place_of

_AHEAD: Final = 8  # chunks fetched at a time: a store is asked twice for each mebibyte


class SealedFile(io.RawIOBase):
    """The clear text of a sealed file of ``size`` bytes; ``fetch`` gives bytes of the sealed one.

    Reads raise what ``fetch`` does, and SealBroken.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], opener: Opener, *, size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self._opener = opener
        self._size = size
        self._place = 0
        self._first = 0  # the chunk that ``_stretch`` begins with
        self._stretch = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("a file has nothing before its beginning")
        self._place = base + offset
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._place >= self._size or not len(view):
            return 0
        begin = self._place - self._first * CHUNK
        if not 0 <= begin < len(self._stretch):
            self._load(self._place // CHUNK)
            begin = self._place - self._first * CHUNK
        piece = self._stretch[begin : begin + len(view)]
        view[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def _load(self, first: int) -> None:
        last = chunks_of(self._size) - 1
        final = min(first + _AHEAD - 1, last)
        start, end = place_of(first, self._size)[0], place_of(final, self._size)[1]
        raw = self._fetch(start, end)
        pieces = []
        for chunk in range(first, final + 1):
            begin, stop = place_of(chunk, self._size)
            pieces.append(self._opener.open(chunk, raw[begin - start : stop - start], last=chunk == last))
        self._first, self._stretch = first, b"".join(pieces)
