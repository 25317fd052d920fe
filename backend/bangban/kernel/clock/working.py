"""A district's working days, numbered, so that deadlines are integer arithmetic in Python and SQL alike."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from bangban.kernel.clock.problems import BeyondCalendar
from bangban.kernel.clock.published import PublishedCalendar, week_flags

PROVISIONAL_YEARS = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """A day as the two numbers that statements bind.

    ``ordinal`` counts the working days up to and with the day. ``next_ordinal`` is the number of the first
    working day not before it. They are equal on a working day and one apart on a day of rest, which is how a
    case due on Friday is overdue on Saturday while no further working day has been used.
    """

    day: dt.date
    ordinal: int
    next_ordinal: int


class WorkingCalendar:
    """The published calendar with a district's own closures and extra working days.

    Beyond the published horizon Mondays to Fridays are assumed for five years more, and every date there is
    provisional. A changed calendar renumbers days, so what is stored of open cases is then recomputed
    (``recompute_due``); ``version`` tells one calendar from another.
    """

    __slots__ = (
        "_counts",
        "_days",
        "_flags",
        "_latest",
        "epoch",
        "horizon",
        "horizon_ordinal",
        "last",
        "version",
    )

    def __init__(
        self, published: PublishedCalendar, exceptions: Mapping[dt.date, bool] | None = None
    ) -> None:
        """``exceptions`` says of a day whether it is worked here: False closes it, True opens it.

        Raises:
            BeyondCalendar: An exception lies outside the calendar.
        """
        self.epoch = published.epoch
        self.horizon = published.horizon
        self.last = dt.date(published.horizon.year + PROVISIONAL_YEARS, 12, 31)
        beyond = week_flags(published.horizon + dt.timedelta(days=1), self.last)
        flags = bytearray(published.flags) + beyond
        for day, working in (exceptions or {}).items():
            flags[self._offset(day)] = working
        self._flags = bytes(flags)
        self._counts = tuple(accumulate(flags))
        self._days = tuple(offset for offset, working in enumerate(flags) if working)
        self.horizon_ordinal = self.ordinal(self.horizon)
        digest = hashlib.sha256(f"{self.epoch} {self.horizon} ".encode() + self._flags)
        self.version = digest.hexdigest()[:16]
        self._latest: Moment | None = None  # one day is asked for all day long

    def is_working(self, day: dt.date) -> bool:
        """Whether ``day`` is a working day here. Raises ``BeyondCalendar``."""
        return bool(self._flags[self._offset(day)])

    def is_provisional(self, day: dt.date) -> bool:
        """Whether ``day`` is beyond what is published, so its kind is assumed. Raises ``BeyondCalendar``."""
        self._offset(day)
        return day > self.horizon

    def ordinal(self, day: dt.date) -> int:
        """The number of working days from the epoch up to and with ``day``. Raises ``BeyondCalendar``."""
        return self._counts[self._offset(day)]

    def next_ordinal(self, day: dt.date) -> int:
        """The number of the first working day not before ``day``. Raises ``BeyondCalendar``."""
        offset = self._offset(day)
        return self._counts[offset] + (not self._flags[offset])

    def moment(self, day: dt.date) -> Moment:
        """``day`` with both of its numbers. Raises ``BeyondCalendar``."""
        latest = self._latest
        if latest is None or latest.day != day:
            latest = Moment(day=day, ordinal=self.ordinal(day), next_ordinal=self.next_ordinal(day))
            self._latest = latest
        return latest

    def date_of(self, ordinal: int) -> dt.date:
        """The working day with this number; the first is 1. Raises ``BeyondCalendar``."""
        if not 1 <= ordinal <= len(self._days):
            raise BeyondCalendar(f"#{ordinal}", first=self.epoch, last=self.last)
        return self.epoch + dt.timedelta(days=self._days[ordinal - 1])

    def add_working_days(self, start: dt.date, n: int) -> dt.date:
        """The ``n``-th working day after ``start``, not counting it; 0 gives the first one not before it.

        Raises:
            BeyondCalendar: The result lies outside the calendar.
            ValueError: ``n`` is negative.
        """
        if n < 0:
            raise ValueError("Working days are counted forward; the number may not be negative.")
        return self.date_of(self.ordinal(start) + n if n else self.next_ordinal(start))

    def days_left(self, day: dt.date) -> int:
        """Working days after ``day`` that are published; 0 beyond the horizon. Raises ``BeyondCalendar``."""
        return max(0, self.horizon_ordinal - self.ordinal(day))

    def _offset(self, day: dt.date) -> int:
        if not self.epoch <= day <= self.last:
            raise BeyondCalendar(day.isoformat(), first=self.epoch, last=self.last)
        return (day - self.epoch).days
