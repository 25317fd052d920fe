"""Days of a profile: written as 2024-01-31, and real ones."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from bangban.features.profiles.messages import complaint
from bangban.kernel.clock.days import real_day

_WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNREAL: Final = (
    "没有截止日期的请不写,不要写 {day}。",
    "A day without end is left out, and not written as {day}.",
)
"""What is said of a day that would be kept as infinity."""


def day_of(text: str) -> date | None:
    """The day that a text writes; None where it writes none."""
    try:
        return date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        return None


def _day(given: Any) -> date:
    # Pydantic would take 20260101 for seconds since 1970, and moments for days.
    found = day_of(given) if isinstance(given, str) else given
    if not isinstance(found, date) or isinstance(found, datetime):
        raise complaint(f"“{given}”应为日期,如 2024-01-31。", f"{given} must be a date such as 2024-01-31.")
    try:
        return real_day(found)
    except ValueError as unreal:
        zh, en = (said.format(day=found) for said in UNREAL)
        raise complaint(zh, en) from unreal


Day = Annotated[date, BeforeValidator(_day)]
