"""Hints that something happened, and the inboxes of those who wait for them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple, Protocol, Self


class Hint(NamedTuple):
    """Something of this kind happened to this in this district."""

    slug: str
    kind: str
    reference: str


OnHint = Callable[[str, str], Awaitable[None]]
"""Called with slug and reference."""


def parse_hint(payload: str) -> Hint | None:
    """The hint in a notification's payload, or None where it is not one of ours."""
    try:
        found = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    hint = Hint(found.get("d", ""), found.get("k", ""), found.get("r", ""))
    return hint if hint.kind and all(isinstance(each, str) for each in hint) else None


class Source(Protocol):
    """Whoever puts hints into inboxes: the listener."""

    def add(self, topic: Hint, hints: Hints) -> None:
        """Leave hints about this with ``hints`` from now on."""

    def discard(self, topic: Hint, hints: Hints) -> None:
        """And no more."""


class Hints:
    """A subscriber's inbox: it holds one bit, however many hints came. Closed when left as a context."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._topics: set[Hint] = set()
        self._told = asyncio.Event()
        self.closed = False

    def also(self, slug: str, kind: str, reference: str) -> Self:
        """Wait for this as well."""
        if not self.closed:
            topic = Hint(slug, kind, reference)
            self._topics.add(topic)
            self._source.add(topic, self)
        return self

    def tell(self) -> None:
        """Leave a hint."""
        self._told.set()

    async def wait(self) -> bool:
        """Return True as soon as there is a hint, and take it; False once closed. One waiter at a time."""
        await self._told.wait()
        if self.closed:
            return False
        self._told.clear()
        return True

    def close(self) -> None:
        """End it: whoever waits is let go. Harmless when repeated."""
        self.closed = True
        for topic in self._topics:
            self._source.discard(topic, self)
        self._topics.clear()
        self._told.set()

    def __aiter__(self) -> AsyncIterator[None]:
        return self

    async def __anext__(self) -> None:
        if not await self.wait():
            raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
