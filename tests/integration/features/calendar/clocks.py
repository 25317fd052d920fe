"""Cases with their clocks, and what a change of the calendar makes of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.integration.features.cases.casework import REQUIRED, World

from bangban.features.calendar.recompute import Recomputed
from bangban.features.calendar.rules import ClockColumns
from bangban.features.calendar.service import (
    BY_HAND,
    recompute_districts,
)
from bangban.features.cases import service
from bangban.kernel.clock import published_calendar

HORIZON = published_calendar().horizon


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 2, tzinfo=dt.UTC)


def end(n: int) -> dt.datetime:
    """The morning ``n`` days before the published calendar ends."""
    return at(HORIZON - dt.timedelta(days=n))


def clock(world: World, number: str) -> ClockColumns:
    row = world.case(number)
    return ClockColumns(*(getattr(row, name) for name in ClockColumns._fields))


def accepted(world: World, now: dt.datetime) -> str:
    number = world.apply(supplied=list(REQUIRED), now=now)
    world.act("clerk", service.pre_check_case, number=number, now=now)
    world.act("clerk", service.accept_case, number=number, now=now)
    return number


def suspend(world: World, number: str, now: dt.datetime) -> None:
    world.act("clerk", service.suspend_case, number=number, reason="等待检测", now=now)


def recompute(world: World) -> Recomputed:
    async def go() -> Any:
        return [each async for each in recompute_districts(world.tenancy, [world.district], cause=BY_HAND)]

    (done,) = world.run(go())
    assert isinstance(done, Recomputed)
    return done
