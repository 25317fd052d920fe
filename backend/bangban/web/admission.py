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
import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from bangban.kernel.problems import Overloaded
from bangban.web.errors import problem_entry
from bangban.web.room import RETRY_SECONDS, Lane, Room


class TooManyConnections(Overloaded):
    """One caller, one district, or everybody together keeps too many WebSockets open."""

    zh = "打开的连接过多,请关闭不用的连接,{seconds} 秒后重试。"
    en = "Too many connections are open; close those that are not needed and retry in {seconds} seconds."


@dataclass(frozen=True)
class Bounds:
    """Of one process. Seconds where named."""

    room: int = 512  # a body has 256 KiB at most, so 128 MiB of bodies at the very worst
    files: int = 32  # of these, how many have a body with a file: 4 MiB at most, so another 128 MiB
    reading: int = 8
    writing: int = 16
    least: int = 2  # work at a time that keeps loop and database busy, whoever's it is
    wait_seconds: float = 5.0
    connections: int = 4_000
    connections_of_caller: int = 20


class Visit:
    """One request inside. ``leave`` is always called; what was not given back before is given back then."""

    __slots__ = ("_admission", "_file", "_lane", "_slug", "_turn")

    def __init__(self, admission: Admission, slug: str) -> None:
        self._admission: Admission | None = admission
        self._slug = slug
        self._file = False
        self._lane: Lane | None = None
        self._turn: asyncio.Future[None] | None = None

    def carry_file(self) -> None:
        """Count this request as one with a large body until it leaves; raises Overloaded."""
        if self._admission is None or self._file:
            raise RuntimeError("a visit carries one file, and before it is left")
        if not self._admission.files.enter(self._slug):
            raise Overloaded(seconds=RETRY_SECONDS)
        self._file = True

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
            if self._file:
                admission.files.leave(self._slug)


class Admission:
    """The room and the lanes of one process."""

    def __init__(self, bounds: Bounds | None = None, *, clock: Callable[[], float] | None = None) -> None:
        chosen = bounds or Bounds()
        tick = clock or (lambda: asyncio.get_running_loop().time())
        self.room = Room(chosen.room)
        self.files = Room(chosen.files)
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
            raise TooManyConnections(seconds=RETRY_SECONDS)
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
    entry = problem_entry(Overloaded(seconds=RETRY_SECONDS), language)
    body = json.dumps({"errors": [entry]}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (
        (b"cache-control", b"no-store"),
        (b"retry-after", str(RETRY_SECONDS).encode()),
    )
    return Refusal(503, headers, body)


_REFUSALS: Final = {language: _refusal(language) for language in ("zh", "en")}
