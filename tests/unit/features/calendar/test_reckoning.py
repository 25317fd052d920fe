"""Under a new calendar a case gets the clock that casework would have given it, and getting it twice is once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.calendar.rules import ClockColumns, OpenCase, pauses_of, reckon
from bangban.features.cases.service.clocks import find_clock, keep_clock
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.clock import BeyondCalendar, CaseClock, WorkingCalendar, published_calendar, start_clock

ZONE = ZoneInfo("Asia/Shanghai")
PUBLISHED = published_calendar()
CALENDAR = WorkingCalendar(PUBLISHED)
NEXT = PUBLISHED.horizon.year + 1
NOTICE = {dt.date(NEXT, month, n): False for month in (1, 5, 10) for n in range(1, 8)}
EXTENDED = PUBLISHED.extended(NOTICE)
FIRST = dt.date(PUBLISHED.horizon.year, 1, 1)

NOTHING = ClockColumns(None, None, None, False, 0, None, None)

days = st.integers(0, 360).map(lambda n: FIRST + dt.timedelta(days=n))
exceptions = st.dictionaries(
    st.integers(0, 700).map(lambda n: FIRST + dt.timedelta(days=n)), st.booleans(), max_size=20
)
# Days from acceptance to the first stop, from there to the resumption, and so on; an odd number is suspended.
gaps = st.lists(st.integers(0, 25), max_size=6)


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(dt.UTC)


def case(accepted: dt.date, promised: int, stops: list[int], kept: ClockColumns = NOTHING) -> OpenCase:
    events = []
    day = accepted
    for n, gap in enumerate(stops):
        day += dt.timedelta(days=gap)
        events.append((EventKind.RESUMED if n % 2 else EventKind.SUSPENDED, at(day)))
    return OpenCase(
        id=uuid4(),
        number="TS20260608-000001",
        state=CaseState.SUSPENDED if len(stops) % 2 else CaseState.IN_PROGRESS,
        promised_days=promised,
        accepted_at=at(accepted),
        counts_from=None,
        stopped=tuple(events),
        kept=kept,
    )


def casework(calendar: WorkingCalendar, accepted: dt.date, promised: int, stops: list[int]) -> CaseClock:
    """Step by step, as ``rules.accept``, ``rules.suspend`` and ``rules.resume`` do it."""
    clock = start_clock(calendar, accepted_on=accepted, promised=promised)
    day = accepted
    for gap in stops:
        day += dt.timedelta(days=gap)
        moment = calendar.moment(day)
        clock = clock.resumed(moment, calendar=calendar) if clock.paused else clock.suspended(moment)
    return clock


@given(days, st.integers(0, 60), gaps, exceptions, st.integers(6, 40))
def test_a_clock_that_was_dated_back_counts_from_the_day_of_receipt_under_any_calendar(
    received: dt.date, promised: int, stops: list[int], local: dict[dt.date, bool], late: int
) -> None:
    calendar = WorkingCalendar(published_calendar(), local)
    gaps = [late + (stops[0] if stops else 0), *stops[1:]] if stops else []
    kept = casework(calendar, received, promised, gaps)
    dated = replace(case(received + dt.timedelta(days=late), promised, stops), counts_from=received)
    assert reckon(dated, calendar, zone=ZONE) == ClockColumns.of(kept)


@given(days, st.integers(0, 60), gaps, exceptions, exceptions)
def test_it_is_what_casework_would_have_reckoned_had_the_calendar_been_known(
    accepted: dt.date,
    promised: int,
    stops: list[int],
    before: dict[dt.date, bool],
    after: dict[dt.date, bool],
) -> None:
    was = casework(WorkingCalendar(PUBLISHED, before), accepted, promised, stops)
    new = WorkingCalendar(EXTENDED, after)
    columns = reckon(case(accepted, promised, stops, ClockColumns.of(was)), new, zone=ZONE)
    assert columns == ClockColumns.of(casework(new, accepted, promised, stops))


@given(days, st.integers(0, 60), gaps, exceptions)
def test_twice_is_once(
    accepted: dt.date, promised: int, stops: list[int], local: dict[dt.date, bool]
) -> None:
    calendar = WorkingCalendar(EXTENDED, local)
    one = case(accepted, promised, stops)
    columns = reckon(one, calendar, zone=ZONE)
    assert reckon(replace(one, kept=columns), calendar, zone=ZONE) == columns
    there_and_back = reckon(replace(one, kept=columns), CALENDAR, zone=ZONE)
    assert reckon(replace(one, kept=there_and_back), calendar, zone=ZONE) == columns


@given(days, st.integers(0, 60), gaps)
def test_the_columns_are_those_that_casework_keeps(
    accepted: dt.date, promised: int, stops: list[int]
) -> None:
    columns = reckon(case(accepted, promised, stops), CALENDAR, zone=ZONE)
    clock = casework(CALENDAR, accepted, promised, stops)
    row = SimpleNamespace(promised_days=promised, completed_ordinal=None)
    keep_clock(row, clock)
    assert tuple(getattr(row, name) for name in ClockColumns._fields) == columns
    assert find_clock(row) == clock


# The vectors of DOMAIN 3.4: start day, working days, due day.
VECTORS = [
    ("2026-02-10", 5, "2026-02-24"),
    ("2025-09-26", 5, "2025-10-10"),
    ("2023-09-28", 20, "2023-11-01"),
    ("2024-02-08", 1, "2024-02-09"),
    ("2024-04-03", 1, "2024-04-07"),
    ("2025-01-24", 10, "2025-02-13"),
]


@pytest.mark.parametrize(("start", "promised", "due"), VECTORS)
def test_the_published_vectors_hold_after_an_import(start: str, promised: int, due: str) -> None:
    one = case(dt.date.fromisoformat(start), promised, [])
    columns = reckon(one, WorkingCalendar(EXTENDED), zone=ZONE)
    assert columns.due_on == dt.date.fromisoformat(due)
    assert not columns.due_provisional


def test_the_day_of_acceptance_is_the_districts() -> None:
    late = replace(case(dt.date(2026, 6, 8), 5, []), accepted_at=dt.datetime(2026, 6, 8, 17, tzinfo=dt.UTC))
    assert reckon(late, CALENDAR, zone=ZONE).accepted_ordinal == CALENDAR.ordinal(dt.date(2026, 6, 9))
    assert reckon(late, CALENDAR, zone=ZoneInfo("UTC")).accepted_ordinal == CALENDAR.ordinal(
        dt.date(2026, 6, 8)
    )


def test_a_promise_beyond_the_horizon_becomes_certain() -> None:
    one = case(PUBLISHED.horizon - dt.timedelta(days=5), 10, [])
    before = reckon(one, CALENDAR, zone=ZONE)
    after = reckon(one, WorkingCalendar(EXTENDED), zone=ZONE)
    assert (before.due_provisional, after.due_provisional) == (True, False)
    assert after.due_on > before.due_on


def test_a_timeline_that_gives_no_clock_is_refused() -> None:
    day = dt.date(2026, 6, 8)
    with pytest.raises(ValueError, match="alternate"):
        pauses_of([(EventKind.SUSPENDED, day), (EventKind.SUSPENDED, day)])
    with pytest.raises(ValueError, match="alternate"):
        pauses_of([(EventKind.RESUMED, day)])
    with pytest.raises(ValueError, match="do not agree"):
        reckon(replace(case(day, 5, []), state=CaseState.SUSPENDED), CALENDAR, zone=ZONE)
    with pytest.raises(BeyondCalendar):
        reckon(case(dt.date(1999, 1, 4), 5, []), CALENDAR, zone=ZONE)
