"""The day in a district's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

# Every time zone's offset is a whole number of quarters of an hour, so a day never changes within one.
_QUARTER = 900


def local_day(now: datetime, timezone: str) -> date:
    """The day on which ``now`` (aware) falls in the IANA time zone ``timezone``."""
    return _day(timezone, int(now.timestamp()) // _QUARTER)


@lru_cache(maxsize=256)
def _day(timezone: str, quarter: int) -> date:
    return datetime.fromtimestamp(quarter * _QUARTER, UTC).astimezone(ZoneInfo(timezone)).date()
