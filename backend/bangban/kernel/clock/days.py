"""Which days can be kept as days."""

from __future__ import annotations

from datetime import date

FOREVER = (date.min, date.max)
"""The driver writes these as infinity, and PostgreSQL's JSON gives them back as that word, which is no day."""


def real_day(day: date) -> date:
    """The day itself. Raises ValueError for 0001-01-01 and 9999-12-31: what has no end is left out."""
    if day in FOREVER:
        message = "a day without end is left out, and not written as the last day of year 9999"
        raise ValueError(message)
    return day
