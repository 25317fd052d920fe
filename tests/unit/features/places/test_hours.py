"""Hours of service: read and written one way, and open exactly when they say so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.places.hours import ALWAYS, TEXT, is_open, read_hours
from bangban.features.places.problems import HoursUnreadable
from bangban.kernel.clock.published import published_calendar
from bangban.kernel.clock.week import DAY_KEYS, HOLIDAY, WEEKDAYS, local_minute
from bangban.kernel.clock.working import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")


def spans() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Intervals of a day in order, none touching another."""
    edges = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(sorted)
    return edges.map(lambda found: [(a, b) for a, b in zip(found[::2], found[1::2], strict=False)])


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(st.fixed_dictionaries({key: spans() for key in DAY_KEYS}))
def test_what_is_written_is_read_back_and_open_in_its_minutes(week: dict[str, list[tuple[int, int]]]) -> None:
    rules = [
        f"{key} {','.join(f'{clock(a)}-{clock(b)}' for a, b in found) or 'off'}"
        for key, found in week.items()
    ]
    kept = read_hours("; ".join(rules)[:200]) if len("; ".join(rules)) <= 200 else None
    if kept is None:
        return
    assert read_hours(kept[TEXT]) == kept
    for key, found in week.items():
        for minute in range(0, 1440, 7):
            assert is_open(kept, key=key, minute=minute) is any(a <= minute < b for a, b in found)


def test_a_later_rule_replaces_an_earlier_one_and_holidays_are_closed() -> None:
    kept = read_hours("Mo-Fr 09:00-12:00,13:30-17:00; We 09:00-11:00; Sa off")
    assert kept["We"] == [[540, 660]]
    assert kept["Tu"] == [[540, 720], [810, 1020]]
    assert kept[HOLIDAY] == kept["Sa"] == []
    assert not is_open(kept, key="Tu", minute=12 * 60 + 30)  # lunch
    assert all(is_open(read_hours(ALWAYS), key=key, minute=m) for key in DAY_KEYS for m in (0, 1439))


@pytest.mark.parametrize(
    "text",
    ["", "Mo", "Mo-Fr 9:00-12:00", "Mo 12:00-09:00", "Fr-Mo 09:00-10:00", "Mo 09:00-12:00,11:00-13:00",
     "Mo 09:00-25:00", "PH-Su 09:00-10:00", "Xx 09:00-10:00", "Mo 09:00–10:00", "'; DROP", "Mo " * 90],
)  # fmt: skip
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(HoursUnreadable):
        read_hours(text)


CALENDAR = WorkingCalendar(published_calendar(), {date(2026, 11, 24): False})


@pytest.mark.parametrize(
    ("moment", "key", "minute", "provisional"),
    [
        ("2026-11-23T09:30:00+08:00", "Mo", 570, False),
        ("2026-11-23T23:59:00+00:00", HOLIDAY, 479, False),  # the next day there, which the district closes
        ("2026-10-01T10:00:00+08:00", HOLIDAY, 600, False),
        ("2026-11-22T10:00:00+08:00", "Su", 600, False),
        ("2026-10-10T10:00:00+08:00", "Mo", 600, False),  # a Saturday that is worked 调休
        (f"{CALENDAR.horizon}T15:59:00+00:00", None, 1439, False),  # the last minute that is published
        (f"{CALENDAR.horizon}T16:00:00+00:00", None, 0, True),
        ("2050-01-03T10:00:00+08:00", "Mo", 600, True),  # beyond the calendar
        ("1999-10-01T10:00:00+08:00", "Fr", 600, True),  # and before it
    ],
)
def test_a_moment_is_seen_by_the_districts_clock_and_calendar(
    moment: str, key: str | None, minute: int, provisional: bool
) -> None:
    found = local_minute(CALENDAR, datetime.fromisoformat(moment), ZONE)
    assert (key or found.key, found.minute, found.provisional) == (found.key, minute, provisional)


MINUTES = st.integers(0, 364 * 1440).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))


@given(MINUTES)
def test_every_day_is_a_weekday_or_a_holiday(at: datetime) -> None:
    found = local_minute(CALENDAR, at, ZONE)
    day = date.fromisoformat(found.day)
    assert found.key in {WEEKDAYS[day.weekday()], HOLIDAY, "Mo"}
    assert (found.key == HOLIDAY) is (day.weekday() < 5 and not CALENDAR.is_working(day))
    assert at + timedelta(hours=8) >= datetime.combine(day, datetime.min.time(), UTC)
