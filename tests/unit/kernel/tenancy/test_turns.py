"""Turns are fair: nobody starves, nobody holds more than there is, and in the end nothing is left over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.kernel.tenancy.turns_taken import DISTRICTS, PATIENT, House, turn

from bangban.kernel.problems import Overloaded, Unavailable
from bangban.kernel.tenancy.slots import FairSlots
from bangban.kernel.tenancy.turns import Turns, share_of

actions = st.lists(
    st.tuples(
        st.sampled_from(["come", "come", "come", "leave", "leave", "cancel", "late", "leave and cancel"]),
        st.sampled_from(DISTRICTS),
        st.integers(0, 30),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(places=st.integers(1, 4), share=st.integers(1, 4), queue=st.integers(1, 4), steps=actions)
def test_whatever_comes_everybody_is_served_or_refused_and_nothing_is_left(
    places: int, share: int, queue: int, steps: list[tuple[str, str, int]]
) -> None:
    async def go() -> None:
        house = House(places, min(share, places), queue)
        for action, name, number in steps:
            await step(house, action, name, number)
            house.check()
        while served := house.those("served"):
            served[0].leave.set()
            await turn()
            house.check()
        await asyncio.gather(*(each.task for each in house.guests), return_exceptions=True)
        assert {each.outcome for each in house.guests} <= {"gone", "refused", "cancelled"}
        assert (house.turns.waiting, len(house.turns), len(house.free)) == (0, 0, places)

    asyncio.run(go())


async def step(house: House, action: str, name: str, number: int) -> None:
    served, waiting = house.those("served"), house.those("waiting")
    if action == "come":
        await house.come(name)
    if action.startswith("leave") and served:
        served[number % len(served)].leave.set()
        if action == "leave and cancel" and waiting:
            # One turn later the place has been given, and its new owner has not heard of it yet.
            await asyncio.sleep(0)
            waiting[number % len(waiting)].task.cancel()
    if action == "cancel" and waiting:
        waiting[number % len(waiting)].task.cancel()
    if action == "late" and waiting:
        chosen = waiting[number % len(waiting)]
        party = house.turns._parties[chosen.name]
        house.turns._refuse(chosen.name, next(iter(party.waiting)))
    await turn()


def run(doing: Any) -> Any:
    return asyncio.run(doing)


async def order_of(asked: list[str], *, places: int = 1, share: int = 1) -> list[str]:
    """Who is served in which order, all having come while the only place was taken."""
    house = House(places, share, queue=100)
    for _ in range(places):
        await house.come("e")
    for name in asked:
        await house.come(name)
    found: list[str] = []
    while served := house.those("served"):
        served[0].leave.set()
        await turn()
        found += [each.name for each in house.those("served") if each not in served]
    return found


def test_districts_are_served_in_turn_however_many_of_one_came_first() -> None:
    found = run(order_of(["a"] * 20 + ["b", "c", "b"]))
    assert sorted(found[:4]) == ["a", "a", "b", "c"]
    assert found.index("b") < 4
    assert found[5:] == ["a"] * 18


def test_a_district_alone_has_every_place_and_gives_way_when_others_come() -> None:
    async def go() -> tuple[dict[str, int], dict[str, int]]:
        house = House(4, share_of(4), queue=100)
        for _ in range(12):
            await house.come("a")
        alone = house.turns.busy
        for name in "bbbb":
            await house.come(name)
        for _ in range(2):
            house.those("served")[0].leave.set()
            await turn()
        return alone, house.turns.busy

    alone, together = run(go())
    assert alone == {"a": 4}
    assert together == {"a": 2, "b": 2}


def test_a_place_goes_to_who_is_at_home_there_but_not_past_the_same_one_for_ever() -> None:
    async def go() -> list[str]:
        turns: Turns[None] = Turns(share=99, queue=99, patience=PATIENT, give_back=lambda *_: None)
        names = ["a", *["b"] * 20]
        tasks = [asyncio.create_task(turns.wait(name)) for name in names]
        await turn()
        found: list[str] = []
        for _ in names:
            before = turns.busy.get("a", 0)
            turns.hand(None, at_home=lambda name: name == "b")
            found.append("a" if turns.busy.get("a", 0) > before else "b")
        await asyncio.gather(*tasks)
        return found

    assert run(go()) == [*"bbbba", *"b" * 16]


def test_who_waits_too_long_is_refused_and_told_when_to_come_back() -> None:
    async def go() -> Overloaded:
        slots = FairSlots(1, share=1, queue=5, patience=0.01)
        async with slots.of("a"):
            with pytest.raises(Overloaded) as refused:
                async with slots.of("b"):
                    pass
        assert (slots.busy, len(slots.turns), slots.turns.refused_late) == (0, 0, 1)
        return refused.value

    problem = run(go())
    assert problem.seconds == 1
    assert "1 秒" in problem.message("zh")
    assert "1 seconds" in problem.message("en")


def test_a_full_queue_refuses_at_once_and_only_its_own_district() -> None:
    async def go() -> list[str]:
        slots = FairSlots(1, share=1, queue=2, patience=PATIENT)
        done: list[str] = []

        async def visit(name: str) -> None:
            async with slots.of(name):
                done.append(name)

        async with slots.of("a"):
            tasks = [asyncio.create_task(visit(name)) for name in "aaabb"]
            await turn()
            assert tasks[2].done()
            assert isinstance(tasks[2].exception(), Overloaded)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (slots.busy, len(slots.turns), slots.turns.refused_at_once) == (0, 0, 1)
        return done

    assert run(go()) == ["a", "b", "a", "b"]


def test_whoever_fails_inside_gives_the_slot_back() -> None:
    async def go() -> int:
        slots = FairSlots(1, share=1, queue=2, patience=PATIENT)
        with pytest.raises(LookupError):
            async with slots.of("a"):
                raise LookupError
        return slots.busy

    assert run(go()) == 0


def test_all_who_wait_can_be_refused() -> None:
    async def go() -> list[Any]:
        turns: Turns[None] = Turns(share=1, queue=9, patience=PATIENT, give_back=lambda *_: None)
        tasks = [asyncio.create_task(turns.wait(name)) for name in "aab"]
        await turn()
        turns.refuse_all(Unavailable())
        assert (turns.waiting, len(turns)) == (0, 0)
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in run(go())] == [Unavailable] * 3
