"""A district's own days from a table: date, whether it is worked, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bangban.features.calendar.rules import LocalDay
from bangban.kernel.problems import Problem
from bangban.kernel.sheets import Column, Kind, Line, LineFault, Sheet

COLUMNS: Final = (
    Column("date", ("日期",), required=True, kind=Kind.DATE),
    Column("working", ("安排", "是否上班"), required=True, kind=Kind.CODE),
    Column("reason", ("理由", "原因"), required=True),
)
_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "1", "是", "上班", "工作", "班"), True),
    **dict.fromkeys(("false", "no", "0", "否", "休", "休息", "放假"), False),
}


@dataclass(slots=True)
class DaySheet:
    """The table of one import, and its faults so far."""

    sheet: Sheet
    faults: list[LineFault] = field(default_factory=list)
    _lines: dict[date, Line] = field(default_factory=dict)

    def read(self) -> dict[date, LocalDay]:
        """Every day that can be understood; what cannot is among the faults."""
        self.faults += self.sheet.faults
        found: dict[date, LocalDay] = {}
        for line in self.sheet.lines:
            text, word, reason = (line.cells[name] for name in ("date", "working", "reason"))
            working = None if word is None else _WORDS.get(word.lower())
            if word is not None and working is None:
                self._fault(line, "working", "应为“休”或“上班”。", "It should be true (worked) or false.")
            if text is None or working is None or reason is None:
                continue
            day = date.fromisoformat(text)
            if day in self._lines:
                first = self._lines[day].number
                self._fault(line, "date", f"与第 {first} 行重复。", f"Line {first} names the same day.")
                continue
            self._lines[day] = line
            found[day] = LocalDay(working, reason)
        return found

    def of_problem(self, day: date, problem: Problem) -> None:
        """A refusal of one day, at its line."""
        self._fault(self._lines[day], "date", problem.message("zh"), problem.message("en"))

    def _fault(self, line: Line, column: str, zh: str, en: str) -> None:
        self.faults.append(self.sheet.fault(line, column, zh, en))
