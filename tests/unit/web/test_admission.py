"""Admission: places come back, shares hold, nobody starves, and who finds no place hears so at once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.running import running, settle

from bangban.kernel.problems import ErrorCode, Overloaded
from bangban.settings import Settings
from bangban.web.admission import Admission, Bounds, Doors, TooManyConnections, Visit
from bangban.web.room import Lane

SLUGS = ("a", "b", "c", "d")


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def bounded(**bounds: Any) -> tuple[Admission, Clock]:
    clock = Clock()
    return Admission(Bounds(**{"reading": 8, "writing": 2, "least": 2, **bounds}), clock=clock), clock


def came(admission: Admission, slug: str) -> Visit:
    visit = admission.enter(slug)
    assert visit is not None
    return visit


class Crowd:
    """Visits that wait or work, by district, in the order in which they got their turns."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.served: list[str] = []
        self.working: list[tuple[str, Visit]] = []
        self.tasks: list[asyncio.Task[None]] = []

    def add(self, slug: str, times: int = 1) -> None:
        for _ in range(times):
            self.tasks.append(asyncio.create_task(self._one(slug)))

    async def _one(self, slug: str) -> None:
        visit = came(self.admission, slug)
        try:
            await visit.turn()
        except BaseException:
            visit.leave()
            raise
        self.served.append(slug)
        self.working.append((slug, visit))

    def finish(self, slug: str | None = None) -> None:
        """One that is worked on is done: the oldest, or a district's oldest."""
        found = next(each for each in self.working if slug in (None, each[0]))
        self.working.remove(found)
        found[1].leave()

    def count(self) -> Counter[str]:
        return Counter(slug for slug, _ in self.working)


# ---------------------------------------------------------------------------------------------- turns


@running
async def test_one_district_alone_has_every_place() -> None:
    admission, _ = bounded()
    crowd = Crowd(admission)
    crowd.add("a", 20)
    await settle()
    assert crowd.count() == {"a": 8}
    while crowd.working:
        crowd.finish()
        await settle()
    assert crowd.served == ["a"] * 20
    assert admission.reading.working == 0


@running
async def test_beside_a_flood_a_district_has_its_share_at_once() -> None:
    admission, _ = bounded()
    crowd = Crowd(admission)
    crowd.add("b")
    await settle()
    crowd.add("a", 80)
    await settle()
    assert crowd.count() == {"a": 2, "b": 1}
    crowd.add("b", 3)
    await settle()
    assert crowd.count() == {"a": 2, "b": 2}


@running
async def test_who_comes_into_a_full_house_is_next() -> None:
    admission, _ = bounded()
    crowd = Crowd(admission)
    crowd.add("a", 80)
    await settle()
    crowd.add("b")
    await settle()
    assert crowd.count() == {"a": 8}
    crowd.finish("a")
    await settle()
    assert crowd.served[8:] == ["b"]
    for left in (6, 5, 4, 3, 2, 2, 2):  # what is over its share runs out
        crowd.finish("a")
        await settle()
        assert crowd.count() == {"a": left, "b": 1}


@running
async def test_a_share_is_kept_for_a_second_and_then_given_up() -> None:
    admission, clock = bounded()
    crowd = Crowd(admission)
    crowd.add("b")
    await settle()
    crowd.finish("b")
    crowd.add("a", 80)
    await settle()
    assert crowd.count() == {"a": 2}
    clock.now += 1.1
    crowd.add("a")
    await settle()
    assert crowd.count() == {"a": 8}


@running
async def test_many_districts_keep_loop_and_database_busy_all_the_same() -> None:
    admission, _ = bounded(least=4)
    for number in range(50):
        visit = came(admission, f"d{number}")
        await visit.turn()
        visit.leave()
    crowd = Crowd(admission)
    crowd.add("a", 30)
    await settle()
    assert crowd.count() == {"a": 4}
    crowd.add("b", 30)
    for _ in range(20):
        await settle()
        crowd.finish()
    await settle()
    assert 8 <= crowd.served[4:].count("b") <= 12
    assert len(crowd.working) == 4


