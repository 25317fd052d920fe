"""Working days with make-up days (DOMAIN 3.4), and what lies beyond the published horizon."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.clock import BeyondCalendar, CalendarIncomplete, WorkingCalendar, published_calendar
from bangban.kernel.problems import ErrorCode

PUBLISHED = published_calendar()
CALENDAR = WorkingCalendar(PUBLISHED)
NEXT_YEAR = PUBLISHED.horizon.year + 1

days = st.dates(CALENDAR.epoch, CALENDAR.last - dt.timedelta(days=800))  # room for two of the counts
counts = st.integers(1, 250)
closures = st.dictionaries(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), st.just(False), max_size=12)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-02-10", 5, "2026-02-24"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2023-09-28", 20, "2023-11-01"),
        ("2024-02-08", 1, "2024-02-09"),  # lunar New Year's Eve 2024 was no public holiday
        ("2024-04-03", 1, "2024-04-07"),  # a make-up Sunday
        ("2025-01-24", 10, "2025-02-13"),
    ],
)
def test_the_published_vectors(start: str, n: int, due: str) -> None:
    assert CALENDAR.add_working_days(day(start), n) == day(due)
    assert CALENDAR.ordinal(day(due)) - CALENDAR.ordinal(day(start)) == n


@pytest.mark.parametrize(
    "make_up", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_the_make_up_days_of_2026_are_worked(make_up: str) -> None:
    assert day(make_up).weekday() >= 5
    assert CALENDAR.is_working(day(make_up))


def test_the_holidays_of_2026() -> None:
    off = [d for d in PUBLISHED.changed if d.year == 2026 and not PUBLISHED.is_working(d)]
    assert len(off) == 33
    assert day("2026-10-01") in off


@given(days)
def test_numbers_never_fall_and_rise_by_one_on_working_days_alone(d: dt.date) -> None:
    following = d + dt.timedelta(days=1)
    assert CALENDAR.ordinal(following) - CALENDAR.ordinal(d) == CALENDAR.is_working(following)


@given(days)
def test_a_number_and_its_day_are_inverse(d: dt.date) -> None:
    first = CALENDAR.date_of(CALENDAR.next_ordinal(d))
    assert CALENDAR.is_working(first)
    assert first >= d
    assert (first == d) is CALENDAR.is_working(d)
    assert CALENDAR.ordinal(first) == CALENDAR.next_ordinal(d) == CALENDAR.next_ordinal(first)


@given(days, counts, st.integers(0, 100))
def test_adding_in_two_steps_is_adding_at_once(start: dt.date, a: int, b: int) -> None:
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, a), b) == CALENDAR.add_working_days(
        start, a + b
    )


@given(days, days, counts)
def test_a_later_start_is_never_due_earlier(one: dt.date, other: dt.date, n: int) -> None:
    early, late = sorted((one, other))
    assert CALENDAR.add_working_days(early, n) <= CALENDAR.add_working_days(late, n)


@given(closures, st.dates(dt.date(2025, 6, 1), dt.date(2026, 12, 31)), counts)
def test_closures_only_push_out(closed: dict[dt.date, bool], start: dt.date, n: int) -> None:
    local = WorkingCalendar(PUBLISHED, closed)
    assert local.add_working_days(start, n) >= CALENDAR.add_working_days(start, n)


@given(st.dates(dt.date(2025, 6, 1), dt.date(2026, 12, 31)), days, counts)
def test_a_day_opened_and_closed_again_leaves_no_trace(d: dt.date, start: dt.date, n: int) -> None:
    local = WorkingCalendar(PUBLISHED, {d: CALENDAR.is_working(d)})
    assert local.version == CALENDAR.version
    assert local.add_working_days(start, n) == CALENDAR.add_working_days(start, n)


def test_a_local_closure_and_an_extra_working_day() -> None:
    local = WorkingCalendar(PUBLISHED, {day("2026-06-10"): False, day("2026-06-13"): True})
    assert local.add_working_days(day("2026-06-09"), 1) == day("2026-06-11")
    assert local.add_working_days(day("2026-06-12"), 1) == day("2026-06-13")
    assert local.version != CALENDAR.version


def test_zero_days_is_the_day_itself_or_the_first_working_day_after_it() -> None:
    assert CALENDAR.add_working_days(day("2026-06-12"), 0) == day("2026-06-12")
    assert CALENDAR.add_working_days(day("2026-06-13"), 0) == day("2026-06-15")


def test_days_are_counted_forward_only() -> None:
    with pytest.raises(ValueError, match="forward"):
        CALENDAR.add_working_days(day("2026-06-12"), -1)


def test_the_published_calendar_answers_nothing_beyond_its_horizon() -> None:
    assert PUBLISHED.horizon.month == 12
    PUBLISHED.ordinal(PUBLISHED.horizon)
    for outside in (PUBLISHED.horizon + dt.timedelta(days=1), PUBLISHED.epoch - dt.timedelta(days=1)):
        with pytest.raises(BeyondCalendar):
            PUBLISHED.is_working(outside)
        with pytest.raises(BeyondCalendar):
            PUBLISHED.ordinal(outside)


def test_beyond_the_horizon_mondays_to_fridays_are_assumed_and_marked() -> None:
    beyond = PUBLISHED.horizon + dt.timedelta(days=1)
    assert not CALENDAR.is_provisional(PUBLISHED.horizon)
    for offset in range(400):
        d = beyond + dt.timedelta(days=offset)
        assert CALENDAR.is_provisional(d)
        assert CALENDAR.is_working(d) is (d.weekday() < 5)


def test_after_five_assumed_years_it_refuses_in_both_languages() -> None:
    assert CALENDAR.last == dt.date(PUBLISHED.horizon.year + 5, 12, 31)
    assert CALENDAR.is_provisional(CALENDAR.last)
    with pytest.raises(BeyondCalendar) as refused:
        CALENDAR.ordinal(CALENDAR.last + dt.timedelta(days=1))
    assert refused.value.code is ErrorCode.INVALID_INPUT
    assert "放假安排" in refused.value.message("zh-CN")
    assert "holiday notice" in refused.value.message("en")
    for ordinal in (0, CALENDAR.ordinal(CALENDAR.last) + 1):
        with pytest.raises(BeyondCalendar):
            CALENDAR.date_of(ordinal)
    with pytest.raises(BeyondCalendar):
        WorkingCalendar(PUBLISHED, {CALENDAR.epoch - dt.timedelta(days=1): False})


def notice(year: int) -> dict[dt.date, bool]:
    """An invented holiday list of a whole year, with a make-up Saturday or Sunday."""
    off = [(1, 1), (2, 6), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    saturday = next(d for n in range(1, 8) if (d := dt.date(year, 9, n)).weekday() == 5)
    return {dt.date(year, month, n): False for month, n in off} | {saturday: True}


def test_an_imported_notice_moves_the_horizon() -> None:
    list_of_next_year = notice(NEXT_YEAR)
    extended = WorkingCalendar(PUBLISHED.extended(list_of_next_year))
    assert extended.horizon == dt.date(NEXT_YEAR, 12, 31)
    assert extended.last.year == CALENDAR.last.year + 1
    for d, working in list_of_next_year.items():
        assert extended.is_working(d) is working
        assert not extended.is_provisional(d)
    assert extended.ordinal(PUBLISHED.horizon) == CALENDAR.ordinal(PUBLISHED.horizon)


def test_importing_twice_is_importing_once() -> None:
    once = PUBLISHED.extended(notice(NEXT_YEAR))
    twice = once.extended(notice(NEXT_YEAR))
    assert (once.flags, once.horizon, once.counts) == (twice.flags, twice.horizon, twice.counts)
    assert PUBLISHED.extended({}) is PUBLISHED


def test_a_notice_may_settle_the_last_days_of_the_year_before() -> None:
    corrected = PUBLISHED.extended({PUBLISHED.horizon: not PUBLISHED.is_working(PUBLISHED.horizon)})
    assert corrected.horizon == PUBLISHED.horizon
    assert corrected.is_working(PUBLISHED.horizon) is not PUBLISHED.is_working(PUBLISHED.horizon)


def test_half_a_notice_is_refused() -> None:
    works_on_national_day = notice(NEXT_YEAR) | {dt.date(NEXT_YEAR, 10, 1): True}
    lists = [works_on_national_day, notice(NEXT_YEAR + 1)]
    for incomplete in lists:
        with pytest.raises(CalendarIncomplete) as refused:
            PUBLISHED.extended(incomplete)
        assert str(NEXT_YEAR) in refused.value.message("zh")
    with pytest.raises(BeyondCalendar):
        PUBLISHED.extended({dt.date(1999, 1, 1): False})
