"""A tap on the wire: what one task asked of asyncpg, whoever else uses the same connections meanwhile.

It hangs on asyncpg itself, below SQLAlchemy, pools and sessions. What is counted follows the task's context,
so background work of the same process is not in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg
import pytest
from asyncpg.prepared_stmt import PreparedStatement

from bangban.kernel.tenancy.lane import Entrance
from bangban.kernel.tenancy.lanes import Lanes

_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collects what this task, and what it starts, sends; for use inside a coroutine."""
    heard: list[str] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def tap(patch: pytest.MonkeyPatch) -> None:
    """Hang on asyncpg for as long as ``patch`` lasts. Asking for a lane counts as well."""
    _wrap(patch, asyncpg.Connection, "execute", lambda args: args[1])
    _wrap(patch, asyncpg.Connection, "_do_execute", lambda args: args[1])
    _wrap(patch, PreparedStatement, "_PreparedStatement__bind_execute", lambda args: args[0].get_query())
    _wrap(patch, asyncpg.Connection, "_executemany", lambda args: args[1])
    find = Lanes.find

    def tapped_find(self: Lanes, entrance: Entrance) -> Any:
        _hear("(a lane)")
        return find(self, entrance)

    patch.setattr(Lanes, "find", tapped_find)
    _wrap(patch, asyncpg.connect_utils, "_connect", lambda args: "(a new connection)")


def _hear(what: str) -> None:
    heard = _heard.get()
    if heard is not None:
        heard.append(what)


def _wrap(patch: pytest.MonkeyPatch, owner: Any, name: str, say: Callable[[Any], str]) -> None:
    original = getattr(owner, name)

    async def tapped(*args: Any, **kwargs: Any) -> Any:
        _hear(say(args))
        return await original(*args, **kwargs)

    patch.setattr(owner, name, tapped)
