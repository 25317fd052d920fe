"""Guests who wait for turns, and the house that gives them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from zlib import crc32

from bangban.kernel.problems import Overloaded
from bangban.kernel.tenancy.turns import Turns

DISTRICTS = ("a", "b", "c", "d", "e")
PATIENT = 1000.0


@dataclass
class Guest:
    """One who wants a place, and what became of it."""

    name: str
    task: asyncio.Task[None]
    leave: asyncio.Event
    place: int | None = None
    outcome: str = "waiting"
    passed: int = 0  # places given to others while this one was the first of a district below its share


@dataclass
class House:
    """Places behind turns, as lanes use them; each district is at home on one of them."""

    places: int
    share: int
    queue: int
    free: list[int] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = list(range(self.places))
        self.turns: Turns[int] = Turns(
            share=self.share, queue=self.queue, patience=PATIENT, give_back=self.give
        )

    def at_home(self, name: str, place: int) -> bool:
        return crc32(name.encode()) % self.places == place

    def give(self, name: str, place: int) -> None:
        self.turns.end(name)
        first = self.firsts()
        if not self.turns.hand(place, at_home=lambda other: self.at_home(other, place)):
            self.free.append(place)
        for guest in first:
            guest.passed += 1

    def firsts(self) -> list[Guest]:
        """Of each district below its share, who has waited longest."""
        busy = self.turns.busy
        found: dict[str, Guest] = {}
        for guest in self.guests:
            if guest.outcome == "waiting" and busy.get(guest.name, 0) < self.share:
                found.setdefault(guest.name, guest)
        return list(found.values())

    async def visit(self, guest_of: Callable[[], Guest], name: str) -> None:
        guest = guest_of()
        try:
            if self.free:
                place = self.free.pop()
                self.turns.begin(name)
            else:
                place = await self.turns.wait(name)
        except Overloaded:
            guest.outcome = "refused"
            return
        except asyncio.CancelledError:
            guest.outcome = "cancelled"
            raise
        guest.outcome, guest.place = "served", place
        try:
            await guest.leave.wait()
        finally:
            guest.outcome = "gone"
            self.give(name, place)

    async def come(self, name: str) -> None:
        made: list[Guest] = []
        task = asyncio.create_task(self.visit(lambda: made[0], name))
        made.append(Guest(name, task, asyncio.Event()))
        self.guests.append(made[0])
        await turn()

    def those(self, outcome: str) -> list[Guest]:
        return [each for each in self.guests if each.outcome == outcome]

    def check(self) -> None:
        served, waiting = self.those("served"), self.those("waiting")
        assert len(served) + len(self.free) == self.places
        assert len({each.place for each in served}) == len(served), "no place is given twice"
        assert self.turns.waiting == len(waiting)
        assert not (waiting and self.free), "nobody waits while a place is free"
        assert self.turns.busy == {
            name: count for name in DISTRICTS if (count := sum(each.name == name for each in served))
        }
        for name in DISTRICTS:
            assert sum(each.name == name for each in waiting) <= self.queue
        # Each one ahead may be passed by four times before it is served, and then comes after.
        assert all(each.passed <= 5 * len(DISTRICTS) for each in self.guests)


async def turn() -> None:
    for _ in range(4):
        await asyncio.sleep(0)
