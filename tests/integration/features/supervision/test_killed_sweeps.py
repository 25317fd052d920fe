"""Interruptions and repetitions of sweeps leave the same as one clean run."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.cases.settling import settle
from tests.integration.features.supervision.sweeps import Fuse, Killed, day, duties, emptied, outbox, sweep

from bangban.features.cases.tables import CaseRow
from bangban.features.supervision.sweeping import sweep_district
from bangban.features.supervision.values import DutyState
from bangban.kernel.clock.lights import Light, light_for
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work


@pytest.fixture(scope="module")
def busy(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district with nine cases under way, of nine different promises."""
    world = settle(tenancy, new_district(), run)
    for promised in range(1, 10):
        world.act("admin", _promised, number=world.accepted(), promised=promised)
    return world


async def _promised(work: Work, *, number: str, promised: int) -> None:
    due = work.calendar.ordinal(MONDAY.date()) + promised
    await work.db.execute(
        update(CaseRow)
        .where(CaseRow.number == number)
        .values(promised_days=promised, due_ordinal=due, due_on=work.calendar.date_of(due))
    )


def test_whatever_was_promised_the_light_is_that_of_the_clock(
    busy: World, installation: Installation
) -> None:
    emptied(busy, installation)
    cases = busy.rows(CaseRow)
    assert {each.promised_days for each in cases} == set(range(1, 10))
    for passed in range(12):
        now = day(passed, busy)
        sweep(busy, now)
        today = busy.calendar().moment(now.date()).next_ordinal
        lights = {
            str(each.id): light_for(each.due_ordinal - today, promised=each.promised_days) for each in cases
        }
        expected = {(case, light.value) for case, light in lights.items() if light is not Light.GREEN}
        found = {(case, kind) for case, kind, _, _ in duties(busy, DutyState.OPEN)}
        assert found == expected, passed


Days = st.lists(st.integers(0, 14), min_size=1, max_size=4).map(sorted)
Faults = st.lists(
    st.tuples(st.lists(st.integers(0, 4), max_size=2), st.integers(1, 5), st.booleans()),
    min_size=4,
    max_size=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=Days, faults=Faults)
def test_however_often_a_sweep_is_killed_or_repeated_the_outcome_is_that_of_one(
    busy: World,
    installation: Installation,
    days: list[int],
    faults: list[tuple[list[int], int, bool]],
) -> None:
    emptied(busy, installation)
    before = len(outbox(busy))
    for each in days:
        sweep(busy, day(each, busy))
    clean, told = duties(busy), outbox(busy)[before:].count("duty.raised")
    emptied(busy, installation)
    before = len(outbox(busy))
    for each, (kills, batch, twice) in zip(days, faults, strict=False):
        now = day(each, busy)
        for let_through in kills:
            with suppress(Killed):
                sweep(busy, now, batch=batch, breathe=Fuse(let_through))
        if twice:
            busy.run(_both(busy, now, batch))
        sweep(busy, now, batch=batch)
    assert duties(busy) == clean
    assert outbox(busy)[before:].count("duty.raised") == told


async def _both(world: World, now: dt.datetime, batch: int) -> None:
    """Two workers at once."""
    once = partial(sweep_district, world.tenancy, world.district, now=now, batch=batch)
    await asyncio.gather(once(), once())
