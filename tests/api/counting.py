"""Counts the statements that one request really sends, below every pool, session and cache.

What is counted follows the task's context, so background work of the same process is not in it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import pytest
from asyncpg.prepared_stmt import PreparedStatement

from bangban.kernel.database.telling import tell
from bangban.kernel.jobs import listener
from bangban.kernel.jobs.hints import Hint, parse_hint
from bangban.kernel.jobs.relay import Relay
from bangban.web.services import AppServices

_FRAME: Final = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SET LOCAL|SET ROLE|;)", re.IGNORECASE)
# A new connection asks once about each type that it has not met; no request's own.
_DRIVER: Final = re.compile(r"\s*(SELECT\s+current_setting\('jit'\)|WITH RECURSIVE typeinfo_tree)")


@dataclass
class Sent:
    """The statements of one request, in order: the transaction's frame, and the data's own."""

    texts: list[str] = field(default_factory=list)

    @property
    def frame(self) -> list[str]:
        """What opens and ends transactions and takes on roles."""
        return [text for text in self.texts if _FRAME.match(text)]

    @property
    def data(self) -> list[str]:
        """What reads and writes."""
        return [text for text in self.texts if not _FRAME.match(text) and not _DRIVER.match(text)]


_sent: ContextVar[Sent | None] = ContextVar("sent", default=None)


@contextmanager
def counted() -> Iterator[Sent]:
    """Collects what this task, and what it starts, sends; for use inside a coroutine."""
    sent = Sent()
    token = _sent.set(sent)
    try:
        yield sent
    finally:
        _sent.reset(token)


_SETTLED: Final = "tests.settled"
_held: list[str] | None = None


@contextmanager
def alone(services: AppServices) -> Iterator[None]:
    """Nothing is heard and no outbox row is taken up until the end; what came meanwhile is heard then.

    So a request sends what it sends by itself, whoever else of this process would have been faster.
    """
    global _held  # noqa: PLW0603 - one request is counted at a time
    _held = []
    try:
        yield
    finally:
        held, _held = _held, None
        for payload in held:
            services.listener._received(None, 0, "", payload)


async def settle(services: AppServices) -> None:
    """Wait until this process has heard, and acted on, everything that was notified so far."""
    heard = asyncio.Event()

    async def said(_slug: str, _reference: str) -> None:
        heard.set()

    services.listener.on(_SETTLED, said)
    async with services.tenancy.platform() as db:
        await tell(db, services.tenancy.names.channel, kind=_SETTLED)
    await heard.wait()
    services.listener._callbacks[_SETTLED].remove(said)


def hang_on(patch: pytest.MonkeyPatch) -> None:
    """Listen at the three places through which asyncpg sends anything, for as long as ``patch`` lasts."""
    execute = asyncpg.Connection.execute
    do_execute = asyncpg.Connection._do_execute
    prepared = PreparedStatement._PreparedStatement__do_execute

    async def heard_execute(self: Any, query: str, *args: Any, **options: Any) -> Any:
        if not args:
            _hear(query)  # with arguments it goes on to _do_execute
        return await execute(self, query, *args, **options)

    async def heard_do_execute(self: Any, query: str, *args: Any, **options: Any) -> Any:
        _hear(query)
        return await do_execute(self, query, *args, **options)

    async def heard_prepared(self: Any, executor: Any) -> Any:
        _hear(self._query)
        return await prepared(self, executor)

    parse, claim = parse_hint, Relay._claim

    def parsed(payload: str) -> Hint | None:
        if _held is None:
            return parse(payload)
        _held.append(payload)
        return None

    async def claimed(self: Any) -> Any:
        return [] if _held is not None else await claim(self)

    patch.setattr(listener, "parse_hint", parsed)
    patch.setattr(Relay, "_claim", claimed)
    patch.setattr(asyncpg.Connection, "execute", heard_execute)
    patch.setattr(asyncpg.Connection, "_do_execute", heard_do_execute)
    patch.setattr(PreparedStatement, "_PreparedStatement__do_execute", heard_prepared)


def _hear(text: str) -> None:
    sent = _sent.get()
    if sent is not None:
        sent.texts.append(text)
