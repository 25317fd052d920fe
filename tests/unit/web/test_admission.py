"""Admission: places come back, shares hold, nobody starves, and who finds no place hears so at once."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.crowds import Crowd, bounded, came
from tests.unit.web.running import running, settle

from bangban.kernel.problems import ErrorCode
from bangban.settings import Settings
from bangban.web.admission import Bounds, Doors, TooManyConnections

SLUGS = ("a", "b", "c", "d")


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
