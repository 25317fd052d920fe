"""When lanes are given up, replaced and closed; with connections that only pretend."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from tests.unit.kernel.tenancy.pretended_lanes import Row, run

from bangban.kernel.problems import Unavailable
from bangban.kernel.tenancy import lane as lane_module


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets time pass for lanes."""
    now = [1000.0]
    monkeypatch.setattr(lane_module, "monotonic", lambda: now[0])
    monkeypatch.setattr("bangban.kernel.tenancy.lanes.monotonic", lambda: now[0])

    def pass_(seconds: float) -> None:
        now[0] += seconds

    return pass_


def test_where_a_lane_stands_is_believed_for_a_while_only(clock: Callable[[float], None]) -> None:
    async def go() -> Row:
        row = Row(lanes=1)
        for seconds in (0, 29, 2):
            clock(seconds)
            await row.read("zibo")
        return row

    row = run(go())
    assert row.switches == 2
    assert len(row.opened) == 1


def test_an_old_connection_is_replaced(clock: Callable[[float], None]) -> None:
    async def go() -> Row:
        row = Row(lanes=1, max_age=100.0)
        for seconds in (0, 90, 40):
            clock(seconds)
            await row.read("zibo")
        return row

    row = run(go())
    assert [each.closed for each in row.opened] == [True, False]


def test_a_connection_that_met_many_districts_is_replaced() -> None:
    async def go() -> Row:
        row = Row(lanes=1, districts=10)
        for number in range(35):
            await row.read(f"place-{number}")
            assert row.lanes.counts().districts <= row.lanes.counts().districts_at_most == 10
        return row

    assert [each.closed for each in run(go()).opened] == [True, True, True, False]


def test_idle_connections_are_closed_and_overdue_ones_cut_off(clock: Callable[[float], None]) -> None:
    async def go() -> tuple[bool, bool]:
        row = Row(lanes=1, max_idle=60.0)
        await row.read("zibo")
        clock(50)
        row.lanes._look_after()
        assert not row.opened[0].closed
        clock(20)
        row.lanes._look_after()
        idle = row.opened[0].closed
        await row.read("zibo")
        row.lanes.find(row.entrance("zibo"))
        clock(5.9)  # a second for the statement, and five of grace
        row.lanes._look_after()
        assert not row.opened[1].closed
        clock(0.2)
        row.lanes._look_after()
        return idle, row.opened[1].closed

    assert run(go()) == (True, True)


def test_after_the_end_nobody_reads() -> None:
    async def go() -> list[bool]:
        row = Row()
        await row.read("zibo")
        await row.lanes.close()
        with pytest.raises(Unavailable):
            await row.read("zibo")
        return [each.closed for each in row.opened]

    assert run(go()) == [True]


def test_the_end_waits_for_who_is_being_served_and_refuses_who_waits() -> None:
    async def go() -> bool:
        row = Row(lanes=1, share=1)
        held = row.lanes.find(row.entrance("zibo"))
        assert held is not None
        waiting = asyncio.create_task(row.read("zibo"))
        await asyncio.sleep(0)
        closing = asyncio.create_task(row.lanes.close())
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await waiting
        assert not closing.done()
        row.lanes.give(held)
        await closing
        return held.open

    assert run(go()) is False
