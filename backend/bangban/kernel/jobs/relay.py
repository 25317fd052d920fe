"""The outbox's other end: what transactions announced is done, at least once, whatever stops in between.

A row is leased, not locked: nothing is open while a handler works, and what a crash left behind is taken up
again when its lease is over. So a handler may be called twice for one row, and ``Delivery.id`` tells it so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bangban.kernel.jobs.deliveries import Delivery, Handler
from bangban.kernel.jobs.outbox import Outbox, Row
from bangban.kernel.messenger.channel import Undeliverable
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

_log = structlog.get_logger(__name__)

BATCH: Final = 40
PARALLEL: Final = 4
HANDLER_SECONDS: Final = 20.0
LEASE: Final = timedelta(seconds=120)
FIRST_BACKOFF: Final = timedelta(seconds=2)
LONGEST_BACKOFF: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=3)
KEEP: Final = timedelta(days=1)
_SWEEP: Final = 5_000


def backoff(tries: int) -> timedelta:
    """How long a row rests after its ``tries``-th failure: 2 s, doubled each time, an hour at most."""
    doublings = max(0, min(tries - 1, 20))
    return min(FIRST_BACKOFF * (1 << doublings), LONGEST_BACKOFF)


class Relay:
    """Takes rows from ``platform.outbox`` and calls their handlers.

    Kinds without a handler are hints, done as soon as they are seen; so old and new versions of the workers
    do not run side by side across a release that adds a handler. Failures are retried until the row is older
    than ``GIVE_UP_AFTER``; it then counts as done, with the failure's kind in ``problem``.
    """

    def __init__(
        self,
        tenancy: Tenancy,
        handlers: Mapping[str, Handler],
        *,
        keep: timedelta = KEEP,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``keep``: how long rows stay after they are done. A process that starts reads which sign-ins were
        ended from them, so never less than an access token lives."""
        self._tenancy = tenancy
        self._outbox = Outbox(tenancy)
        self._handlers = dict(handlers)
        self._kinds = sorted(handlers)
        self._keep = keep
        self._clock = clock
        # Handled, but the database could not be told: a second claim only tells it.
        self._unsaid: set[int] = set()
        self._saying = asyncio.Lock()
        self._halted = False

    def halt(self) -> None:
        """Begin no further row; ``drain`` returns when those that were begun are finished."""
        self._halted = True

    async def drain(self) -> int:
        """Do everything that is due; how many rows were claimed."""
        claimed = 0
        while await self._settle():
            pass
        while not self._halted and (rows := await self._claim()):
            claimed += len(rows)
            await self._handle(rows)
        return claimed

    async def seconds_to_next(self) -> float | None:
        """How soon a row that rests is due, in seconds, which may be negative; None where none rests."""
        due = await self._outbox.next_due()
        return None if due is None else (due - self._clock()).total_seconds()

    async def sweep(self) -> int:
        """Delete rows that were done long ago; how many."""
        deleted = 0
        while True:
            found = await self._outbox.delete(before=self._clock() - self._keep, most=_SWEEP)
            deleted += found
            if found < _SWEEP:
                return deleted

    async def _settle(self) -> bool:
        """Finish hints; whether there may be more."""
        return await self._outbox.settle(now=self._clock(), kinds=self._kinds, most=_SWEEP) == _SWEEP

    async def _claim(self) -> list[Row]:
        now = self._clock()
        return await self._outbox.claim(now=now, until=now + LEASE, kinds=self._kinds, most=BATCH)

    async def _handle(self, rows: Sequence[Row]) -> None:
        """A few at a time; rows about one thing one after the other, in their order."""
        lines: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            lines.setdefault((row.author, row.reference), []).append(row)
        finished: set[int] = set()
        slots = asyncio.Semaphore(PARALLEL)
        lease_ends = self._clock() + LEASE - timedelta(seconds=HANDLER_SECONDS)

        async def work_through(line: list[Row]) -> None:
            for row in line:
                async with slots:
                    if self._halted or self._clock() >= lease_ends:
                        return
                    handled = await self._attempt(row)
                if handled:
                    await self._say()
                finished.add(row.id)

        try:
            async with asyncio.TaskGroup() as group:
                for line in lines.values():
                    group.create_task(work_through(line))
        finally:
            # What is left goes back at once instead of resting until its lease is over.
            left = [row.id for row in rows if row.id not in finished]
            if left:
                await asyncio.shield(self._outbox.give_back(left))

    async def _attempt(self, row: Row) -> bool:
        """Whether the row was handled, now or before, and is still to be marked."""
        if row.id not in self._unsaid:
            try:
                district = await self._district(row.author)
                if district is None:
                    await self._outbox.done_with(row, now=self._clock(), problem="DistrictGone")
                    return False
                delivery = Delivery(
                    id=row.id,
                    kind=row.kind,
                    reference=row.reference,
                    district=district,
                    at=row.at,
                    tries=row.tries,
                )
                async with asyncio.timeout(HANDLER_SECONDS):
                    await self._handlers[row.kind](delivery)
            except Undeliverable:  # said in the log where it happened; trying again is no use
                await self._outbox.done_with(row, now=self._clock(), problem=Undeliverable.__name__)
                return False
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one row is not the others'
                await self._failed(row, type(error).__name__)
                return False
        self._unsaid.add(row.id)
        return True

    async def _say(self) -> None:
        """Mark what was handled. While one statement is on its way, the next one's rows gather."""
        async with self._saying:
            handled = sorted(self._unsaid)
            if handled:  # else the one before took this row along
                await self._outbox.handled(handled, now=self._clock())
                self._unsaid.difference_update(handled)

    async def _district(self, author: str) -> District | None:
        """Whose row it is, by the database's word; None if it is no more. Raises DistrictSuspended."""
        slug = self._tenancy.names.slug_of_role(author)
        if slug is None:
            return None
        if self._tenancy.registry.find(slug) is None:
            await self._tenancy.registry.refresh(slug)  # another process made it a moment ago
        if self._tenancy.registry.find(slug) is None:
            return None
        # A district that is being set up invites people before it is open.
        if self._tenancy.registry.get(slug).status is DistrictStatus.PROVISIONING:
            return self._tenancy.registry.get_readable(slug)
        return self._tenancy.registry.get_live(slug)

    async def _failed(self, row: Row, problem: str) -> None:
        now = self._clock()
        # Neither the reference nor the error's words: either might tell of a person.
        facts = {"outbox": row.id, "kind": row.kind, "tries": row.tries, "problem": problem}
        if now - row.at > GIVE_UP_AFTER:
            _log.error("given up", **facts)
            await self._outbox.done_with(row, now=now, problem=problem)
            return
        _log.warning("failed, to be tried again", **facts)
        await self._outbox.later(row, until=now + backoff(row.tries), problem=problem)
