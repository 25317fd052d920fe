"""Seats, rooms and what is shared: who is told what, and that nothing grows without bound."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.jobs.fanout import MOST_WAITING, FanOut, Seat
from bangban.kernel.jobs.listener import Listener

Tell = Callable[..., None]


@pytest.fixture
def listener() -> Listener:
    return Listener(Endpoint.from_url("postgresql://nobody@127.0.0.1:1/nothing"), "channel")


@pytest.fixture
def fanout(listener: Listener) -> FanOut:
    made = FanOut(listener)
    made.begin(upsetting=["policy.changed"])
    return made


@pytest.fixture
def tell(listener: Listener) -> Tell:
    def say(slug: str, kind: str, reference: str = "") -> None:
        payload = json.dumps({"d": slug, "k": kind, "r": reference})
        listener._received(None, 0, "channel", payload)

    return say


async def heard(seat: Seat) -> list[str]:
    """What is waiting for a seat, all of it."""
    found = []
    while seat._told.is_set():
        assert await seat.wait()
        taken = seat.take()
        found.append("anew" if taken.anew else taken.news.reference if taken.news else "person")
    return found


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_news_goes_to_whom_it_concerns(fanout: FanOut, tell: Tell) -> None:
    async def go() -> None:
        inbox, one = fanout.seat("a", "case"), fanout.seat("a", "case", "1")
        abroad, other = fanout.seat("b", "case"), fanout.seat("a", "case", "2")
        tell("a", "case", "1")
        tell("a", "case", "3")
        tell("a", "staff", "1")
        await turns()
        assert [await heard(each) for each in (inbox, one, abroad, other)] == [["1", "3"], ["1"], [], []]
        for seat in (inbox, one, abroad, other):
            seat.close()
        assert fanout.seats == 0
        assert fanout._rooms == {}

    asyncio.run(go())


def test_a_burst_is_one_piece_of_news_for_each_thing(fanout: FanOut, tell: Tell) -> None:
    async def go() -> None:
        async with fanout.seat("a", "case") as seat:
            for _ in range(100):
                tell("a", "case", "1")
                tell("a", "case", "2")
            await turns()
            assert await heard(seat) == ["1", "2"]
            for _ in range(100):
                tell("a", "case", "1")
            await turns()
            assert await heard(seat) == [], "the window is not over"
            await asyncio.wait_for(seat._told.wait(), 60)
            assert await heard(seat) == ["1"]

    asyncio.run(go())


def test_whoever_takes_nothing_holds_the_newest_of_each_and_no_more_than_so_many(fanout: FanOut) -> None:
    async def go() -> None:
        async with fanout.seat("a", "case") as seat:
            first, second = fanout.news("1"), fanout.news("1")
            seat.hear(first)
            seat.hear(second)
            taken = seat.take()
            assert (taken.news, taken.since) == (second, first.at)
            for n in range(MOST_WAITING):
                seat.hear(fanout.news(str(n)))
            assert len(seat._waiting) == MOST_WAITING
            seat.hear(fanout.news("one too many"))
            assert seat._waiting == {}
            assert await heard(seat) == ["anew"]

    asyncio.run(go())


def test_what_may_have_been_missed_is_looked_at_again(fanout: FanOut, listener: Listener) -> None:
    async def go() -> None:
        inbox, one = fanout.seat("a", "case"), fanout.seat("a", "case", "1")
        elsewhere = fanout.seat("b", "case")
        await fanout._upset("a", "")
        assert [await heard(each) for each in (inbox, one, elsewhere)] == [["anew"], ["1"], []]
        await fanout._upset("a", "somebody")
        assert await heard(inbox) == []
        for reread in listener._on_reconnect:
            await reread()
        assert [await heard(each) for each in (inbox, one, elsewhere)] == [["anew"], ["1"], ["anew"]]
        for seat in (inbox, one, elsewhere):
            seat.close()

    asyncio.run(go())


def test_word_of_the_subscriber_is_told_apart_from_news(fanout: FanOut, tell: Tell) -> None:
    async def go() -> None:
        async with fanout.seat("a", "case") as seat:
            seat.also("a", "staff.changed", "me")
            tell("a", "staff.changed", "me")
            assert seat.take().person
            seat.hear(fanout.news("1"))
            assert not seat.take().person

    asyncio.run(go())


def test_what_is_shared_is_made_once_for_each_key(fanout: FanOut) -> None:
    async def go() -> None:
        made: list[str] = []
        go_on = asyncio.Event()

        async def make(key: str) -> str:
            await go_on.wait()
            made.append(key)
            return key

        news = fanout.news("1")
        asked = [
            asyncio.create_task(news.share(key, lambda key=key: make(key))) for key in ("x", "x", "y", "x")
        ]
        await turns()
        asked[0].cancel()  # whoever asked first goes; it is made for the others
        go_on.set()
        assert await asyncio.gather(*asked[1:]) == ["x", "y", "x"]
        assert sorted(made) == ["x", "y"]
        assert await news.share("x", lambda: make("x")) == "x"
        assert sorted(made) == ["x", "y"]

    asyncio.run(go())


def test_a_failure_is_shared_too(fanout: FanOut) -> None:
    async def go() -> None:
        async def fail() -> None:
            raise LookupError

        news = fanout.news("1")
        results = await asyncio.gather(*(news.share("x", fail) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in results] == [LookupError] * 3

    asyncio.run(go())


def test_a_stop_lets_everybody_go(fanout: FanOut, listener: Listener) -> None:
    async def go() -> None:
        seat = fanout.seat("a", "case").also("a", "staff.changed", "me")
        await listener.stop()
        assert not await seat.wait()
        assert fanout.seats == 0

    asyncio.run(go())
