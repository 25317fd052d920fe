"""A sample notice of the year after the published ones."""

from __future__ import annotations

import datetime as dt

from bangban.features.calendar.notices import Notice, read_notice
from bangban.kernel.clock import published_calendar

NEXT = published_calendar().horizon.year + 1


def next_lines() -> list[str]:
    """Three holidays of a week, and the Saturday after the first as a make-up working day."""
    days = [dt.date(NEXT, month, n) for month in (1, 5, 10) for n in range(1, 8)]
    saturday = next(day for n in range(8, 20) if (day := dt.date(NEXT, 1, n)).weekday() == 5)
    return [*(f"{day},休,样本假日" for day in days), f"{saturday},工作,样本假日"]


def next_csv(*lines: str) -> bytes:
    """The notice as a file."""
    return "\n".join(["date,working,name", *(lines or next_lines()), ""]).encode()


def next_notice() -> Notice:
    """The notice, read."""
    return read_notice(next_csv())
