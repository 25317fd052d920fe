"""Districts that wait for a worker: in order, and those that are to be tried again when their time has come."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0
_BUSY_PAUSE: Final = 0.2


@dataclass(order=True)
class Job:
    """A district to be moved, ``tries`` of which went wrong in this run."""

    due: float
    place: int
    slug: str = field(compare=False)
    tries: int = field(default=0, compare=False)


class Jobs:
    """What several workers take from. It is empty when nobody holds anything that could still come back."""

    def __init__(self, slugs: Iterable[str]) -> None:
        self._waiting = [Job(0.0, place, slug) for place, slug in enumerate(slugs)]
        self._held = 0
        self._changed = asyncio.Event()
        self.stopped: BaseException | None = None

    async def take(self) -> Job | None:
        """The next one whose time has come; None where there is none left, or all is to stop."""
        while self.stopped is None:
            if self._waiting and self._waiting[0].due <= time.monotonic():
                self._held += 1
                return heapq.heappop(self._waiting)
            if not self._waiting and not self._held:
                return None
            self._changed.clear()
            left = self._waiting[0].due - time.monotonic() if self._waiting else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)
        return None

    def done(self) -> None:
        """What was taken will not come back."""
        self._held -= 1
        self._changed.set()

    def again(self, job: Job) -> None:
        """Try it again after a pause that grows with each failure."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**job.tries) * random.uniform(0.5, 1.0)  # noqa: S311 - spread, no secret
        self._put(Job(time.monotonic() + pause, job.place, job.slug, job.tries + 1))

    def later(self, job: Job) -> None:
        """Somebody else has it at the moment: look again."""
        self._put(Job(time.monotonic() + _BUSY_PAUSE, job.place, job.slug, job.tries))

    def stop(self, reason: BaseException) -> None:
        """Give nothing out any more."""
        self.stopped = self.stopped or reason
        self._changed.set()

    def _put(self, job: Job) -> None:
        heapq.heappush(self._waiting, job)
        self.done()
