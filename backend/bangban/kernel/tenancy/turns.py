"""Whose turn it is: many districts want few places, and one of them must not take them all.

Who finds no free place waits in the queue of their district, and districts are served in turn, one at a time.
Nobody waits while a place is free, and a district alone may have every place; but as long as others wait, one
that has its share of places already is passed by.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Any, Final, Generic, TypeVar

from bangban.kernel.problems import Overloaded

P = TypeVar("P")

# A place goes to a district that is at home there before the one whose turn it is, if that one is found among the
# next few; and not more often than this in a row. So a turn comes after a bounded number of others.
_LOOK_AHEAD: Final = 8
_PASSED_BY: Final = 4
_FULL_SECONDS: Final = 1  # a full queue empties within less, unless the database hangs


def share_of(places: int) -> int:
    """How many of so many places one district may have while others wait: half of them."""
    return max(1, places // 2)


class _Party:
    """One district, as long as it has or wants a place."""

    __slots__ = ("busy", "passed", "waiting")

    def __init__(self) -> None:
        self.busy = 0
        self.passed = 0
        self.waiting: dict[asyncio.Future[Any], None] = {}


class Turns(Generic[P]):
    """Counts who has places, keeps who waits for one, and says who is next. Knows nothing of the places.

    ``share``: places of one district while others wait. ``queue``: how many of one district may wait.
    ``patience``: seconds that one waits at most. ``give_back`` takes a place that came too late for somebody who
    was cancelled.
    """

    def __init__(
        self, *, share: int, queue: int, patience: float, give_back: Callable[[str, P], None]
    ) -> None:
        self._share = share
        self._queue = queue
        self._patience = patience
        self._give_back = give_back
        self._parties: dict[str, _Party] = {}
        self._ring: OrderedDict[str, _Party] = OrderedDict()  # who waits, first whose turn it is
        self.waiting = 0
        self.refused_at_once = 0
        self.refused_late = 0

    @property
    def busy(self) -> dict[str, int]:
        """How many places each district has."""
        return {name: party.busy for name, party in self._parties.items() if party.busy}

    def __len__(self) -> int:
        """Districts that have or want a place: what is held in memory."""
        return len(self._parties)

    def begin(self, name: str) -> None:
        """``name`` has one place more."""
        party = self._parties.get(name)
        if party is None:
            party = self._parties[name] = _Party()
        party.busy += 1

    def end(self, name: str) -> None:
        """``name`` has one place less."""
        party = self._parties[name]
        party.busy -= 1
        self._forget(name, party)

    async def wait(self, name: str) -> P:
        """A place, when it is this one's turn; counted as ``name``'s already. Raises Overloaded."""
        party = self._parties.get(name) or _Party()
        if len(party.waiting) >= self._queue:
            self.refused_at_once += 1
            raise Overloaded(seconds=_FULL_SECONDS)
        self._parties[name] = party
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[P] = loop.create_future()
        if not party.waiting:
            party.passed = 0
            self._ring[name] = party
        party.waiting[turn] = None
        self.waiting += 1
        limit = loop.call_later(self._patience, self._refuse, name, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            # The place may have come in the same moment.
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._give_back(name, turn.result())
            raise
        finally:
            limit.cancel()
            self._withdraw(name, turn)

    def refuse_all(self, problem: Exception) -> None:
        """Nobody who waits now gets a place any more."""
        for name, party in list(self._ring.items()):
            for turn in list(party.waiting):
                self._withdraw(name, turn)
                if not turn.done():
                    turn.set_exception(problem)

    def hand(self, place: P, *, at_home: Callable[[str], bool]) -> bool:
        """Give a free place to whoever's turn it is; False if nobody waits.

        ``at_home`` says which districts the place suits better than another would.
        """
        while self._ring:
            name = self._next(at_home)
            party = self._ring[name]
            turn = next(iter(party.waiting))
            self._ring.move_to_end(name)
            self._withdraw(name, turn)
            if turn.done():
                continue  # cancelled, and does not know it yet
            party.passed = 0
            self.begin(name)
            turn.set_result(place)
            return True
        return False

    def _next(self, at_home: Callable[[str], bool]) -> str:
        fair = full = ""
        looked = 0
        for name, party in self._ring.items():
            if party.busy >= self._share:
                # These are few: there are not more of them than places.
                full = full or name
                continue
            if at_home(name):
                if looked:
                    self._ring[fair].passed += 1
                return name
            if not looked:
                fair = name
                if party.passed >= _PASSED_BY:
                    return fair
            looked += 1
            if looked == _LOOK_AHEAD:
                break
        return fair if looked else full

    def _refuse(self, name: str, turn: asyncio.Future[P]) -> None:
        if not turn.done():
            self.refused_late += 1
            self._withdraw(name, turn)
            turn.set_exception(Overloaded(seconds=max(1, ceil(self._patience))))

    def _withdraw(self, name: str, turn: asyncio.Future[P]) -> None:
        party = self._parties.get(name)
        if party is None or turn not in party.waiting:
            return
        del party.waiting[turn]
        self.waiting -= 1
        if not party.waiting:
            del self._ring[name]
            self._forget(name, party)

    def _forget(self, name: str, party: _Party) -> None:
        if not party.busy and not party.waiting:
            del self._parties[name]
