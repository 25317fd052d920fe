"""Which day of the week a moment counts as, where hours of service go by weekday and by holiday."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bangban.kernel.clock.working import WorkingCalendar

WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAY: Final = "PH"
DAY_KEYS: Final = (*WEEKDAYS, HOLIDAY)
"""Keys of days as OpenStreetMap's ``opening_hours`` writes them; PH is a public holiday."""

_SATURDAY: Final = 5


class LocalMinute(NamedTuple):
    """A moment as hours of service see it: its local day, the day's key, minutes since local midnight."""

    day: str  # ISO 8601
    key: str
    minute: int


def local_minute(calendar: WorkingCalendar, at: datetime, zone: ZoneInfo) -> LocalMinute:
    """``at`` (aware) by the district's calendar and clock.

    Monday to Friday without work count as holidays, and a Saturday or Sunday that is worked as a Monday. Beyond
    the calendar every day is what its weekday makes it.
    """
    local = at.astimezone(zone)
    day, number = local.date(), local.weekday()
    key = WEEKDAYS[number]
    if calendar.epoch <= day <= calendar.last:
        working = calendar.is_working(day)
        if number < _SATURDAY and not working:
            key = HOLIDAY
        elif number >= _SATURDAY and working:
            key = WEEKDAYS[0]
    return LocalMinute(day.isoformat(), key, local.hour * 60 + local.minute)
