"""Admission: who may come in, and whose turn it is, so that no district's flood is another's standstill.

Three bounds, each an object that knows nothing of HTTP:

* the **room**: requests inside a process, from their headers to the last byte of their answer. A district may
  fill ``GREED`` times what is still free, so one alone can have most of it, several get equal parts, and
  there is always a place for whoever was not here. Who finds no place is refused at once, with bytes that
  were made beforehand: before the body is read, let alone parsed.
* the **lanes**, one for reading and one for writing: requests being worked on. Few, because an event loop that
  works on many things at once is late for all of them. Free places go round the districts that wait. One
  district alone may have them all; while another was here within the last second, it has its share. Who waits too
  long is refused.
* the **doors** for WebSockets: connections of a process, a district, a caller.

A district is counted by the name that a request gives (header, host name or unverified token): whoever lies
about it uses up places of a district that they could have asked anyway. An unknown name counts as none.

How the endpoint uses it::

    visit = admission.enter(slug)                # sync; None: answer with admission.refusal(language)
    try:
        request = await deadlines.keep(posted(…))    # raises BodyTooSlow: 408, and the connection closes
        await visit.turn(writing=looks_like_writing(request.query))  # raises Overloaded: 503, Retry-After
        answer = …                                   # authenticate, run
        visit.rest()                                 # gives up the turn: a slow reader holds nothing but memory
        await send(…)
    finally:
        visit.leave()
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

from bangban.kernel.problems import ErrorCode, Overloaded, Problem
from bangban.kernel.tenancy.registry import Registry
from bangban.web.auth import host_name
from bangban.web.errors import problem_entry

T = TypeVar("T")

GREED: Final = 4  # times what is free; one district alone fills four fifths of the room
_RECENTLY: Final = 1.0  # seconds for which a district that was here keeps its share
_RETRY_SECONDS: Final = 1
_MUTATION: Final = "mutation"


class BodyTooSlow(Problem):
    """The body did not arrive in time. The connection is closed, since the rest of it may still come."""

    code = ErrorCode.BAD_REQUEST
    zh = "请求体未能及时送达。"
    en = "The body of the request did not arrive in time."


class TooManyConnections(Overloaded):
    """One caller, one district, or everybody together keeps too many WebSockets open."""

    zh = "打开的连接过多,请关闭不用的连接,{seconds} 秒后重试。"
    en = "Too many connections are open; close those that are not needed and retry in {seconds} seconds."


@dataclass(frozen=True)
class Bounds:
    """Of one process. Seconds where named."""

    room: int = 512  # a body has 256 KiB at most, so 128 MiB of bodies at the very worst
    reading: int = 8
    writing: int = 16
    least: int = 2  # work at a time that keeps loop and database busy, whoever's it is
    wait_seconds: float = 5.0
    connections: int = 4_000
    connections_of_caller: int = 20


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
                turn.set_exception(Overloaded(seconds=_RETRY_SECONDS))
        if self._oldest:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._oldest[0][0] - now), self._expire)


class Visit:
    """One request inside. ``leave`` is always called; what was not given back before is given back then."""

    __slots__ = ("_admission", "_lane", "_slug", "_turn")

    def __init__(self, admission: Admission, slug: str) -> None:
        self._admission: Admission | None = admission
        self._slug = slug
        self._lane: Lane | None = None
        self._turn: asyncio.Future[None] | None = None

    async def turn(self, *, writing: bool = False) -> None:
        """Wait until it is this request's turn to be worked on; raises Overloaded."""
        if self._admission is None or self._lane is not None:
            raise RuntimeError("a visit has one turn, and before it is left")
        lane = self._admission.writing if writing else self._admission.reading
        turn = lane.take(self._slug)
        self._lane, self._turn = lane, turn
        if turn is not None:
            await turn

    def rest(self) -> None:
        """Give the turn back, or stop waiting for it."""
        lane, turn, self._lane, self._turn = self._lane, self._turn, None, None
        if lane is None:
            return
        if turn is None or (turn.done() and not turn.cancelled() and turn.exception() is None):
            lane.give(self._slug)
        else:
            turn.cancel()

    def leave(self) -> None:
        """Give everything back. A second time does nothing."""
        self.rest()
        admission, self._admission = self._admission, None
        if admission is not None:
            admission.room.leave(self._slug)


class Admission:
    """The room and the lanes of one process."""

    def __init__(self, bounds: Bounds | None = None, *, clock: Callable[[], float] | None = None) -> None:
        chosen = bounds or Bounds()
        tick = clock or (lambda: asyncio.get_running_loop().time())
        self.room = Room(chosen.room)
        self.reading = Lane(chosen.reading, least=chosen.least, wait_seconds=chosen.wait_seconds, clock=tick)
        self.writing = Lane(chosen.writing, least=chosen.least, wait_seconds=chosen.wait_seconds, clock=tick)

    def enter(self, slug: str) -> Visit | None:
        """Let a request in; None where there is no place for it."""
        return Visit(self, slug) if self.room.enter(slug) else None

    @staticmethod
    def refusal(language: str) -> Refusal:
        """What to answer instead."""
        return _REFUSALS["zh" if language.startswith("zh") else "en"]


