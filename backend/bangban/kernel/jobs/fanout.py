"""One notification, many subscribers: who is told, in which bundles, and what they read together.

A subscriber takes a seat. News of what changed is put on the seats it concerns, the same object on each, so that
those who would read the same thing read it once between them. Nothing here knows what is read or who may: that is
decided by the reader of each seat, for each event anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from bangban.kernel.jobs.hints import Hint, Hints
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.jobs.news import News, Taken

# Seconds in which changes are gathered once something was told; the first after a quiet time goes out at once.
WINDOW: Final = 0.05
# Beyond this many things that a subscriber has not been told yet, it is told to look at everything again.
MOST_WAITING: Final = 256
# The same for what a room gathers in one window.
_MOST_GATHERED: Final = 10_000
# Seats told between two turns of the loop, so that requests are served in between.
_SEATS_AT_ONCE: Final = 50
# Reads of all subscribers at a time, and of those who are just coming: watching never takes more of the connections.
_READS_AT_ONCE: Final = 2
_ARRIVALS_AT_ONCE: Final = 2


class Seat(Hints):
    """A subscriber's place. It holds the newest news of each thing, boundedly, however slowly they are taken.

    Hints that come through ``also`` speak of the subscriber, not of what is watched.
    """

    def __init__(self, listener: Listener, room: Room, reference: str | None) -> None:
        super().__init__(listener)
        self.reference = reference
        self._room = room
        self._waiting: dict[str, tuple[datetime, News]] = {}
        self._anew = False
        self._person = False

    def tell(self) -> None:
        """Somebody spoke of the subscriber."""
        self._person = True
        super().tell()

    def hear(self, news: News) -> None:
        """Something changed."""
        known = self._waiting.get(news.reference)
        if known is None and len(self._waiting) >= MOST_WAITING:
            self.look_again()
            return
        self._waiting[news.reference] = (known[0] if known else news.at, news)
        super().tell()

    def look_again(self) -> None:
        """Anything may have changed."""
        self._waiting.clear()
        self._anew = True
        super().tell()

    def take(self) -> Taken:
        """What there is next. If there is more, ``wait`` returns at once."""
        anew, person, self._anew, self._person = self._anew, self._person, False, False
        if anew or not self._waiting:
            taken = Taken(anew=anew, person=person)
        else:
            reference = next(iter(self._waiting))
            since, news = self._waiting.pop(reference)
            taken = Taken(news=news, since=since, person=person)
        if self._waiting:
            super().tell()
        return taken

    def close(self) -> None:
        """Leave. Harmless when repeated."""
        self._waiting.clear()
        self._room.leave(self)
        super().close()


class Room:
    """Everybody who watches one kind of thing in one district."""

    def __init__(self, fanout: FanOut) -> None:
        self._fanout = fanout
        self._of_everything: dict[Seat, None] = {}
        self._of_one: dict[str, dict[Seat, None]] = {}
        self._gathered: dict[str, None] = {}
        self._telling: asyncio.Task[None] | None = None

    def __iter__(self) -> Iterator[Seat]:
        yield from list(self._of_everything)
        for seats in list(self._of_one.values()):
            yield from list(seats)

    def __len__(self) -> int:
        return len(self._of_everything) + sum(map(len, self._of_one.values()))

    def enter(self, seat: Seat) -> None:
        """Take the seat in."""
        self._seats(seat.reference)[seat] = None

    def leave(self, seat: Seat) -> None:
        """Let the seat go. Harmless when repeated."""
        seats = self._seats(seat.reference)
        seats.pop(seat, None)
        if not seats and seat.reference is not None:
            del self._of_one[seat.reference]
        if not len(self):
            self._gathered.clear()
            if self._telling is not None:
                self._telling.cancel()
            self._fanout.close(self)

    def _seats(self, reference: str | None) -> dict[Seat, None]:
        return self._of_everything if reference is None else self._of_one.setdefault(reference, {})

    def gather(self, reference: str) -> None:
        """Something changed: tell those whom it concerns, at once or with the end of the window."""
        if not self._of_everything and reference not in self._of_one:
            return
        if len(self._gathered) >= _MOST_GATHERED:
            self._gathered.clear()
            self.upset()
            return
        self._gathered[reference] = None
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(), name="fan-out")

    def upset(self) -> None:
        """Anything may have changed."""
        for seat in list(self._of_everything):
            seat.look_again()
        for reference, seats in list(self._of_one.items()):
            news = self._fanout.news(reference)
            for seat in list(seats):
                seat.hear(news)

    async def _tell(self) -> None:
        while self._gathered:
            gathered, self._gathered = self._gathered, {}
            for reference in gathered:
                news = self._fanout.news(reference)
                seats = iter([*self._of_everything, *self._of_one.get(reference, ())])
                while some := list(islice(seats, _SEATS_AT_ONCE)):
                    for seat in some:
                        if not seat.closed:
                            seat.hear(news)
                    await asyncio.sleep(0)
            await asyncio.sleep(WINDOW)


class FanOut:
    """The rooms of one process."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._rooms: dict[tuple[str, str], Room] = {}
        self._turns = asyncio.Semaphore(_READS_AT_ONCE)
        # After a server or a network was away everybody comes at once. They wait here, where there is room, and not
        # for a connection, which is kept from whom it is not given to in time.
        self.arriving = asyncio.Semaphore(_ARRIVALS_AT_ONCE)

    def begin(self, *, upsetting: Iterable[str] = ()) -> None:
        """Hear what the listener hears. Call it after the callbacks that forget what is cached, which then run first.

        ``upsetting`` are kinds that, told without a reference, may change what every list of a district holds.
        """
        self._listener.on_any(self._heard)
        self._listener.on_reconnect(self._missed)
        for kind in upsetting:
            self._listener.on(kind, self._upset)

    @property
    def seats(self) -> int:
        """How many are taken."""
        return sum(map(len, self._rooms.values()))

    def seat(self, slug: str, kind: str, reference: str | None = None) -> Seat:
        """A seat for news of this kind in this district: of one thing, or of everything. To be closed."""
        room = self._rooms.get((slug, kind))
        if room is None:
            room = self._rooms[slug, kind] = Room(self)
        seat = Seat(self._listener, room, reference)
        room.enter(seat)
        return seat

    def news(self, reference: str) -> News:
        """News of something, heard now."""
        return News(reference, self._turns)

    def close(self, room: Room) -> None:
        """Forget a room that everybody has left."""
        for key in [key for key, each in self._rooms.items() if each is room]:
            del self._rooms[key]

    def _heard(self, hint: Hint) -> None:
        room = self._rooms.get((hint.slug, hint.kind))
        if room is not None:
            room.gather(hint.reference)

    async def _upset(self, slug: str, reference: str) -> None:
        if not reference:
            for (district, _), room in list(self._rooms.items()):
                if slug in ("", district):
                    room.upset()

    async def _missed(self) -> None:
        for room in list(self._rooms.values()):
            room.upset()
