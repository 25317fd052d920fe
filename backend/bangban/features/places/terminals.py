"""How long a terminal was down 终端在线率 (DOMAIN F02). Pure.

It is down from the report of a fault until a report without one, and while nothing is heard of it: from the end of
the silence that the district allows until the next report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FAULTY: Final = "terminal.faulty"
"""Announced with a terminal's id when a fault is reported: whoever sees to the point is told."""

MENDED: Final = "terminal.mended"
"""Announced when it works again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """What is known of a terminal; ``down_seconds`` counts what is over, ``down_since`` is the fault that goes on."""

    installed_at: datetime
    heard_at: datetime | None = None
    fault: str | None = None
    down_since: datetime | None = None
    down_seconds: int = 0

    def down_from(self, at: datetime, silence: timedelta) -> datetime | None:
        """Since when it is down at a moment, or None."""
        if self.down_since is not None:
            return self.down_since
        silent = (self.heard_at or self.installed_at) + silence
        return silent if silent < at else None

    def reported(self, at: datetime, fault: str | None, *, silence: timedelta) -> Life:
        """What is known after a report. One that comes later than a younger one says nothing any more."""
        if self.heard_at is not None and at < self.heard_at:
            return self
        down = self.down_from(at, silence)
        seconds = self.down_seconds
        if down is not None and fault is None:
            seconds += round((at - down).total_seconds())
        return Life(
            installed_at=self.installed_at,
            heard_at=at,
            fault=fault,
            down_since=None if fault is None else (down or at),
            down_seconds=seconds,
        )
