"""A cache that neither grows nor stays: the least recently used goes first, and everything has an end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """At most ``size`` entries, each until its own moment. For one event loop; not locked."""

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[K, tuple[datetime, V]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def find(self, key: K, *, now: datetime) -> V | None:
        """The value, unless it was never kept, is over, or was forgotten."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        until, value = entry
        if until <= now:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def until(self, key: K) -> datetime | None:
        """The moment at which an entry ends, or None where there is none."""
        entry = self._entries.get(key)
        return entry[0] if entry is not None else None

    def keep(self, key: K, value: V, *, until: datetime) -> None:
        """Keep the value up to ``until``, exclusively."""
        self._entries[key] = (until, value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drop one entry, if it is there."""
        self._entries.pop(key, None)
