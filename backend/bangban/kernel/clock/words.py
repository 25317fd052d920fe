"""Days and moments as papers write them."""

from __future__ import annotations

from datetime import date, datetime


def day(value: date | datetime | None) -> str:
    """A day; a dash where there is none."""
    return "—" if value is None else f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """A moment, in its own time zone."""
    return f"{day(value)} {value:%H:%M}"
