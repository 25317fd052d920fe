"""Casework after a change of the calendar goes on as if the days had always been so."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from typing import Any

from tests.integration.features.calendar.clocks import HORIZON, accepted, at, clock, end, recompute, suspend
from tests.integration.features.calendar.notices import NEXT, next_notice
from tests.integration.features.cases.casework import World

from bangban.features.calendar.recompute import hold_alone
from bangban.features.calendar.service import (
    change_local_day,
    import_notice,
)
from bangban.features.cases import service
from bangban.features.districts.platform import platform_work
from bangban.kernel.tenancy.installation import Installation


class TestCasework:
    """What goes on at the same moment."""

    def test_of_a_process_that_was_told_nothing_reads_the_calendar_again(
        self, world: World, other: Any
    ) -> None:
        numbers = [accepted(world, end(8)) for _ in range(2)]
        uninformed = replace(world, tenancy=other)
        uninformed.calendar()  # cached now
        world.run(import_notice(world.tenancy, next_notice(), source=""))
        recompute(world)
        assert uninformed.calendar().horizon == HORIZON
        suspend(uninformed, numbers[0], at(dt.date(NEXT, 1, 8)))
        suspend(world, numbers[1], at(dt.date(NEXT, 1, 8)))
        assert clock(world, numbers[0]) == clock(world, numbers[1])
        assert recompute(world).changed == 0
        assert uninformed.calendar().horizon == dt.date(NEXT, 12, 31)

    def test_that_began_before_is_waited_for_and_what_comes_after_waits(
        self, world: World, other: Any, installation: Installation
    ) -> None:
        first, second = (accepted(world, end(8)) for _ in range(2))
        uninformed = replace(world, tenancy=other)
        uninformed.calendar()
        closed = HORIZON - dt.timedelta(days=1)

        async def story() -> None:
            begun, go_on = asyncio.Event(), asyncio.Event()

            async def slow(work: Any) -> None:
                await service.suspend_case(work, number=first, reason="等待检测")
                await work.db.flush()
                begun.set()
                await go_on.wait()

            early = asyncio.create_task(uninformed.acting("clerk", slow, now=end(7)))
            await begun.wait()
            change_ = asyncio.create_task(
                change_local_day(world.tenancy, world.district, day=closed, working=False, reason="防汛")
            )
            await waiting(installation)
            assert not change_.done()
            go_on.set()
            await asyncio.gather(early, change_)

            locked, release = asyncio.Event(), asyncio.Event()

            async def long_change() -> None:
                async with platform_work(world.tenancy, world.district) as work:
                    await hold_alone(work)
                    locked.set()
                    await release.wait()

            changing = asyncio.create_task(long_change())
            await locked.wait()
            late = asyncio.create_task(
                uninformed.acting("clerk", service.suspend_case, number=second, reason="等待检测", now=end(7))
            )
            await waiting(installation)
            assert not late.done()
            release.set()
            await asyncio.gather(changing, late)

        world.run(story())
        assert clock(world, first) == clock(world, second)
        assert recompute(world).changed == 0


async def waiting(installation: Installation) -> None:
    """Return as soon as a transaction waits for a lock in this database."""
    async with installation.connection() as connection:
        while not await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            pass
