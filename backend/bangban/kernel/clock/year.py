"""One year of a working calendar, as people look at it (DOMAIN 3.4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bangban.kernel.clock.problems import BeyondCalendar
from bangban.kernel.clock.working import WorkingCalendar

_SATURDAY = 5


def year_of(calendar: WorkingCalendar, year: int) -> dict[str, Any]:
    """The year as plain JSON: how many days are worked, and each day that is not what its weekday makes it.

    Days on a weekend that are days of rest are not named. ``provisional`` says that the year, or a part of it,
    lies beyond what is published. Raises ``BeyondCalendar``.
    """
    try:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    except ValueError:
        raise BeyondCalendar(str(year), first=calendar.epoch, last=calendar.last) from None
    days = [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]
    working = [day for day in days if calendar.is_working(day)]
    worked = set(working)
    return {
        "year": year,
        "working_days": len(working),
        "horizon": calendar.horizon.isoformat(),
        "provisional": calendar.is_provisional(last),
        "days": [
            {"day": day.isoformat(), "working": day in worked}
            for day in days
            if (day.weekday() < _SATURDAY) is not (day in worked)
        ],
    }
