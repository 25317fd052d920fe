"""The clock in SQL says what the clock in Python says: on PostgreSQL, for whatever may happen to a case."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Integer, MetaData, Select, Table, Text, literal, select
from sqlalchemy.dialects.postgresql import dialect

from bangban.features.cases import clock_sql
from bangban.features.cases.service.clocks import find_clock, keep_clock
from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import ClockLight
from bangban.kernel.clock import CaseClock, WorkingCalendar, published_calendar, start_clock
from bangban.kernel.clock.working import Moment
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.planner.sources import RequestParameters, Rows

CALENDAR = WorkingCalendar(published_calendar())
FIRST = dt.date(2025, 1, 1)
KEPT = (
    *("promised_days", "accepted_ordinal", "due_ordinal", "paused_days"),
    *("suspended_ordinal", "completed_ordinal", "stopped_used"),
)
CLOCKS = Table(
    "clock_of_test", MetaData(), *(Column(name, BigInteger) for name in KEPT), Column("place", Integer)
)


@dataclass(frozen=True)
class Story:
    """A case accepted on a day with a promise, and what happened to it so many days later each time.

    ``late``: so many days before that its papers had come in, from which it counts (行政许可法 Art. 32).
    """

    accepted: int
    promised: int
    steps: tuple[tuple[str, int], ...]
    looked_at: int
    late: int = 0

    def clock(self) -> tuple[CaseClock, dt.date]:
        """The clock, and the day on which it is looked at."""
        day = FIRST + dt.timedelta(days=self.accepted)
        clock = start_clock(CALENDAR, accepted_on=day - dt.timedelta(days=self.late), promised=self.promised)
        for what, after in self.steps:
            day += dt.timedelta(days=after)
            at = CALENDAR.moment(day)
            if what == "pause" and clock.stopped_ordinal is None:
                clock = clock.suspended(at)
            elif what == "resume" and clock.paused:
                clock = clock.resumed(at, calendar=CALENDAR)
            elif what == "complete" and clock.stopped_ordinal is None:
                clock = clock.completed(at)
        return clock, day + dt.timedelta(days=self.looked_at)


steps = st.tuples(st.sampled_from(["pause", "resume", "resume", "complete"]), st.integers(0, 25))
stories = st.builds(
    Story,
    accepted=st.integers(0, 500),
    promised=st.integers(0, 60),
    steps=st.lists(steps, max_size=5).map(tuple),
    looked_at=st.integers(0, 60),
    late=st.sampled_from([0, 0, 6, 9, 40]),
)


def kept(clock: CaseClock) -> dict[str, Any]:
    """The columns of the case's row."""
    row: Any = SimpleNamespace(promised_days=clock.promised)
    keep_clock(row, clock)
    assert find_clock(row) == clock, "the row loses nothing"
    return {name: getattr(row, name) for name in KEPT}


def statement(moment: Moment) -> Select[Any]:
    """Light, used days and the five filters of every row, as the planner puts them into a query."""
    facts = {"ordinal": moment.ordinal, "next_ordinal": moment.next_ordinal}
    request = RequestParameters(
        bind=lambda name, type_: literal(facts[name], type_), derive=lambda *_: literal(None, Text())
    )
    rows = Rows(c=CLOCKS.c, parent=None, request=request)
    filters = [clock_sql.has_light(rows, each).label(each.value) for each in ClockLight]
    return select(
        clock_sql.light(rows).label("light"),
        clock_sql.used(rows).label("used"),
        clock_sql.remaining(rows).label("remaining"),
        *filters,
    ).order_by(CLOCKS.c.place)


def text(query: Select[Any]) -> str:
    return str(query.compile(dialect=dialect(), compile_kwargs={"literal_binds": True}))


async def evaluated(connection: asyncpg.Connection, rows: list[tuple[dict[str, Any], Moment]]) -> list[Any]:
    """Each row at its own moment."""
    await connection.execute("TRUNCATE clock_of_test")
    records = [(*row.values(), place) for place, (row, _) in enumerate(rows)]
    await connection.copy_records_to_table("clock_of_test", records=records, columns=[*KEPT, "place"])
    found = []
    for place, (_, moment) in enumerate(rows):
        query = statement(moment).where(CLOCKS.c.place == place)
        found.append(await connection.fetchrow(text(query)))
    return found


@pytest.fixture(scope="module")
def connection(database: Endpoint, run: Any) -> Any:
    """A connection with an empty table of clocks that nobody else sees."""
    opened = run(database.connect())
    columns = ", ".join(f"{name} bigint" for name in (*KEPT, "place"))
    run(opened.execute(f"CREATE TEMPORARY TABLE clock_of_test ({columns})"))
    yield opened
    run(opened.close())


def test_light_used_and_remaining_agree_for_whatever_may_happen(connection: Any, run: Any) -> None:
    @settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
    @given(st.lists(stories, min_size=20, max_size=20))
    def compare(told: list[Story]) -> None:
        clocks = [story.clock() for story in told]
        moments = [CALENDAR.moment(day) for _, day in clocks]
        rows = [(kept(clock), at) for (clock, _), at in zip(clocks, moments, strict=True)]
        for story, (clock, _), at, found in zip(
            told, clocks, moments, run(evaluated(connection, rows)), strict=True
        ):
            assert found["used"] == clock.used(at), story
            assert found["remaining"] == clock.remaining(at), story
            assert found["light"] == clock.light(at), story
            shown = {each.value for each in ClockLight if found[each.value]}
            assert shown == {clock.light(at).value}, "a filter finds a case by the light that it shows"

    compare()


def test_every_light_comes_up_at_the_same_day_in_both(connection: Any, run: Any) -> None:
    seen = set()
    for promised in range(8):
        story = Story(accepted=150, promised=promised, steps=(), looked_at=0)
        clock, day = story.clock()
        days = [day + dt.timedelta(days=each) for each in range(16)]
        rows = [(kept(clock), CALENDAR.moment(each)) for each in days]
        lights = [found["light"] for found in run(evaluated(connection, rows))]
        assert lights == [clock.light(moment).value for _, moment in rows]
        seen |= set(lights)
    assert seen == {each.value for each in ClockLight}


def test_a_case_that_was_not_accepted_shows_no_light(connection: Any, run: Any) -> None:
    row = dict.fromkeys(KEPT, None) | {"promised_days": 5, "paused_days": 0}
    (found,) = run(evaluated(connection, [(row, CALENDAR.moment(FIRST))]))
    assert not any(found[each.value] for each in ClockLight)


def test_the_columns_are_those_of_the_case() -> None:
    assert set(KEPT) <= {column.name for column in CaseRow.__table__.columns}
