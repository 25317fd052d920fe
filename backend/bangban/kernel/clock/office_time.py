"""Hours of work: so many minutes that count only while the office is open."""

from __future__ import annotations

import datetime as dt

from bangban.kernel.clock.working import WorkingCalendar

OfficeHours = tuple[dt.time, dt.time]
"""When the office opens on a working day, and when it closes."""


def after_office_time(
    calendar: WorkingCalendar, hours: OfficeHours, since: dt.datetime, wait: dt.timedelta
) -> dt.datetime:
    """The moment at which ``wait`` of office time has passed since ``since``, a moment of the district's own time.

    What begins after closing, or on a day of rest, counts from when the office opens next.

    Raises:
        BeyondCalendar: It lies outside the calendar.
        ValueError: ``wait`` is negative, or the office never opens.
    """
    if wait < dt.timedelta() or not hours[0] < hours[1]:
        raise ValueError("Office time is counted forward, in an office that opens.")
    day, left = since.date(), wait
    while True:
        if calendar.is_working(day):
            opens, closes = (dt.datetime.combine(day, each, tzinfo=since.tzinfo) for each in hours)
            begins = max(opens, since)
            if begins < closes:
                if begins + left <= closes:
                    return begins + left
                left -= closes - begins
        day += dt.timedelta(days=1)
