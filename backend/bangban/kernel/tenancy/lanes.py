"""All lanes of a process: which of them a read takes, and who is next where all are taken.

A district is at home on one lane and goes to the ones beside it only while that is busy. So a lane's connection
meets few districts, finds their statements prepared, and mostly stands where it is wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Final

import asyncpg

from bangban.kernel.database.engine import Connection, Endpoint
from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy.gauges import connections
from bangban.kernel.tenancy.lane import Entrance, Lane, LaneBounds, home_of
from bangban.kernel.tenancy.turns import Turns

_SETTLE_SECONDS: Final = 5.0
_CLOSE_SECONDS: Final = 10.0
_LOOK_AFTER_SECONDS: Final = 5.0
_ENDED: Final = "ROLLBACK"
_NOBODY: Final = "RESET ROLE"


@dataclass(frozen=True)
class LaneCounts:
    """What a process holds for reads. ``statements`` can never be more than ``statements_at_most``.

    ``districts``: the sum over lanes of the districts that each connection has met. ``parties``: districts that
    have a lane or wait for one.
    """

    lanes: int
    open: int
    busy: int
    waiting: int
    parties: int
    districts: int
    districts_at_most: int
    statements: int
    statements_at_most: int
    opened: int
    switches: int
    refused_at_once: int
    refused_late: int


class Lanes:
    """``connect`` opens a connection; ``pooled`` says that it leads to a transaction-mode pooler."""

    @classmethod
    def to(cls, endpoint: Endpoint, bounds: LaneBounds) -> Lanes:
        """Lanes to a database; the first read opens the first."""
        connect = partial(
            endpoint.lane,
            statements=bounds.statements,
            idle_seconds=bounds.max_idle,
            patience=bounds.patience,
        )
        return cls(connect, bounds, pooled=endpoint.pooled)

    def __init__(
        self, connect: Callable[[], Awaitable[Connection]], bounds: LaneBounds, *, pooled: bool = False
    ) -> None:
        self._bounds = bounds
        self.patience = bounds.patience
        self.pooled = pooled
        self._lanes = tuple(Lane(number, bounds, connect) for number in range(bounds.lanes))
        # For each home, the lanes in the order in which they are asked.
        self._from = tuple(self._lanes[n:] + self._lanes[:n] for n in range(bounds.lanes))
        self._free = bounds.lanes
        self.turns: Turns[Lane] = Turns(
            share=bounds.share,
            queue=bounds.queue,
            patience=bounds.patience,
            give_back=self._give_back,
        )
        self._settling: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False
        self._all_back = asyncio.Event()
        connections.lanes.add(self)

    def find(self, entrance: Entrance) -> Lane | None:
        """A free lane, best one that stands there; None where all are taken."""
        if not self._free or self._closing:
            return None
        found: Lane | None = None
        for lane in self._from[entrance.home % len(self._from)]:
            if lane.idle:
                if lane.at is entrance:
                    found = lane
                    break
                found = found or lane
        assert found is not None
        self._free -= 1
        if self._timer is None:
            self._look_after_later()
        found.idle = False
        found.taken(entrance)
        self.turns.begin(entrance.name)
        return found

    async def wait(self, entrance: Entrance) -> Lane:
        """A lane, when it is this one's turn. Raises Overloaded, and Unavailable after the end."""
        if self._closing:
            raise Unavailable
        lane = await self.turns.wait(entrance.name)
        lane.taken(entrance)
        return lane

    def give(self, lane: Lane) -> None:
        """The lane is free again. Its connection is at rest."""
        turns = self.turns
        turns.end(lane.name)
        lane.due = float("inf")
        if turns.waiting and self._hand(lane):
            return
        lane.idle = True
        self._free += 1
        if self._closing and self._free == len(self._lanes):
            self._all_back.set()

    def _give_back(self, name: str, lane: Lane) -> None:
        lane.name = name
        self.give(lane)

    def _hand(self, lane: Lane) -> bool:
        stands = lane.at.name if lane.at else None

        def at_home(name: str) -> bool:
            return name == stands or home_of(name) % len(self._lanes) == lane.number

        return self.turns.hand(lane, at_home=at_home)

    def give_up(self, lane: Lane) -> None:
        """The lane is free again, without its connection."""
        lane.drop()
        self.give(lane)

    def give_after_trouble(self, lane: Lane, error: BaseException, *, in_transaction: bool = False) -> None:
        """The lane is free again as soon as its connection is at rest; it stands nowhere any more."""
        lane.at = None
        answered = isinstance(error, asyncpg.PostgresError) and not in_transaction
        if answered or not lane.open:
            self.give(lane)
            return
        # After a cancellation the statement may still be at work. Who was cancelled does not wait for its end.
        task = asyncio.get_running_loop().create_task(self._settle(lane))
        self._settling.add(task)
        task.add_done_callback(self._settling.discard)

    async def _settle(self, lane: Lane) -> None:
        settled = False
        try:
            with suppress(
                OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
            ):
                await self._rest(lane)
                settled = True
        finally:
            if settled:
                self.give(lane)
            else:
                self.give_up(lane)

    async def _rest(self, lane: Lane) -> None:
        connection = lane.connection
        if connection is None:
            raise ConnectionResetError
        text = _ENDED if self.pooled else _NOBODY
        await connection.execute(text, timeout=_SETTLE_SECONDS)

    # ------------------------------------------------------------------ upkeep

    def _look_after_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_LOOK_AFTER_SECONDS, self._look_after)

    def _look_after(self) -> None:
        """Close what is idle for long or worn, and cut off what should have ended: nobody answers there."""
        self._timer = None
        now = monotonic()
        for lane in self._lanes:
            if lane.idle:
                if lane.open and (now - lane.since > self._bounds.max_idle or lane.worn(now)):
                    lane.drop()
            elif now > lane.due and lane.connection is not None:
                lane.connection.terminate()
        if not self._closing and any(lane.open or not lane.idle for lane in self._lanes):
            self._look_after_later()

    async def close(self) -> None:
        """Refuse who waits, let who is served finish for some seconds, and close every connection."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        self.turns.refuse_all(Unavailable())
        if self._free < len(self._lanes):
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._all_back.wait()
        for lane in self._lanes:
            lane.drop()
        connections.lanes.discard(self)

    def counts(self) -> LaneCounts:
        """What is held now, and the bounds of it."""
        size, bounds = len(self._lanes), self._bounds
        open_ = [lane.connection for lane in self._lanes if lane.connection and lane.open]
        return LaneCounts(
            lanes=size,
            open=len(open_),
            busy=size - self._free,
            waiting=self.turns.waiting,
            parties=len(self.turns),
            districts=sum(len(lane.districts) for lane in self._lanes),
            districts_at_most=size * bounds.districts,
            statements=sum(connection.statements for connection in open_),
            statements_at_most=size * bounds.statements,
            opened=sum(lane.opened for lane in self._lanes),
            switches=sum(lane.switches for lane in self._lanes),
            refused_at_once=self.turns.refused_at_once,
            refused_late=self.turns.refused_late,
        )
