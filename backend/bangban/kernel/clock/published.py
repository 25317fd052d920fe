"""The published working days: the State Council's yearly holiday notice 节假日安排 (DOMAIN 3.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from chinese_calendar import constants

from bangban.kernel.clock.problems import BeyondCalendar, CalendarIncomplete

_SATURDAY = 5
# Days off in every year, so that a list which works on one of them is no whole notice: (month, day).
_ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))


@dataclass(frozen=True, slots=True, eq=False)
class PublishedCalendar:
    """Whole years of working days, from ``epoch`` to ``horizon``; it answers nothing outside them.

    ``flags`` has one byte for each day, 1 for a working day. ``changed`` keeps the days that differ from
    Monday to Friday, holidays and make-up days alike.
    """

    epoch: dt.date
    horizon: dt.date
    flags: bytes
    counts: tuple[int, ...]
    changed: Mapping[dt.date, bool]

    @classmethod
    def of(cls, changed: Mapping[dt.date, bool], *, first_year: int, last_year: int) -> PublishedCalendar:
        """A calendar of whole years in which Mondays to Fridays work, except as ``changed`` says."""
        epoch, horizon = dt.date(first_year, 1, 1), dt.date(last_year, 12, 31)
        flags = week_flags(epoch, horizon)
        for day, working in changed.items():
            flags[(day - epoch).days] = working
        return cls(
            epoch=epoch,
            horizon=horizon,
            flags=bytes(flags),
            counts=tuple(accumulate(flags)),
            changed=dict(changed),
        )

    def extended(self, days: Mapping[dt.date, bool]) -> PublishedCalendar:
        """This calendar with an imported notice: holidays False, make-up working days True.

        Days of years already published correct them: a notice often settles the last days of the year
        before, and some were amended (2020). The same list twice gives the same calendar.

        Raises:
            BeyondCalendar: A day lies before the calendar begins.
            CalendarIncomplete: A year is skipped, or a new year works on 1 January, 1 May or 1 October.
        """
        if not days:
            return self
        if min(days) < self.epoch:
            raise BeyondCalendar(min(days).isoformat(), first=self.epoch, last=self.horizon)
        last_year = max(self.horizon.year, max(days).year)
        named = {day.year for day in days}
        for year in range(self.horizon.year + 1, last_year + 1):
            if year not in named:
                raise CalendarIncomplete(f"it skips {year}", f"缺少 {year} 年")
        calendar = PublishedCalendar.of(
            {**self.changed, **days}, first_year=self.epoch.year, last_year=last_year
        )
        for year in range(self.horizon.year + 1, last_year + 1):
            for month, day in _ALWAYS_OFF:
                if calendar.is_working(holiday := dt.date(year, month, day)):
                    raise CalendarIncomplete(f"{holiday} is a public holiday", f"{holiday} 为法定节假日")
        return calendar

    def is_working(self, day: dt.date) -> bool:
        """Whether ``day`` is a working day. Raises ``BeyondCalendar`` outside the published years."""
        return bool(self.flags[self._offset(day)])

    def ordinal(self, day: dt.date) -> int:
        """The number of working days from the epoch up to and with ``day``. Raises ``BeyondCalendar``."""
        return self.counts[self._offset(day)]

    def _offset(self, day: dt.date) -> int:
        if not self.epoch <= day <= self.horizon:
            raise BeyondCalendar(day.isoformat(), first=self.epoch, last=self.horizon)
        return (day - self.epoch).days


def week_flags(first: dt.date, last: dt.date) -> bytearray:
    """One byte for each day from ``first`` to ``last``, 1 from Monday to Friday."""
    start = first.weekday()
    return bytearray((start + offset) % 7 < _SATURDAY for offset in range((last - first).days + 1))


@cache
def published_calendar() -> PublishedCalendar:
    """What the installed chinesecalendar knows; its last year with a holiday is the last published."""
    holidays: dict[dt.date, str] = constants.holidays
    make_up_days: dict[dt.date, str] = constants.workdays
    changed = dict.fromkeys(sorted(holidays), False) | dict.fromkeys(sorted(make_up_days), True)
    return PublishedCalendar.of(changed, first_year=min(holidays).year, last_year=max(holidays).year)
