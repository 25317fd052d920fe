"""A trail read for its verification: seals and entries in their order, a page at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from bangban.kernel.audit.canonical import (
    Entry,
)
from bangban.kernel.audit.ranges import BEFORE_ALL, Ranges, Seal, entries_in, seals_in

_ENTRY_PAGE: Final = 2_000
_SEAL_PAGE: Final = 1_000

Fetch = Callable[..., Awaitable[str | bytes]]
"""Runs one of the statements of ``Ranges`` with its arguments, and gives its one value."""


class TrailPages:
    """Pages of one district's trail."""

    def __init__(self, fetch: Fetch, schema: str) -> None:
        self.one = fetch
        self.ranges = Ranges(schema)

    async def last_seal(self) -> Seal | None:
        return next(iter(seals_in(await self.one(self.ranges.last_seal))), None)

    async def seals(self, *, upto: int) -> AsyncIterator[Seal]:
        """Seals in order, up to the number that was the last when the verification began."""
        after = BEFORE_ALL
        while page := seals_in(await self.one(self.ranges.seals, after, _SEAL_PAGE)):
            for seal in page:
                if seal.head.number > upto:
                    return
                yield seal
            after = page[-1].head.number

    async def entries(self, after: int, last: int) -> list[Entry]:
        return entries_in(await self.one(self.ranges.entries, after, last, _ENTRY_PAGE))


class SealedEntries:
    """The sealed part of the trail, taken from the front."""

    def __init__(self, source: TrailPages, last: int) -> None:
        self._source = source
        self._last = last
        self._page: list[Entry] = []
        self._taken = 0
        self._after = BEFORE_ALL

    async def upto(self, seq: int) -> AsyncIterator[list[Entry]]:
        """What is left with numbers up to ``seq``, a piece of a page at a time."""
        while True:
            if self._taken == len(self._page):
                self._page = await self._source.entries(self._after, self._last)
                self._taken = 0
                if not self._page:
                    return
                self._after = self._page[-1].seq
            end = bisect_right(self._page, seq, lo=self._taken, key=lambda entry: entry.seq)
            if end == self._taken:
                return
            piece = self._page[self._taken : end]
            self._taken = end
            yield piece
