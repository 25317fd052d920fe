"""Counting as a task: asked for when a figure is old, taken up again by whoever is there when its worker is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bangban.features.statistics.service import is_stale, keep_statistics
from bangban.kernel.jobs.tasks import Task, ask_once
from bangban.kernel.tenancy.tenancy import Tenancy

COUNTING: Final = "statistics"
"""Kind of the task."""


async def ask_to_count(tenancy: Tenancy, *, every: timedelta, now: datetime | None = None) -> None:
    """Ask for the task where a district was last counted longer than ``every`` ago."""
    at = now or datetime.now(UTC)
    async with tenancy.platform() as db:
        if await is_stale(db, before=at - every):
            await ask_once(db, tenancy.names, kind=COUNTING, due=at, now=at)


async def count_everywhere(tenancy: Tenancy, task: Task, *, every: timedelta) -> dict[str, Any]:
    """Count the districts whose figures are old, one after the other, then add up."""

    async def step(done: int, total: int) -> None:
        await task.step("districts", done, total)

    return {"districts": await keep_statistics(tenancy, every=every, step=step)}
