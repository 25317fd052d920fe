"""Visits that come in crowds, for the tests of admission."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from bangban.web.admission import Admission, Bounds, Visit


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def bounded(**bounds: Any) -> tuple[Admission, Clock]:
    clock = Clock()
    return Admission(Bounds(**{"reading": 8, "writing": 2, "least": 2, **bounds}), clock=clock), clock


def came(admission: Admission, slug: str) -> Visit:
    visit = admission.enter(slug)
    assert visit is not None
    return visit


class Crowd:
    """Visits that wait or work, by district, in the order in which they got their turns."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.served: list[str] = []
        self.working: list[tuple[str, Visit]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def add(self, slug: str, times: int = 1) -> None:
        for _ in range(times):
            self.tasks.append(asyncio.create_task(self._one(slug)))

    async def _one(self, slug: str) -> None:
        visit = came(self.admission, slug)
        try:
            await visit.turn()
        except BaseException:
            visit.leave()
            raise
        self.served.append(slug)
        self.working.append((slug, visit))

    def finish(self, slug: str | None = None) -> None:
        """One that is worked on is done: the oldest, or a district's oldest."""
        found = next(each for each in self.working if slug in (None, each[0]))
        self.working.remove(found)
        found[1].leave()

    def count(self) -> Counter[str]:
        return Counter(slug for slug, _ in self.working)