@running
async def test_writing_takes_no_place_of_reading() -> None:
    admission, _ = bounded()
    writers = [came(admission, "a") for _ in range(2)]
    for each in writers:
        await each.turn(writing=True)
    crowd = Crowd(admission)
    crowd.add("a", 9)
    await settle()
    assert crowd.count() == {"a": 8}
    waiting = asyncio.create_task(came(admission, "b").turn(writing=True))
    await settle()
    assert not waiting.done()
    writers[0].rest()
    await waiting


@given(st.data())
def test_nobody_starves_and_every_place_comes_back(data: st.DataObject) -> None:
    async def go() -> None:
        admission, clock = bounded(room=1000, wait_seconds=10**6)
        crowd = Crowd(admission)
        for _ in range(data.draw(st.integers(1, 30))):
            move = data.draw(st.sampled_from(["come", "finish", "cancel", "time"]))
            if move == "come":
                crowd.add(data.draw(st.sampled_from(SLUGS)), data.draw(st.integers(1, 6)))
            elif move == "finish" and crowd.working:
                crowd.finish(data.draw(st.sampled_from(sorted(crowd.count()))))
            elif move == "cancel" and crowd.tasks:
                crowd.tasks[data.draw(st.integers(0, 400)) % len(crowd.tasks)].cancel()
            else:
                clock.now += 0.4
            if data.draw(st.booleans()):
                await settle()
            assert admission.reading.working <= 8
        await settle()
        lane, mine = admission.reading, crowd.count()
        assert lane.working == sum(mine.values())
        for slug in SLUGS:
            assert lane.of(slug) == mine[slug]
            if lane.waiting(slug) and lane.working < 8:  # a place is left free for a reason only
                assert mine[slug] >= 1
                assert lane.working >= 2
        served = len(crowd.served)
        left = sum(map(lane.waiting, SLUGS))
        while crowd.working:
            crowd.finish()
            await settle()
        assert len(crowd.served) == served + left
        await asyncio.gather(*crowd.tasks, return_exceptions=True)
        assert (lane.working, lane._waiting, len(lane._ring)) == (0, {}, 0)
        assert admission.room.free == 1000

    asyncio.run(go())


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
    await asyncio.wait_for(again.turn(), 1)
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
    await asyncio.wait_for(third.turn(), 1)


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


# ---------------------------------------------------------------------------------------------- refusals


def test_a_full_house_answers_with_bytes_made_beforehand() -> None:
    admission, _ = bounded(room=5)
    assert [admission.enter("a") is not None for _ in range(6)] == [True] * 4 + [False] * 2
    for language, word in (("zh-CN", "秒后重试"), ("en", "retry in 1 seconds")):
        refusal = admission.refusal(language)
        assert refusal is admission.refusal(language)
        headers = dict(refusal.headers)
        assert (refusal.status, headers[b"retry-after"]) == (503, b"1")
        (entry,) = json.loads(refusal.body)["errors"]
        assert entry["extensions"]["code"] == "UNAVAILABLE"
        assert entry["extensions"]["retryAfter"] == 1
        assert word in entry["message"]


def test_doors_count_districts_and_callers_and_let_go() -> None:
    doors = Doors(Bounds(connections=100, connections_of_caller=3))
    leave = [doors.enter("a", "me") for _ in range(3)]
    with pytest.raises(TooManyConnections) as refused:
        doors.enter("a", "me")
    assert refused.value.code is ErrorCode.UNAVAILABLE
    others = [doors.enter("a", number) for number in range(77)]
    with pytest.raises(TooManyConnections):
        doors.enter("a", "one more")
    doors.enter("b", "one more")()
    for each in leave + others:
        each()
        each()
    assert doors._room.free == 100
    assert not doors._of_caller


def test_the_settings_carry_the_defaults() -> None:
    plain, chosen = Bounds(), Settings.model_fields
    for ours, theirs in (
        ("room", "admit_room"),
        ("reading", "admit_reading"),
        ("writing", "admit_writing"),
        ("least", "admit_least"),
        ("wait_seconds", "admit_wait"),
        ("connections", "sockets"),
        ("connections_of_caller", "sockets_of_caller"),
    ):
        assert chosen[theirs].default == getattr(plain, ours)
