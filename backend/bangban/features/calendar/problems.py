"""Refusals about the working calendar 工作日历."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from bangban.kernel.faulty import faults_counted
from bangban.kernel.problems import ErrorCode, Problem

_DAY: Final = ("input.day",)


@dataclass(frozen=True, slots=True, order=True)
class NoticeFault:
    """One thing that is wrong with a holiday notice; ``line`` 0 is the list as a whole."""

    line: int
    zh: str
    en: str

    def sentence(self, language: str) -> str:
        """Line and reason in ``zh`` or ``en``."""
        if language == "zh":
            return f"{f'第 {self.line} 行' if self.line else '全表'}:{self.zh}"
        return f"{f'line {self.line}' if self.line else 'the whole list'}: {self.en}"


class NoticeFaulty(Problem):
    """A holiday notice that cannot be imported; ``faults`` holds every reason, and nothing was stored."""

    code = ErrorCode.INVALID_INPUT
    zh = "放假安排有 {count} 处错误,未导入。首处:{first_zh}。"
    en = "The holiday notice has {counted}; nothing was imported. The first: {first_en}."

    def __init__(self, faults: Iterable[NoticeFault]) -> None:
        self.faults = tuple(sorted(faults))
        first = self.faults[0]
        super().__init__(
            fields=tuple(f"line {fault.line}" for fault in self.faults),
            count=len(self.faults),
            counted=faults_counted(len(self.faults)),
            first_zh=first.sentence("zh"),
            first_en=first.sentence("en"),
        )


class DayAlreadySo(Problem):
    """A local exception that would change nothing: most likely a wrong date."""

    code = ErrorCode.INVALID_INPUT
    zh = "{day} 本来就{kind_zh},无需另行设定。"
    en = "{day} is {kind_en} as it is; there is nothing to set."

    def __init__(self, day: date, *, working: bool) -> None:
        super().__init__(
            fields=_DAY,
            day=day.isoformat(),
            kind_zh="是工作日" if working else "不是工作日",
            kind_en="a working day" if working else "a day of rest",
        )


class NoLocalDay(Problem):
    """There is no local exception to take back."""

    code = ErrorCode.NOT_FOUND
    zh = "本地区没有对 {day} 另作安排。"
    en = "This district has no arrangement of its own for {day}."

    def __init__(self, day: date) -> None:
        super().__init__(fields=_DAY, day=day.isoformat())
