"""Queues at the door: turns, patience, cancellations, and nothing kept of those who left."""

from __future__ import annotations

import asyncio

import pytest
from tests.unit.web.crowds import Clock, Crowd, bounded, came
from tests.unit.web.running import running, settle

from bangban.kernel.problems import ErrorCode, Overloaded
from bangban.web.admission import Bounds
from bangban.web.room import Lane


@running
async def test_in_a_queue_districts_take_turns_however_long_their_queues_are() -> None:
    admission, _ = bounded(reading=1, least=1)
    crowd = Crowd(admission)
    crowd.add("a", 50)
    await settle()
    crowd.add("b", 3)
    crowd.add("c", 2)
    await settle()
    for _ in range(9):
        crowd.finish()
        await settle()
    assert "".join(crowd.served) == "a" + "abc" + "abc" + "ab" + "a"


@running
async def test_who_waits_too_long_is_refused_and_holds_nothing() -> None:
    admission, _ = bounded(reading=1, wait_seconds=0.0)
    first = came(admission, "a")
    await first.turn()
    late = came(admission, "b")
    with pytest.raises(Overloaded) as refused:
        await late.turn()
    assert (refused.value.seconds, refused.value.code) == (1, ErrorCode.UNAVAILABLE)
    late.leave()
    first.leave()
    assert admission.room.free == Bounds().room
    again = came(admission, "b")
    await asyncio.wait_for(again.turn(), 60)
    assert admission.reading.of("b") == 1


@running
async def test_a_place_that_comes_in_the_moment_of_a_cancellation_comes_back() -> None:
    admission, _ = bounded(reading=1)
    first = came(admission, "a")
    await first.turn()
    crowd = Crowd(admission)
    crowd.add("b")
    await settle()
    first.leave()  # the turn is b's, who has not heard yet
    crowd.tasks[0].cancel()
    await settle()
    assert admission.reading.working == 0
    third = came(admission, "c")
    await asyncio.wait_for(third.turn(), 60)


@running
async def test_a_visit_is_left_once_however_often_it_is_said() -> None:
    admission, _ = bounded()
    visit = came(admission, "a")
    await visit.turn()
    with pytest.raises(RuntimeError):
        await visit.turn()
    visit.rest()
    visit.rest()
    assert admission.reading.working == 0
    assert admission.room.inside("a") == 1
    visit.leave()
    visit.leave()
    assert admission.room.free == Bounds().room
    with pytest.raises(RuntimeError):
        await visit.turn()


@running
async def test_what_is_remembered_of_waiting_is_forgotten() -> None:
    clock = Clock()
    lane = Lane(1, least=1, wait_seconds=1000.0, clock=clock)
    assert lane.take("a") is None
    for number in range(500):
        turn = lane.take(f"d{number}")
        assert turn is not None
        lane.give("a" if number == 0 else f"d{number - 1}")
        await turn
        clock.now += 0.01
    assert len(lane._oldest) <= 2
    assert len(lane._recent) <= 110
    assert (len(lane._waiting), len(lane._working)) == (0, 1)
