"""What of a service counts as overtime: the minutes at which the point is closed, each once."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.hall.rules.overtime import kept_on, outside_hours
from bangban.features.hall.values import OvertimeKind
from bangban.kernel.clock.published import published_calendar
from bangban.kernel.clock.week import DAY_KEYS, local_minute
from bangban.kernel.clock.working import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(published_calendar(), {dt.date(2026, 11, 24): False})
MINUTE = dt.timedelta(minutes=1)
OFFICE = ((540, 720), (810, 1020))
DAYS = st.one_of(
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    st.sampled_from((dt.date(2026, 10, 1), dt.date(2026, 10, 10), dt.date(2026, 11, 24))),
)
"""Beside any day a holiday, a Saturday that is worked, and a day that the district closes."""


def spans() -> st.SearchStrategy[list[list[int]]]:
    """Intervals of a day in order, some touching, as the hours of a point are kept."""
    edges = st.lists(st.integers(0, 1440), max_size=7, unique=True).map(sorted)
    return st.tuples(edges, st.lists(st.booleans(), min_size=6, max_size=6)).map(
        lambda drawn: [list(each) for each, taken in zip(pairwise(drawn[0]), drawn[1], strict=False) if taken]
    )


def weeks() -> st.SearchStrategy[dict[str, list[list[int]]]]:
    """Hours of a point for each kind of day."""
    return st.one_of(
        st.fixed_dictionaries({key: spans() for key in DAY_KEYS}),
        st.just({key: [list(each) for each in OFFICE] for key in DAY_KEYS[:5]}),
    )


def at(day: dt.date, minute: int) -> dt.datetime:
    """A moment of the day, by the clock that rows are kept in."""
    return dt.datetime.combine(day, dt.time(), ZONE).astimezone(dt.UTC) + minute * MINUTE


@given(weeks(), DAYS, st.lists(st.integers(0, 1440), min_size=2, max_size=4).map(sorted))
def test_every_minute_that_the_point_is_closed_counts_once(
    hours: dict[str, list[list[int]]], day: dt.date, edges: list[int]
) -> None:
    shown = local_minute(CALENDAR, at(day, 0), ZONE)
    assert (shown.day, shown.minute) == (day.isoformat(), 0)
    today = hours.get(shown.key, [])
    opened = {minute for begin, end in today for minute in range(begin, end)}

    def counted(since: int, until: int) -> dt.timedelta:
        return outside_hours(at(day, since), at(day, until), today, day=day, zone=ZONE)

    first, last = edges[0], edges[-1]
    truth = len(set(range(first, last)) - opened)
    assert counted(first, last) == truth * MINUTE
    pieces = sum((counted(a, b) for a, b in pairwise(edges)), dt.timedelta())
    assert pieces == truth * MINUTE, (
        "one after the other at a window, nothing counts twice and nothing is lost"
    )


@given(spans(), st.integers(0, 1440), st.lists(st.integers(0, 1440), min_size=2, max_size=2).map(sorted))
def test_whoever_is_kept_on_waited_at_that_closing_and_is_served_in_the_break_after_it(
    today: list[list[int]], queued: int, service: list[int]
) -> None:
    day, (since, until) = dt.date(2026, 6, 8), service
    found = kept_on(at(day, queued), at(day, since), at(day, until), today, day=day, zone=ZONE)
    opened = {minute for begin, end in today for minute in range(begin, end)}
    closings = [minute for minute in range(1, 1440) if minute - 1 in opened and minute not in opened]
    reopens = {c: min((m for m in opened if m > c), default=1440) for c in closings}
    truth = [c for c in closings if queued < c < until and since < reopens[c]]
    assert (found is None) is (not truth)
    if found is not None:
        kind, closes = found
        assert closes == at(day, truth[-1])
        assert (kind is OvertimeKind.EVENING) is (reopens[truth[-1]] == 1440)


def test_seconds_are_not_lost() -> None:
    day, second = dt.date(2026, 6, 8), dt.timedelta(seconds=1)
    since, until = at(day, 720) - 30 * second, at(day, 721) + 59 * second
    assert outside_hours(since, until, OFFICE, day=day, zone=ZONE) == 119 * second
