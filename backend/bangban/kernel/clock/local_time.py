"""Which day it is where the district is."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

# Every time zone's offset is a whole number of quarters of an hour, so a day never changes within one.
_QUARTER = 900


def local_today(tz: str | ZoneInfo, now: dt.datetime) -> dt.date:
    """The date of the moment ``now`` in the zone ``tz`` (``Asia/Shanghai``).

    Raises:
        ValueError: ``now`` has no zone of its own, so it is no moment.
        ZoneInfoNotFoundError: There is no such zone.
    """
    if now.utcoffset() is None:
        raise ValueError("A moment needs a time zone; this one has none.")
    return _day(tz, int(now.timestamp()) // _QUARTER)


@lru_cache(maxsize=256)
def _day(tz: str | ZoneInfo, quarter: int) -> dt.date:
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz
    return dt.datetime.fromtimestamp(quarter * _QUARTER, dt.UTC).astimezone(zone).date()
