"""Which lane a read takes, and when its connection is replaced; with connections that only pretend."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from tests.unit.kernel.tenancy.pretended_lanes import NAMES, Pretended, Row, run

from bangban.kernel.problems import InvalidInput, Unavailable
from bangban.kernel.tenancy.lane import Entrance
from bangban.kernel.tenancy.names import Wall


def test_a_district_stays_on_its_lane_and_is_asked_with_the_statement_alone() -> None:
    async def go() -> Row:
        row = Row()
        for _ in range(5):
            await row.read("zibo")
        return row

    row = run(go())
    assert row.switches == len(row.opened) == 1
    role = NAMES.role("zibo", Wall.READ)
    assert row.opened[0].sent == [
        f'SET ROLE "{role}"; SET default_transaction_read_only = on; SET statement_timeout = 1000',
        *["SELECT 1"] * 5,
    ]


def test_the_other_side_of_the_wall_is_another_place() -> None:
    async def go() -> Row:
        row = Row(lanes=1)
        for wall in (Wall.READ, Wall.AUDIT, Wall.READ):
            await row.read("zibo", wall=wall)
        return row

    row = run(go())
    assert row.switches == 3
    sets = [text.split('"')[1] for text in row.opened[0].sent if text.startswith("SET ROLE")]
    assert sets == [NAMES.role("zibo", wall) for wall in (Wall.READ, Wall.AUDIT, Wall.READ)]


def test_a_limit_of_its_own_is_another_place_too() -> None:
    async def go() -> Row:
        row = Row(lanes=1)
        await row.reader.district("zibo", Wall.READ, "SELECT 1", (), timeout_ms=250)
        await row.read("zibo")
        return row

    sent = run(go()).opened[0].sent
    assert "statement_timeout = 250" in sent[0]
    assert "statement_timeout = 1000" in sent[2]


def test_many_districts_one_after_the_other_each_stay_on_one_lane() -> None:
    async def go() -> Row:
        row = Row()
        for _ in range(3):
            for number in range(40):
                await row.read(f"place-{number}")
        return row

    counts = run(go()).lanes.counts()
    assert counts.districts == 40, "each was met by one connection only"
    assert counts.open == 4


def test_a_district_spills_over_while_its_lane_is_busy_and_another_is_free() -> None:
    row = Row()

    async def go() -> list[int]:
        found = [row.lanes.find(row.entrance("zibo")) for _ in range(4)]
        assert row.lanes.find(row.entrance("zibo")) is None
        return [lane.number for lane in found if lane]

    numbers = run(go())
    home = row.entrance("zibo").home % 4
    assert numbers == [(home + step) % 4 for step in range(4)]


@pytest.mark.parametrize(
    "trouble",
    [
        asyncpg.DivisionByZeroError("data"),
        asyncpg.QueryCanceledError("late"),
        asyncpg.InterfaceError("arguments"),
        asyncio.CancelledError(),
        TimeoutError(),
        RuntimeError(),
    ],
)
@pytest.mark.parametrize("where", [0, 1, 2])
def test_after_any_trouble_the_whole_switch_is_sent_again(trouble: BaseException, where: int) -> None:
    """``where``: in the switch, in the first statement, or in one on a lane that stood there already."""

    async def go() -> Row:
        row = Row(lanes=1)
        row.opened.append(Pretended())
        row.opened[0].fails = [None] * where + [trouble]
        connections = iter(row.opened[:1])
        row.lanes._lanes[0]._connect = lambda: given(connections)  # type: ignore[assignment]  # pretended
        results = await asyncio.gather(
            *(row.read("zibo") for _ in range(1 + (where == 2))), return_exceptions=True
        )
        assert [type(each) for each in results if isinstance(each, BaseException)]
        sent = len(row.opened[0].sent)
        assert await row.read("zibo", "SELECT 2") == b"SELECT 2"
        after = [text for text in row.opened[0].sent[sent:] if text != "RESET ROLE"]
        assert [text.split()[0] for text in after] == ["SET", "SELECT"]
        assert row.lanes.counts().busy == 0
        return row

    run(go())


async def given(connections: Any) -> Any:
    return next(connections)


def test_a_connection_that_does_not_come_to_rest_is_given_up() -> None:
    async def go() -> Row:
        row = Row(lanes=1)
        await row.read("zibo")
        row.opened[0].fails = [TimeoutError(), OSError()]  # the statement, then the settling
        with pytest.raises(Unavailable):
            await row.read("zibo")
        await row.read("zibo")
        return row

    row = run(go())
    assert row.opened[0].closed
    assert [text.split()[0] for text in row.opened[1].sent] == ["SET", "SELECT"]


def test_a_lane_that_is_lost_is_opened_again() -> None:
    async def go() -> Row:
        row = Row(lanes=1)
        await row.read("zibo")
        row.opened[0].closed = True
        await row.read("zibo")
        return row

    row = run(go())
    assert len(row.opened) == row.switches == 2


@pytest.mark.parametrize("how", [asyncpg.InternalClientError("state"), asyncpg.InterfaceError("closed")])
def test_a_connection_that_ends_under_the_drivers_hands_is_unavailability(how: Exception) -> None:
    async def go() -> None:
        row = Row(lanes=1)
        await row.read("zibo")
        row.opened[0].fails = [how]
        row.opened[0].closes = True
        with pytest.raises(Unavailable):
            await row.read("zibo")
        assert await row.read("zibo") == b"SELECT 1"

    run(go())


@pytest.mark.parametrize("role", ['x"; DROP ROLE y; --', "Grossbuchstabe", "", "mit leerzeichen", "x'y"])
def test_only_checked_names_get_into_a_switch(role: str) -> None:
    with pytest.raises(ValueError, match="identifier"):
        Entrance("zibo", role, timeout_ms=1)


@pytest.mark.parametrize("slug", ["", "Zibo", 'zibo"', "zibo;", "platform; "])
def test_a_read_of_no_district_is_refused_before_any_lane(slug: str) -> None:
    row = Row()
    with pytest.raises(InvalidInput):
        run(row.read(slug))
    assert row.opened == []
