"""Which day it is where the district is."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def local_today(tz: str | ZoneInfo, now: dt.datetime) -> dt.date:
    """The date of the moment ``now`` in the zone ``tz`` (``Asia/Shanghai``).

    Raises:
        ValueError: ``now`` has no zone of its own, so it is no moment.
        ZoneInfoNotFoundError: There is no such zone.
    """
    if now.utcoffset() is None:
        raise ValueError("A moment needs a time zone; this one has none.")
    return now.astimezone(ZoneInfo(tz) if isinstance(tz, str) else tz).date()
