"""Runs beside others: whoever holds a lock is waited for, and two runs share the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.integration.kernel.tenancy.fleet.conftest import QUICK, standing
from tests.releases import Releases

from bangban.kernel.tenancy.fleet.outcome import Outcome, Pace
from bangban.kernel.tenancy.fleet.running import lock_of, migrate
from bangban.kernel.tenancy.fleet.starting import upgrade_districts
from bangban.kernel.tenancy.fleet.trouble import Trouble
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import district_head

Run = Callable[[Any], Any]


@asynccontextmanager
async def holding(fleet: Installation, sql: str) -> Any:
    """Somebody else's open transaction."""
    async with fleet.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(sql)
        yield connection
        await transaction.rollback()


def test_a_locked_district_is_tried_again_and_then_left(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    releases.add()

    async def scene() -> tuple[Outcome, Outcome]:
        async with holding(fleet, "LOCK TABLE d_f03.area IN ACCESS SHARE MODE"):
            while_held = await migrate(fleet.admin, fleet.names, pace=QUICK)
        return while_held, await migrate(fleet.admin, fleet.names, pace=QUICK)

    while_held, after = run(scene())
    assert (while_held.moved, while_held.failed) == (9, [("f03", Trouble.LOCK_TIMEOUT)])
    assert after == Outcome(moved=1)


def test_a_lock_that_is_let_go_in_time_is_no_failure(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    releases.add()

    async def scene() -> Outcome:
        held = asyncio.Event()

        async def report(_stage: str, done: int, _total: int) -> None:
            if done == 9:  # all the others are through, and this one was tried in vain
                held.set()

        async with holding(fleet, "LOCK TABLE d_f00.area IN ACCESS SHARE MODE"):
            run_of_it = asyncio.create_task(
                migrate(fleet.admin, fleet.names, pace=Pace(lock_timeout_ms=50, tries=50), report=report)
            )
            await held.wait()
        return await run_of_it

    assert run(scene()) == Outcome(moved=10)


def test_two_runs_share_the_work(fleet: Installation, releases: Releases, run: Run) -> None:
    releases.add()

    async def together() -> list[Outcome]:
        return await asyncio.gather(
            *(migrate(fleet.admin, fleet.names, pace=QUICK) for _ in range(2)),
            *(upgrade_districts(fleet.admin, fleet.names) for _ in range(2)),
        )

    outcomes = run(together())
    assert sum(each.moved for each in outcomes) == 10
    assert sum(each.failures for each in outcomes) == 0
    assert outcomes[0].moved
    assert outcomes[1].moved
    assert set(run(standing(fleet)).values()) == {district_head()}


def test_a_district_that_another_run_has_is_waited_for(
    fleet: Installation, releases: Releases, run: Run
) -> None:
    releases.add()

    async def scene() -> tuple[int, Outcome]:
        others = asyncio.Event()

        async def report(_stage: str, done: int, _total: int) -> None:
            if done == 9:
                others.set()

        async with fleet.connection() as connection:
            await connection.execute("SELECT pg_advisory_lock($1)", lock_of("f08"))
            work = asyncio.create_task(migrate(fleet.admin, fleet.names, pace=QUICK, report=report))
            await others.wait()
            assert not work.done()
            still = (await standing(fleet))["f08"]
            await connection.execute("SELECT pg_advisory_unlock($1)", lock_of("f08"))
        return still != district_head(), await work

    assert run(scene()) == (True, Outcome(moved=10))
