"""The clock of a case: starts the day after acceptance, stands while paused, and can be reckoned again."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.clock import (
    BeyondCalendar,
    CaseClock,
    Light,
    Pause,
    WorkingCalendar,
    published_calendar,
    recompute_due,
    start_clock,
)

PUBLISHED = published_calendar()
CALENDAR = WorkingCalendar(PUBLISHED)

MONDAY, FRIDAY, SATURDAY, SUNDAY = (dt.date(2026, 6, n) for n in (8, 12, 13, 14))
NEXT_MONDAY = dt.date(2026, 6, 15)

promises = st.integers(0, 60)
dates = st.dates(dt.date(2025, 1, 1), dt.date(2026, 12, 31))


def start(accepted_on: dt.date, promised: int) -> CaseClock:
    return start_clock(CALENDAR, accepted_on=accepted_on, promised=promised)


def test_the_day_of_acceptance_does_not_count() -> None:
    clock = start(MONDAY, 4)
    assert clock.due_on == FRIDAY
    assert clock.used(CALENDAR.moment(MONDAY)) == 0
    assert clock.used(CALENDAR.moment(FRIDAY)) == 4
    assert clock.remaining(CALENDAR.moment(FRIDAY)) == 0


def test_on_the_day_of_rest_after_the_due_day_a_case_is_overdue_and_has_used_no_day_more() -> None:
    clock = start(MONDAY, 4)
    assert clock.light(CALENDAR.moment(FRIDAY)) is Light.RED
    assert clock.light(CALENDAR.moment(SATURDAY)) is Light.OVERDUE
    assert clock.used(CALENDAR.moment(SATURDAY)) == 4
    assert clock.completed(CALENDAR.moment(SATURDAY)).light(CALENDAR.moment(MONDAY)) is Light.OVERDUE


def test_a_case_accepted_on_a_day_of_rest_starts_with_the_next_working_day() -> None:
    clock = start(SATURDAY, 5)
    assert clock.due_on == dt.date(2026, 6, 22)  # 19 June 2026 is the Dragon Boat Festival
    assert clock.used(CALENDAR.moment(SUNDAY)) == 0
    assert clock.used(CALENDAR.moment(NEXT_MONDAY)) == 1


def test_an_immediate_matter_is_due_on_the_day_itself_or_the_next_working_day() -> None:
    assert start(FRIDAY, 0).due_on == FRIDAY
    assert start(FRIDAY, 0).light(CALENDAR.moment(FRIDAY)) is Light.GREEN
    assert start(FRIDAY, 0).light(CALENDAR.moment(SATURDAY)) is Light.OVERDUE
    weekend = start(SATURDAY, 0)
    assert weekend.due_on == NEXT_MONDAY
    assert weekend.light(CALENDAR.moment(SATURDAY)) is Light.GREEN
    assert (weekend.used(CALENDAR.moment(SATURDAY)), weekend.used(CALENDAR.moment(NEXT_MONDAY))) == (0, 0)


def test_a_pause_moves_the_due_day_by_the_working_days_stopped() -> None:
    clock = start(MONDAY, 10).suspended(CALENDAR.moment(FRIDAY))
    assert clock.paused
    assert clock.used(CALENDAR.moment(dt.date(2026, 7, 1))) == 4
    resumed_on = dt.date(2026, 6, 17)
    clock = clock.resumed(CALENDAR.moment(resumed_on), calendar=CALENDAR)
    stopped = CALENDAR.ordinal(resumed_on) - CALENDAR.ordinal(FRIDAY)
    assert clock.due_ordinal == start(MONDAY, 10).due_ordinal + stopped
    assert clock.paused_days == stopped == 3
    assert clock.used(CALENDAR.moment(resumed_on)) == 4


def test_a_case_paused_on_its_due_day_and_resumed_at_the_weekend_is_not_overdue_by_that() -> None:
    clock = start(MONDAY, 4).suspended(CALENDAR.moment(FRIDAY))
    clock = clock.resumed(CALENDAR.moment(SATURDAY), calendar=CALENDAR)
    assert clock.due_on == NEXT_MONDAY
    assert clock.light(CALENDAR.moment(SATURDAY)) is Light.RED


def test_a_weekend_stops_no_working_day() -> None:
    clock = start(MONDAY, 10).suspended(CALENDAR.moment(SATURDAY))
    clock = clock.resumed(CALENDAR.moment(NEXT_MONDAY), calendar=CALENDAR)
    assert clock.due_on == start(MONDAY, 10).due_on


def test_completion_freezes_light_and_used_days() -> None:
    clock = start(MONDAY, 4).completed(CALENDAR.moment(FRIDAY))
    much_later = CALENDAR.moment(dt.date(2026, 9, 1))
    assert (clock.used(much_later), clock.light(much_later), clock.paused) == (4, Light.RED, False)


def test_a_clock_that_stands_still_is_not_stopped_again() -> None:
    moment = CALENDAR.moment(FRIDAY)
    paused = start(MONDAY, 10).suspended(moment)
    for stopped in (paused, start(MONDAY, 10).completed(moment)):
        with pytest.raises(ValueError, match="stands still"):
            stopped.suspended(moment)
        with pytest.raises(ValueError, match="stands still"):
            stopped.completed(moment)
    with pytest.raises(ValueError, match="Only a paused"):
        start(MONDAY, 10).resumed(moment, calendar=CALENDAR)
    with pytest.raises(ValueError, match="before it began"):
        paused.resumed(CALENDAR.moment(MONDAY), calendar=CALENDAR)


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(MONDAY, FRIDAY), Pause(dt.date(2026, 6, 10), NEXT_MONDAY)],  # overlap
        [Pause(MONDAY), Pause(FRIDAY)],  # the first never ended
        [Pause(FRIDAY, MONDAY)],  # backwards
        [Pause(dt.date(2026, 6, 5), FRIDAY)],  # before acceptance
        [Pause(MONDAY, dt.date(2026, 7, 1))],  # outlasts completion
    ],
)
def test_impossible_dates_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(ValueError, match=r"Pauses|pauses|still"):
        recompute_due(CALENDAR, accepted_on=MONDAY, promised=10, pauses=pauses, completed_on=NEXT_MONDAY)


def test_a_negative_promise_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        start(MONDAY, -1)


def test_due_days_beyond_the_horizon_are_provisional_until_the_notice_is_imported() -> None:
    accepted = PUBLISHED.horizon - dt.timedelta(days=3)
    clock = start(accepted, 20)
    assert clock.provisional
    assert clock.due_on > PUBLISHED.horizon
    year = PUBLISHED.horizon.year + 1
    notice = {dt.date(year, month, n): False for month in (1, 5, 10) for n in (1, 2, 3, 4, 5, 6, 7)}
    extended = WorkingCalendar(PUBLISHED.extended(notice))
    known = recompute_due(extended, accepted_on=accepted, promised=20)
    assert not known.provisional
    assert known.due_on > clock.due_on
    assert recompute_due(extended, accepted_on=accepted, promised=20) == known


def test_a_due_day_past_the_calendar_is_refused() -> None:
    with pytest.raises(BeyondCalendar):
        start(CALENDAR.last, 1)


@given(dates, promises, st.lists(st.integers(0, 12), max_size=7))
def test_step_by_step_and_all_at_once_agree(accepted_on: dt.date, promised: int, gaps: list[int]) -> None:
    clock = start(accepted_on, promised)
    pauses: list[Pause] = []
    day = accepted_on
    for since_gap, length in pairwise(gaps):
        day += dt.timedelta(days=since_gap)
        until = day + dt.timedelta(days=length)
        before = clock
        clock = clock.suspended(CALENDAR.moment(day)).resumed(CALENDAR.moment(until), calendar=CALENDAR)
        pauses.append(Pause(day, until))
        # A pause takes nothing away and gives nothing.
        assert clock.remaining(CALENDAR.moment(until)) == before.remaining(CALENDAR.moment(day))
        assert clock.used(CALENDAR.moment(until)) == before.used(CALENDAR.moment(day))
        assert clock.due_on >= before.due_on
        day = until
    assert recompute_due(CALENDAR, accepted_on=accepted_on, promised=promised, pauses=pauses[::-1]) == clock
    done = clock.completed(CALENDAR.moment(day))
    assert (
        recompute_due(CALENDAR, accepted_on=accepted_on, promised=promised, pauses=pauses, completed_on=day)
        == done
    )


@given(dates, promises, st.integers(0, 120))
def test_the_light_is_overdue_exactly_after_the_due_date(
    accepted_on: dt.date, promised: int, later: int
) -> None:
    clock = start(accepted_on, promised)
    today = accepted_on + dt.timedelta(days=later)
    assert (clock.light(CALENDAR.moment(today)) is Light.OVERDUE) is (today > clock.due_on)
    assert CALENDAR.is_working(clock.due_on)


@given(dates, promises, st.sets(dates, max_size=8))
def test_closures_only_push_the_due_day_out(
    accepted_on: dt.date, promised: int, closed: set[dt.date]
) -> None:
    local = WorkingCalendar(PUBLISHED, dict.fromkeys(closed, False))
    later = recompute_due(local, accepted_on=accepted_on, promised=promised)
    assert later.due_on >= start(accepted_on, promised).due_on


def test_a_store_without_the_used_days_of_a_stop_still_reckons_them() -> None:
    stopped = CALENDAR.next_ordinal(FRIDAY)
    clock = CaseClock(
        promised=10,
        accepted_ordinal=CALENDAR.ordinal(MONDAY),
        due_ordinal=CALENDAR.ordinal(MONDAY) + 10,
        due_on=dt.date(2026, 6, 23),
        provisional=False,
        stopped_ordinal=stopped,
        paused=True,
    )
    resumed = clock.resumed(CALENDAR.moment(NEXT_MONDAY), calendar=CALENDAR)
    assert clock.used(CALENDAR.moment(NEXT_MONDAY)) == resumed.used(CALENDAR.moment(NEXT_MONDAY)) == 4
