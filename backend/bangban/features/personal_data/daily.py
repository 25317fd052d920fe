"""Once a day, everywhere: what is due is erased. A task, so that a restart neither loses nor repeats it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bangban.features.districts.platform import PLATFORM
from bangban.features.personal_data.retention import erase_due
from bangban.kernel.jobs.tasks import Task
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

_log = structlog.get_logger(__name__)

ERASING: Final = "retention"
"""Kind of the task. Its ``given`` may name the ``districts``; without it is all of them."""


async def erase_everywhere(tenancy: Tenancy, task: Task) -> dict[str, Any]:
    """Erase what is due, one district after the other. One that cannot be written to does not stop the others."""
    named = task.given.get("districts")
    districts = [each for each in tenancy.registry if named is None or each.slug in named]
    cases = accounts = 0
    refused: list[str] = []
    for place, district in enumerate(districts):
        await task.step("districts", place, len(districts))
        try:
            found = await _erase(tenancy, task, district)
        except Problem as problem:
            _log.warning("nothing was erased", district=district.slug, problem=type(problem).__name__)
            refused.append(district.slug)
            continue
        cases, accounts = cases + found[0], accounts + found[1]
    await task.step("districts", len(districts), len(districts))
    return {"cases": cases, "accounts": accounts, "refused": refused}


async def _erase(tenancy: Tenancy, task: Task, district: District) -> tuple[int, int]:
    cases = accounts = 0
    more = True
    while more:
        await task.breathe()
        now = datetime.now(UTC)
        async with tenancy.write(district, PLATFORM, request_id="retention", now=now) as work:
            erased = await erase_due(work)
        cases, accounts, more = cases + erased.cases, accounts + erased.accounts, erased.more
    return cases, accounts
