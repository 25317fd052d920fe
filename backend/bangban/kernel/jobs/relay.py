"""The outbox's other end: what transactions announced is done, at least once, whatever stops in between.

A row is leased, not locked: nothing is open while a handler works, and what a crash left behind is taken up
again when its lease is over. So a handler may be called twice for one row, and ``Delivery.id`` tells it so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import text

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

# Hints that need no work: listeners were told by the notification, so the row is done as it is found.
_SETTLE = text(
    """
    UPDATE platform.outbox SET done_at = :now WHERE id IN (
        SELECT id FROM platform.outbox
        WHERE done_at IS NULL AND coalesce(not_before, due_at, '-infinity'::timestamptz) = '-infinity'
          AND kind <> ALL(CAST(:kinds AS text[]))
        ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
    """
)
_CLAIM = text(
    """
    UPDATE platform.outbox SET tries = tries + 1, not_before = :until WHERE id IN (
        SELECT id FROM platform.outbox
        WHERE done_at IS NULL AND coalesce(not_before, due_at, '-infinity'::timestamptz) <= :now
          AND kind = ANY(CAST(:kinds AS text[]))
        ORDER BY coalesce(not_before, due_at, '-infinity'::timestamptz), id LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, reference, author, greatest(at, due_at), tries
    """
)
_DONE = text(
    "UPDATE platform.outbox SET done_at = :now, problem = :problem WHERE id = :id AND done_at IS NULL"
)
_HANDLED = text(
    "UPDATE platform.outbox SET done_at = :now, problem = NULL"
    " WHERE id = ANY(CAST(:ids AS bigint[])) AND done_at IS NULL"
)
_LATER = text(
    "UPDATE platform.outbox SET not_before = :until, problem = :problem WHERE id = :id AND done_at IS NULL"
)
_RETURN = text(
    "UPDATE platform.outbox SET not_before = NULL, tries = tries - 1"
    " WHERE id = ANY(CAST(:ids AS bigint[])) AND done_at IS NULL"
)
_NEXT = text(
    """
    SELECT coalesce(not_before, due_at) FROM platform.outbox
    WHERE done_at IS NULL AND coalesce(not_before, due_at, '-infinity'::timestamptz) > '-infinity'
    ORDER BY coalesce(not_before, due_at, '-infinity'::timestamptz) LIMIT 1
    """
)
_DELETE = text(
    "DELETE FROM platform.outbox WHERE id IN"
    " (SELECT id FROM platform.outbox WHERE done_at < :before ORDER BY id LIMIT :most)"
)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One row of the outbox, for its handler. ``id`` is the same in every attempt: the key of idempotency.

    ``at`` is when it was announced; a timer's, when it was due.
    """

    id: int
    kind: str
    reference: str
    district: District
    at: datetime
    tries: int

    def moment(self) -> datetime:
        """When it is handled: now, and never before a timer was due, were the clock behind that of the claim.

        A timer that found itself too early would be set again for the same moment, or be done with nothing done.
        """
        return max(self.at, datetime.now(UTC))


Handler = Callable[[Delivery], Awaitable[None]]


def joined(*maps: Mapping[str, Handler]) -> dict[str, Handler]:
    """The handlers of several features as one. Of a kind that several care for, all are called, in their order;
    where one fails, the row is tried again with all of them, as any row may be."""
    of_kind: dict[str, list[Handler]] = {}
    for each in maps:
        for kind, handler in each.items():
            of_kind.setdefault(kind, []).append(handler)

    def one_after_another(handlers: Sequence[Handler]) -> Handler:
        async def handle(delivery: Delivery) -> None:
            for handler in handlers:
                await handler(delivery)

        return handlers[0] if len(handlers) == 1 else handle

    return {kind: one_after_another(handlers) for kind, handlers in of_kind.items()}


@dataclass(frozen=True)
class _Row:
    id: int
    kind: str
    reference: str
    author: str
    at: datetime
    tries: int


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
        async with self._tenancy.platform() as db:
            due: datetime | None = (await db.execute(_NEXT)).scalar_one_or_none()
        return None if due is None else (due - self._clock()).total_seconds()

    async def sweep(self) -> int:
        """Delete rows that were done long ago; how many."""
        deleted = 0
        while True:
            found = await self._run(_DELETE, before=self._clock() - self._keep, most=_SWEEP)
            deleted += found
            if found < _SWEEP:
                return deleted

    async def _run(self, statement: Any, **parameters: object) -> int:
        async with self._tenancy.platform() as db:
            return int((await db.execute(statement, parameters)).rowcount)  # type: ignore[attr-defined]  # a cursor result, as of every DML

    async def _settle(self) -> bool:
        """Finish hints; whether there may be more."""
        return await self._run(_SETTLE, now=self._clock(), kinds=self._kinds, most=_SWEEP) == _SWEEP

    async def _claim(self) -> list[_Row]:
        now = self._clock()
        parameters = {"now": now, "until": now + LEASE, "kinds": self._kinds, "most": BATCH}
        async with self._tenancy.platform() as db:
            rows = [_Row(*row) for row in await db.execute(_CLAIM, parameters)]
        return sorted(rows, key=lambda row: row.id)

    async def _handle(self, rows: Sequence[_Row]) -> None:
        """A few at a time; rows about one thing one after the other, in their order."""
        lines: dict[tuple[str, str], list[_Row]] = {}
        for row in rows:
            lines.setdefault((row.author, row.reference), []).append(row)
        finished: set[int] = set()
        slots = asyncio.Semaphore(PARALLEL)
        lease_ends = self._clock() + LEASE - timedelta(seconds=HANDLER_SECONDS)

        async def work_through(line: list[_Row]) -> None:
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
                await asyncio.shield(self._run(_RETURN, ids=left))

    async def _attempt(self, row: _Row) -> bool:
        """Whether the row was handled, now or before, and is still to be marked."""
        if row.id not in self._unsaid:
            try:
                district = await self._district(row.author)
                if district is None:
                    await self._run(_DONE, id=row.id, now=self._clock(), problem="DistrictGone")
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
                await self._run(_DONE, id=row.id, now=self._clock(), problem=Undeliverable.__name__)
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
                await self._run(_HANDLED, ids=handled, now=self._clock())
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

    async def _failed(self, row: _Row, problem: str) -> None:
        now = self._clock()
        # Neither the reference nor the error's words: either might tell of a person.
        facts = {"outbox": row.id, "kind": row.kind, "tries": row.tries, "problem": problem}
        if now - row.at > GIVE_UP_AFTER:
            _log.error("given up", **facts)
            await self._run(_DONE, id=row.id, now=now, problem=problem)
            return
        _log.warning("failed, to be tried again", **facts)
        await self._run(_LATER, id=row.id, until=now + backoff(row.tries), problem=problem)
