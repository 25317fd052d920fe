"""Minutes that count only while the office is open."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.clock import WorkingCalendar, published_calendar
from bangban.kernel.clock.office_time import after_office_time

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = (dt.time(9), dt.time(17))
CALENDAR = WorkingCalendar(published_calendar())
FOUR = dt.timedelta(hours=4)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of June 2026, in which the 8th is a Monday and the 19th a holiday (端午)."""
    return dt.datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (at(8, 10), at(8, 14)),
        (at(8, 13), at(8, 17)),  # as the office closes
        (at(8, 16), at(9, 12)),
        (at(8, 20), at(9, 13)),  # after closing: as if it had come at nine
        (at(8, 6), at(8, 13)),
        (at(12, 16), at(15, 12)),  # over a weekend
        (at(18, 16), at(22, 12)),  # over a holiday and the weekend after it
        (at(13, 10), at(15, 13)),
    ],
)
def test_four_hours_of_work(since: dt.datetime, until: dt.datetime) -> None:
    assert after_office_time(CALENDAR, HOURS, since, FOUR) == until


def _minutes(since: dt.datetime, until: dt.datetime) -> int:
    """Office minutes in between, counted one by one."""
    moment, found = since, 0
    while moment < until:
        found += CALENDAR.is_working(moment.date()) and HOURS[0] <= moment.time() < HOURS[1]
        moment += dt.timedelta(minutes=1)
    return found


@given(st.integers(0, 60 * 24 * 14), st.integers(1, 1_000))
def test_as_many_minutes_are_worked_as_were_asked_for(begins: int, wait: int) -> None:
    since = at(8, 0) + dt.timedelta(minutes=begins)
    until = after_office_time(CALENDAR, HOURS, since, dt.timedelta(minutes=wait))
    assert _minutes(since, until) == wait
    assert _minutes(since, until - dt.timedelta(minutes=1)) == wait - 1


def test_time_does_not_run_back_and_an_office_opens() -> None:
    with pytest.raises(ValueError, match="forward"):
        after_office_time(CALENDAR, HOURS, at(8, 10), -FOUR)
    with pytest.raises(ValueError, match="opens"):
        after_office_time(CALENDAR, (dt.time(9), dt.time(9)), at(8, 10), FOUR)
