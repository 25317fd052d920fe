"""News of something that changed, shared by everybody who is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast

T = TypeVar("T")


class News:
    """Something that changed, as everybody who is told of it shares it. ``at`` is when this process heard."""

    __slots__ = ("_shared", "_turns", "at", "reference")

    def __init__(self, reference: str, turns: asyncio.Semaphore) -> None:
        self.reference = reference
        self.at = datetime.now(UTC)
        self._shared: dict[Hashable, asyncio.Task[Any]] = {}
        self._turns = turns

    async def share(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What ``make`` gives, made by whoever asks for ``key`` first; a failure is shared as well.

        It goes on being made when the one who asked first goes away, for the others.
        """
        task = self._shared.get(key)
        if task is None:
            task = self._shared[key] = asyncio.create_task(self._made(make))
            task.add_done_callback(_noticed)
        return cast("T", task.result() if task.done() else await asyncio.shield(task))

    async def _made(self, make: Callable[[], Awaitable[T]]) -> T:
        async with self._turns:
            return await make()


def _noticed(task: asyncio.Task[Any]) -> None:
    """A failure that nobody is left to hear of is nobody's."""
    if not task.cancelled():
        task.exception()


class Taken(NamedTuple):
    """What a seat holds next: look at everything again, or one piece of news, or neither.

    ``since`` is when the first untold news of the same thing came: later news of it took its place.
    ``person`` says that somebody spoke of the subscriber, who is to be looked up again.
    """

    anew: bool = False
    news: News | None = None
    since: datetime | None = None
    person: bool = False
