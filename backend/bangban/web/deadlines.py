"""Bodies have a deadline: whoever sends one byte now and then keeps nothing of a process for long."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Any, TypeVar

from bangban.kernel.problems import ErrorCode, Problem

T = TypeVar("T")


class BodyTooSlow(Problem):
    """The body did not arrive in time. The connection is closed, since the rest of it may still come."""

    code = ErrorCode.BAD_REQUEST
    zh = "请求体未能及时送达。"
    en = "The body of the request did not arrive in time."


class Deadlines:
    """One time limit for many: bodies that are awaited. Much cheaper than a timer for each of them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._awaited: deque[_Deadline] = deque()  # all have equally long, so the first one is due first
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(each.task is not None for each in self._awaited)

    async def keep(self, awaited: Awaitable[T]) -> T:
        """What ``awaited`` gives; raises BodyTooSlow where it takes too long, however it trickles."""
        loop = asyncio.get_running_loop()
        deadline = _Deadline(loop.time() + self._seconds, asyncio.current_task())
        while self._awaited and self._awaited[0].task is None:
            self._awaited.popleft()
        self._awaited.append(deadline)
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._expire)
        try:
            return await awaited
        except asyncio.CancelledError as cancelled:
            if deadline.missed and deadline.task is not None and deadline.task.uncancel() == 0:
                raise BodyTooSlow from cancelled
            raise
        finally:
            deadline.task = None

    def _expire(self) -> None:
        loop, self._timer = asyncio.get_running_loop(), None
        now = loop.time()
        while self._awaited and (self._awaited[0].task is None or self._awaited[0].at <= now):
            deadline = self._awaited.popleft()
            if deadline.task is not None:
                deadline.missed = True
                deadline.task.cancel()
        if self._awaited:
            self._timer = loop.call_later(max(0.0, self._awaited[0].at - now), self._expire)


class _Deadline:
    """When somebody's patience ends; ``task`` is None once it no longer matters."""

    __slots__ = ("at", "missed", "task")

    def __init__(self, at: float, task: asyncio.Task[Any] | None) -> None:
        self.at = at
        self.task = task
        self.missed = False
