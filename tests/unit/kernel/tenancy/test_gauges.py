"""Metrics say what lanes and slots hold, and whom they refused."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import REGISTRY
from tests.unit.kernel.tenancy.pretended_lanes import Row

from bangban.kernel.problems import Overloaded
from bangban.kernel.tenancy.slots import FairSlots


def sample(name: str, **labels: str) -> float:
    found = REGISTRY.get_sample_value(name, labels)
    assert found is not None
    return found


def test_reads_are_counted() -> None:
    async def go() -> None:
        names = ("bangban_read_lanes_busy", "bangban_read_lanes_open", "bangban_read_lane_switches_total")
        before = [sample(name) for name in names]
        row = Row(lanes=1)
        await row.read("zibo")
        held = row.lanes.find(row.entrance("zibo"))
        assert held is not None
        assert [sample(name) - value for name, value in zip(names, before, strict=True)] == [1, 1, 1]
        waiting = asyncio.create_task(row.read("zibo"))
        await asyncio.sleep(0)
        assert sample("bangban_reads_waiting") >= 1
        row.lanes.give(held)
        await waiting
        await row.lanes.close()

    asyncio.run(go())


def test_refused_writes_are_counted() -> None:
    async def go() -> None:
        before = sample("bangban_connections_refused_total", kind="write", why="late")
        slots = FairSlots(1, share=1, queue=1, patience=0.001)
        async with slots.of("zibo"):
            assert sample("bangban_write_slots_busy") >= 1
            with pytest.raises(Overloaded):
                async with slots.of("zouping"):
                    pass
        assert sample("bangban_connections_refused_total", kind="write", why="late") - before == 1

    asyncio.run(go())