class Doors:
    """WebSocket connections of one process, each counted for its district and for its caller."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        chosen = bounds or Bounds()
        self._room = Room(chosen.connections)
        self._of_caller: dict[Hashable, int] = {}
        self._most_of_caller = chosen.connections_of_caller

    def enter(self, slug: str, caller: Hashable) -> Callable[[], None]:
        """Count a connection; what comes back takes it off again, once. Raises TooManyConnections."""
        mine = self._of_caller.get(caller, 0)
        if mine >= self._most_of_caller or not self._room.enter(slug):
            raise TooManyConnections(seconds=_RETRY_SECONDS)
        self._of_caller[caller] = mine + 1
        inside = True

        def leave() -> None:
            nonlocal inside
            if not inside:
                return
            inside = False
            self._room.leave(slug)
            left = self._of_caller[caller] - 1
            if left:
                self._of_caller[caller] = left
            else:
                del self._of_caller[caller]

        return leave


@dataclass(frozen=True)
class Refusal:
    """A whole answer, made beforehand. ``headers`` lack the body's type, which the client chooses, and length."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def _refusal(language: str) -> Refusal:
    entry = problem_entry(Overloaded(seconds=_RETRY_SECONDS), language)
    body = json.dumps({"errors": [entry]}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (
        (b"cache-control", b"no-store"),
        (b"retry-after", str(_RETRY_SECONDS).encode()),
    )
    return Refusal(503, headers, body)


_REFUSALS: Final = {language: _refusal(language) for language in ("zh", "en")}


class Deadlines:
    """One time limit for many: bodies that are awaited. Much cheaper than a timer for each of them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._awaited: deque[_Deadline] = deque()  # all have equally long, so the first one is due first
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(each.task is not None for each in self._awaited)

    async def keep(self, awaited: Awaitable[T]) -> T:
        """What ``awaited`` gives; raises BodyTooSlow where it takes too long, however it trickles."""
        loop = asyncio.get_running_loop()
        deadline = _Deadline(loop.time() + self._seconds, asyncio.current_task())
        while self._awaited and self._awaited[0].task is None:
            self._awaited.popleft()
        self._awaited.append(deadline)
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._expire)
        try:
            return await awaited
        except asyncio.CancelledError as cancelled:
            if deadline.missed and deadline.task is not None and deadline.task.uncancel() == 0:
                raise BodyTooSlow from cancelled
            raise
        finally:
            deadline.task = None

    def _expire(self) -> None:
        loop, self._timer = asyncio.get_running_loop(), None
        now = loop.time()
        while self._awaited and (self._awaited[0].task is None or self._awaited[0].at <= now):
            deadline = self._awaited.popleft()
            if deadline.task is not None:
                deadline.missed = True
                deadline.task.cancel()
        if self._awaited:
            self._timer = loop.call_later(max(0.0, self._awaited[0].at - now), self._expire)


class _Deadline:
    """When somebody's patience ends; ``task`` is None once it no longer matters."""

    __slots__ = ("at", "missed", "task")

    def __init__(self, at: float, task: asyncio.Task[Any] | None) -> None:
        self.at = at
        self.task = task
        self.missed = False


def looks_like_writing(document: str) -> bool:
    """A guess, for the choice of a lane: both are fair, so a wrong one harms nobody but who provoked it."""
    return _MUTATION in document


def counted_as(
    registry: Registry, authorization: bytes | None, district: bytes | None, host: bytes | None
) -> str:
    """The district that a request is counted for; empty for none and for one that is not there."""
    slug = _named(authorization, district) or (registry.slug_of_host(_host(host)) if host else None)
    return slug if slug is not None and registry.find(slug) is not None else ""


def _named(authorization: bytes | None, district: bytes | None) -> str | None:
    if district is not None:
        return district.decode("latin-1").strip()
    return claimed_district(authorization) if authorization is not None else None


@lru_cache(maxsize=512)
def _host(host: bytes) -> str:
    return host_name(host.decode("latin-1"))


@lru_cache(maxsize=8192)
def claimed_district(authorization: bytes) -> str | None:
    """The district that a bearer token names, unverified: for counting, and nothing else."""
    parts = authorization.split(b".")
    if len(parts) != 3 or len(authorization) > 4096:  # header, claims, signature
        return None
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(parts[1] + b"=="))
        found = claims.get("dst")
    except (ValueError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) else None
