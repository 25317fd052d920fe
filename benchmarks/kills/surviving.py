"""One kill, and whether the onboarding it hit is whole afterwards."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from itertools import count
from typing import Any, Final

from benchmarks.kills.ground import ask, complete, crash, state_of, valid_invitations
from benchmarks.kills.points import Ground, Point, acting_at, killed_worker, work_on

from bangban.kernel.database.embedded import EmbeddedPostgres
from bangban.kernel.tenancy.tenancy import Tenancy

# Workers are forked from a process that has the product loaded already, so that a kill costs what it costs.
WORKERS: Final = multiprocessing.get_context("forkserver")
WORKERS.set_forkserver_preload(["benchmarks.kills.points", "benchmarks.kills.migrating"])
_numbers = count(1)


async def survived(server: EmbeddedPostgres, ground: Ground, point: Point, killed: str, like: Any) -> bool:
    """Kill once at the point, let the work be taken up again, and look at what is there."""
    tenancy = await opened(ground)
    asked = await ask(tenancy, next(_numbers))
    await tenancy.close()
    if killed == "worker":
        worker = WORKERS.Process(target=killed_worker, args=(ground, asked.task_id, point))
        worker.start()
        await asyncio.to_thread(worker.join)
        if worker.exitcode != -signal.SIGKILL:
            return False
        await work_on(ground, asked.task_id)
    else:
        with acting_at(point, lambda: crash(server)):
            await work_on(ground, asked.task_id)
    tenancy = await opened(ground)
    try:
        state = await state_of(tenancy, asked)
        return complete(state) and state == like and await valid_invitations(tenancy, ground, asked) == 1
    finally:
        await tenancy.close()


async def opened(ground: Ground) -> Tenancy:
    """Sessions in the installation; nothing of them outlives a crash of the server."""
    installation = ground.installation
    return await Tenancy.open(installation.application, names=installation.names, ring=installation.ring)


async def undisturbed(ground: Ground) -> dict[str, Any]:
    """What an onboarding that nobody disturbs leaves."""
    tenancy = await opened(ground)
    asked = await ask(tenancy, next(_numbers))
    await work_on(ground, asked.task_id)
    state = await state_of(tenancy, asked)
    await tenancy.close()
    return state
