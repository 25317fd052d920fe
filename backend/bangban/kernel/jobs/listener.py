"""Notifications: one connection listens for the whole process, and everybody in it is told.

A notification is a hint. Whoever gets one reads again under its own role, so hints may come together, come
twice, or stand for others; what they may not do is be lost while somebody relies on them. So after every
break of the connection all hints count as given.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import structlog

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.jobs.hints import Hint, Hints, OnHint, parse_hint

_log = structlog.get_logger(__name__)

# Beyond this many distinct notifications that callbacks have not caught up with, they read everything again.
MOST_PENDING: Final = 10_000
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 5.0
_GOODBYE: Final = 2.0


class Listener:
    """Listens on one channel. ``start`` returns once it does; ``stop`` ends every subscription."""

    def __init__(self, endpoint: Endpoint, channel: str, *, heartbeat: float = 30.0) -> None:
        """``endpoint`` is the direct way in, not a pooler's. ``heartbeat`` in seconds: a peer that is gone
        without a word is noticed within two of them."""
        self._endpoint = endpoint
        self._channel = channel
        self._heartbeat = heartbeat
        self._callbacks: defaultdict[str, list[OnHint]] = defaultdict(list)
        self._on_any: list[Callable[[Hint], None]] = []
        self._on_reconnect: list[Callable[[], Awaitable[None]]] = []
        self._subscribers: dict[Hint, set[Hints]] = {}
        self._pending: dict[Hint, None] = {}  # a set that keeps its order
        self._missed = False
        self._news = asyncio.Event()
        self._lost = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = asyncio.Event()

    # ------------------------------------------------------------------ who wants to know

    def on(self, kind: str, callback: OnHint) -> None:
        """Call ``callback(slug, reference)`` for notifications of a kind, one at a time, in their order."""
        self._callbacks[kind].append(callback)

    def on_any(self, callback: Callable[[Hint], None]) -> None:
        """Call this for every notification, at once. It must not wait for anything."""
        self._on_any.append(callback)

    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call this when notifications may have been missed: read again whatever depends on them."""
        self._on_reconnect.append(callback)

    def subscribe(self, slug: str, kind: str, reference: str) -> Hints:
        """An inbox for hints about one thing, to be iterated over and closed."""
        return Hints(self).also(slug, kind, reference)

    def add(self, topic: Hint, hints: Hints) -> None:
        self._subscribers.setdefault(topic, set()).add(hints)

    def discard(self, topic: Hint, hints: Hints) -> None:
        waiting = self._subscribers.get(topic, set())
        waiting.discard(hints)
        if not waiting:
            self._subscribers.pop(topic, None)

    @property
    def subscriptions(self) -> int:
        """How many inboxes are open, counted by topic."""
        return sum(map(len, self._subscribers.values()))

    # ------------------------------------------------------------------ what comes in

    def _received(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        hint = parse_hint(payload)
        if hint is None:
            _log.warning("a notification that is none of ours was ignored", length=len(payload))
            return
        for callback in self._on_any:
            callback(hint)
        for hints in self._subscribers.get(hint, ()):
            hints.tell()
        if hint.kind in self._callbacks:
            if len(self._pending) >= MOST_PENDING:
                self._miss()
            else:
                self._pending[hint] = None
            self._news.set()

    def _miss(self) -> None:
        self._pending.clear()
        self._missed = True
        self._news.set()

    async def _dispatch(self) -> None:
        """One task for all callbacks: a slow one delays others, and equal hints merge meanwhile."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self._missed:
                self._missed = False
                for reread in self._on_reconnect:
                    await self._guarded(reread())
            while self._pending and not self._missed:
                hint = next(iter(self._pending))
                del self._pending[hint]
                for callback in self._callbacks[hint.kind]:
                    await self._guarded(callback(hint.slug, hint.reference), kind=hint.kind)

    async def _guarded(self, call: Awaitable[None], *, kind: str = "reconnect") -> None:
        try:
            await call
        except Exception as error:  # noqa: BLE001 - one callback's failure is not the others'
            _log.error("a listener's callback failed", kind=kind, problem=type(error).__name__)

    # ------------------------------------------------------------------ the connection

    async def start(self) -> None:
        """Connect and listen; raises what connecting raises, the first time only."""
        connection = await self._connect()
        self._tasks = [
            asyncio.create_task(self._keep(connection), name="listener"),
            asyncio.create_task(self._dispatch(), name="listener-callbacks"),
        ]

    async def stop(self) -> None:
        """Stop listening and let every subscriber go. Harmless when repeated."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        connection, self._connection = self._connection, None
        self.connected.clear()
        if connection is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=_GOODBYE)
        for hints in [each for waiting in self._subscribers.values() for each in waiting]:
            hints.close()

    async def _connect(self) -> asyncpg.Connection:
        lost = asyncio.Event()  # one for each connection: an old one's end says nothing of the new one
        connection = await self._endpoint.connect()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, self._received)
        except BaseException:
            connection.terminate()
            raise
        self._lost, self._connection = lost, connection
        self.connected.set()
        return connection

    async def _keep(self, connection: asyncpg.Connection) -> None:
        while True:
            await self._watch(connection)
            self.connected.clear()
            connection.terminate()
            _log.warning("the connection for notifications was lost")
            connection = await self._reconnect()
            # Whatever was said meanwhile was said to nobody.
            self._miss()
            for waiting in self._subscribers.values():
                for hints in waiting:
                    hints.tell()

    async def _watch(self, connection: asyncpg.Connection) -> None:
        """Return when the connection is gone, whether or not it said so."""
        while not self._lost.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), self._heartbeat)
                return
            try:
                await connection.execute("SELECT 1", timeout=self._heartbeat)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                return

    async def _reconnect(self) -> asyncpg.Connection:
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._connect()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("no connection for notifications yet", problem=type(error).__name__)
            # Jitter, so that a restarted server is not met by every process in the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret
            pause = min(pause * 2, _LONGEST_PAUSE)
