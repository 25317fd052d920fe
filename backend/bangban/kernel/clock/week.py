"""Which day of the week a moment counts as, where hours of service go by weekday and by holiday."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bangban.kernel.clock.working import WorkingCalendar

WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAY: Final = "PH"
DAY_KEYS: Final = (*WEEKDAYS, HOLIDAY)
"""Keys of days as OpenStreetMap's ``opening_hours`` writes them; PH is a public holiday."""

MOST_DAYS: Final = 31
"""How far one look at days of service reaches."""

_SATURDAY: Final = 5


class LocalMinute(NamedTuple):
    """A moment as hours of service see it: its local day, the day's key, minutes since local midnight.

    ``provisional`` where the holidays of that day are not published, so that the key is its weekday's or assumed.
    """

    day: str  # ISO 8601
    key: str
    minute: int
    provisional: bool


def local_minute(calendar: WorkingCalendar, at: datetime, zone: ZoneInfo) -> LocalMinute:
    """``at`` (aware) by the district's calendar and clock."""
    local = at.astimezone(zone)
    day = local.date()
    known = calendar.epoch <= day <= calendar.horizon
    return LocalMinute(
        day.isoformat(), day_key(calendar, day), local.hour * 60 + local.minute, provisional=not known
    )


def day_key(calendar: WorkingCalendar, day: date) -> str:
    """The key under which hours of service have a day.

    Monday to Friday without work count as holidays, and a Saturday or Sunday that is worked as a Monday. Beyond
    the calendar every day is what its weekday makes it.
    """
    number = day.weekday()
    if calendar.epoch <= day <= calendar.last:
        working = calendar.is_working(day)
        if number < _SATURDAY and not working:
            return HOLIDAY
        if number >= _SATURDAY and working:
            return WEEKDAYS[0]
    return WEEKDAYS[number]


def day_keys(calendar: WorkingCalendar, since: date) -> list[dict[str, str]]:
    """``MOST_DAYS`` days in a row as ``{day, key}``, from ``since`` on; fewer where dates end."""
    most = min(MOST_DAYS, (date.max - since).days)
    days = (since + timedelta(days=each) for each in range(most))
    return [{"day": day.isoformat(), "key": day_key(calendar, day)} for day in days]


def days_off(calendar: WorkingCalendar, since: date, until: date) -> list[date]:
    """The days without work from one day to another, both included; beyond the calendar, the weekends."""
    days = (since + timedelta(days=each) for each in range((until - since).days + 1))
    return [day for day in days if day_key(calendar, day) not in WEEKDAYS[:_SATURDAY]]
