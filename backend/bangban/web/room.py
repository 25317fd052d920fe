"""Places and turns that districts share; see ``admission``."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Final

from bangban.kernel.problems import Overloaded

GREED: Final = 4  # times what is free; one district alone fills four fifths of the room
RETRY_SECONDS: Final = 1
_RECENTLY: Final = 1.0  # seconds for which a district that was here keeps its share


class Room:
    """Places that districts share: one may have ``GREED`` times what is free, so that some always is."""

    __slots__ = ("_inside", "_places", "free")

    def __init__(self, places: int) -> None:
        self._places = self.free = places
        self._inside: dict[Hashable, int] = {}

    def enter(self, name: Hashable) -> bool:
        """Take a place, if there is one for ``name``."""
        inside = self._inside.get(name, 0)
        if inside >= GREED * self.free:
            return False
        self._inside[name] = inside + 1
        self.free -= 1
        return True

    def leave(self, name: Hashable) -> None:
        """Give one back."""
        left = self._inside[name] - 1
        if left:
            self._inside[name] = left
        else:
            del self._inside[name]
        self.free += 1

    def inside(self, name: Hashable) -> int:
        """How many of ``name`` are inside."""
        return self._inside.get(name, 0)


class Lane:
    """Work that is done at the same time, and who waits for it."""

    def __init__(self, places: int, *, least: int, wait_seconds: float, clock: Callable[[], float]) -> None:
        self._places = places
        self._least = min(least, places)
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._working: dict[str, int] = {}
        self._recent: OrderedDict[str, float] = OrderedDict()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._ring: deque[str] = deque()  # districts that wait, in the order of their turns
        self._oldest: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.working = 0

    def waiting(self, slug: str) -> int:
        """How many of a district wait."""
        return sum(not each.done() for each in self._waiting.get(slug, ()))

    def of(self, slug: str) -> int:
        """How many of a district are worked on."""
        return self._working.get(slug, 0)

    def share(self) -> int:
        """How many of one district may be worked on: all while it is alone, else half of its part of them.

        The other half keeps loop and database free enough for whoever comes next to be served at once.
        """
        here = len(self._recent)
        return self._places if here <= 1 else max(1, self._places // (2 * here))

    def take(self, slug: str) -> asyncio.Future[None] | None:
        """A place now (None), or what will be done when there is one; it raises Overloaded after too long."""
        now = self._clock()
        self._seen(slug, now)
        if slug not in self._waiting and self._fits(slug):
            self._begin(slug)
            return None
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        if slug not in self._waiting:
            self._waiting[slug] = deque()
            self._ring.append(slug)
        self._waiting[slug].append(turn)
        self._go_on()  # those before it may all have given up
        if turn.done():
            return None
        while self._oldest and self._oldest[0][1].done():
            self._oldest.popleft()
        self._oldest.append((now + self._wait_seconds, turn))
        if self._timer is None:
            self._timer = loop.call_later(self._wait_seconds, self._expire)
        return turn

    def give(self, slug: str) -> None:
        """A place back. Whose turn it is goes on at once."""
        left = self._working[slug] - 1
        if left:
            self._working[slug] = left
        else:
            del self._working[slug]
        self.working -= 1
        if self._ring:
            self._go_on()

    def _seen(self, slug: str, now: float) -> None:
        self._recent[slug] = now
        self._recent.move_to_end(slug)
        while next(iter(self._recent.values())) < now - _RECENTLY:
            self._recent.popitem(last=False)

    def _fits(self, slug: str) -> bool:
        if self.working >= self._places:
            return False
        return self.working < self._least or self._working.get(slug, 0) < self.share()

    def _begin(self, slug: str) -> None:
        self._working[slug] = self._working.get(slug, 0) + 1
        self.working += 1

    def _go_on(self) -> None:
        """Give free places to those who wait, one district after another."""
        passed = 0
        while self.working < self._places and passed < len(self._ring):
            slug = self._ring[0]
            self._ring.rotate(-1)
            if not self._fits(slug):  # there are no more of these than places
                passed += 1
                continue
            passed = 0
            queue = self._waiting[slug]
            while queue and queue[0].done():  # given up, or refused
                queue.popleft()
            if queue:
                queue.popleft().set_result(None)
                self._begin(slug)
            if not queue:
                del self._waiting[slug]
                self._ring.pop()

    def _expire(self) -> None:
        """Refuse who has waited too long; look again when the next one will have."""
        now, self._timer = self._clock(), None
        while self._oldest and (self._oldest[0][1].done() or self._oldest[0][0] <= now):
            turn = self._oldest.popleft()[1]
            if not turn.done():
                turn.set_exception(Overloaded(seconds=RETRY_SECONDS))
        if self._oldest:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._oldest[0][0] - now), self._expire)
