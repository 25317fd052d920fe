"""Bodies that do not come in time are refused, and nothing is remembered of the others."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.web.running import running, settle

from bangban.kernel.problems import ErrorCode
from bangban.web.deadlines import BodyTooSlow, Deadlines


@running
async def test_a_body_that_does_not_come_in_time_is_refused() -> None:
    deadlines = Deadlines(0.01)
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    with pytest.raises(BodyTooSlow) as refused:
        await deadlines.keep(never)
    assert refused.value.code is ErrorCode.BAD_REQUEST
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    assert len(deadlines) == 0


@running
async def test_a_body_that_comes_is_handed_on_and_forgotten() -> None:
    async def body(n: int) -> int:
        await asyncio.sleep(0)
        return n

    deadlines = Deadlines(1000.0)
    assert [await deadlines.keep(body(n)) for n in range(100)] == list(range(100))
    assert len(deadlines) == 0
    assert len(deadlines._awaited) == 1
    with pytest.raises(ValueError, match="odd"):
        await deadlines.keep(failing())
    assert len(deadlines) == 0


async def failing() -> None:
    raise ValueError("odd")


@running
async def test_a_request_that_is_cancelled_is_not_taken_for_a_slow_one() -> None:
    deadlines = Deadlines(1000.0)
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(deadlines.keep(never))
    await settle()
    assert len(deadlines) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(deadlines) == 0
