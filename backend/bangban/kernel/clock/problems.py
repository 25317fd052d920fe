"""Refusals about the calendar."""

from __future__ import annotations

import datetime as dt

from bangban.kernel.problems import ErrorCode, Problem


class BeyondCalendar(Problem):
    """A date before the calendar begins, or after the last one that may even be guessed."""

    code = ErrorCode.INVALID_INPUT
    zh = "{day} 不在工作日历范围（{first} 至 {last}）内，请导入新的年度放假安排。"
    en = "{day} is outside the working calendar ({first} to {last}); import the holiday notice of that year."

    def __init__(self, day: str, *, first: dt.date, last: dt.date, fields: tuple[str, ...] = ()) -> None:
        super().__init__(fields=fields, day=day, first=first.isoformat(), last=last.isoformat())


class CalendarIncomplete(Problem):
    """A list that cannot be a whole year's holiday notice, so its year must not count as published."""

    code = ErrorCode.INVALID_INPUT
    zh = "导入的放假安排不完整：{reason_zh}。"
    en = "The imported holiday list is not complete: {reason}."

    def __init__(self, reason: str, reason_zh: str) -> None:
        super().__init__(reason=reason, reason_zh=reason_zh)
