"""``calendar.csv``: a district's own exceptions to the published calendar (DOMAIN 3.4), one day a line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from bangban.features.profiles.days import UNREAL, day_of
from bangban.features.profiles.documents import read_csv
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.profile import ProfileClosure
from bangban.kernel.clock.days import FOREVER

COLUMNS: Final = ("date", "working", "reason")
WORKING: Final = {"true": True, "false": False}


def read_closures(path: Path, faults: FaultList) -> tuple[ProfileClosure, ...]:
    """The file's days, in order; a district without the file has none of its own."""
    if not path.exists():
        return ()
    found: dict[date, ProfileClosure] = {}
    for row in read_csv(path, COLUMNS, faults):
        text, flag, reason = (row.cells[name] for name in COLUMNS)
        day, working = day_of(text), WORKING.get(flag)
        before = len(faults.found)
        if day is None:
            faults.error(
                path, row.line, f"日期“{text}”应形如 2026-10-08。", f"{text!r} is no date such as 2026-10-08."
            )
        elif day in FOREVER:
            faults.error(path, row.line, *(said.format(day=day) for said in UNREAL))
        if working is None:
            faults.error(path, row.line, f"“{flag}”应为 true 或 false。", f"{flag!r} must be true or false.")
        if not reason:
            faults.error(path, row.line, "请填写理由。", "State the reason.")
        if day is not None and day in found:
            faults.error(path, row.line, f"{day} 重复。", f"{day} stands here twice.")
        if day is not None and working is not None and len(faults.found) == before:
            found[day] = ProfileClosure(day=day, working=working, reason=reason)
    return tuple(found[day] for day in sorted(found))
