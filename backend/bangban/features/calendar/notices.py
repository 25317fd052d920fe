"""Holiday notices 节假日安排: how one is read, and which of its days need a row (DOMAIN 3.3). Pure."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from bangban.features.calendar.problems import NoticeFault, NoticeFaulty
from bangban.kernel.clock import PublishedCalendar

COLUMNS: Final = ("date", "working", "name")
_FLAGS: Final = {"true": True, "工作": True, "false": False, "休": False}
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SATURDAY: Final = 5
# Off in every year, so that a list which does not say so is no whole notice.
_ALWAYS_OFF: Final = ((1, 1), (5, 1), (10, 1))
# 全国年节及纪念日放假办法 gives 13 days from 2025 on and gave 11 before; moved to working days where they fall
# on days of rest. No notice since 2004 took more than 23 days from Monday to Friday.
_FEWEST_OFF, _FEWEST_OFF_BEFORE_2025, _MOST_OFF = 13, 11, 40


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One line of a notice: a day, whether it is worked, and what the notice calls it."""

    working: bool
    name: str


@dataclass(frozen=True)
class Notice:
    """The holiday notice 节假日安排 of ``year``; it may settle days of the December before as well."""

    year: int
    days: Mapping[date, NoticeDay]


class _Line(NamedTuple):
    number: int
    day: date
    working: bool
    name: str


def is_weekday(day: date) -> bool:
    """Whether it is worked where nothing else is said: Monday to Friday."""
    return day.weekday() < _SATURDAY


def read_notice(data: bytes) -> Notice:
    """The notice in a CSV ``date,working,name``: ``true`` or 工作, ``false`` or 休; the name may be empty.

    UTF-8, with or without a byte order mark. Days that it does not name are worked from Monday to Friday.
    Raises ``NoticeFaulty`` with every fault.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        zh, en = "不是 UTF-8,请另存为“CSV UTF-8”", "this is not UTF-8; save the list as CSV UTF-8"
        raise NoticeFaulty([NoticeFault(number, zh, en)]) from None
    faults: list[NoticeFault] = []
    lines = list(_lines(text, faults))
    if not lines:
        raise NoticeFaulty(faults or [NoticeFault(0, "没有任何日期", "it names no day")])
    year, _ = Counter(line.day.year for line in lines).most_common(1)[0]
    first: dict[date, int] = {}
    for line in lines:
        if line.day.year != year and (line.day.year, line.day.month) != (year - 1, 12):
            zh = f"{line.day} 不属于 {year} 年(或上年 12 月)"
            faults.append(NoticeFault(line.number, zh, f"{line.day} is not in {year} or the December before"))
        elif line.day in first:
            zh, en = f"与第 {first[line.day]} 行重复", f"the day is named in line {first[line.day]} already"
            faults.append(NoticeFault(line.number, zh, en))
        first.setdefault(line.day, line.number)
    if not faults:  # what is missing is only worth saying of a list that was understood
        faults += _implausible(year, {line.day: line.working for line in lines})
    if faults:
        raise NoticeFaulty(faults)
    return Notice(year=year, days={line.day: NoticeDay(line.working, line.name) for line in lines})


def _lines(text: str, faults: list[NoticeFault]) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = tuple(cell.strip().lower() for cell in next(reader, ()))
        if header != COLUMNS:
            wanted = ",".join(COLUMNS)
            faults.append(NoticeFault(1, f"首行应为 {wanted}", f"the first line must be {wanted}"))
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield from _line(reader.line_num, [cell.strip() for cell in cells], faults)
    except csv.Error:
        faults.append(NoticeFault(reader.line_num, "不是合法的 CSV", "this is not CSV"))


def _line(number: int, cells: list[str], faults: list[NoticeFault]) -> Iterator[_Line]:
    if len(cells) != len(COLUMNS):
        zh, en = f"应有 {len(COLUMNS)} 列", f"there must be {len(COLUMNS)} columns"
        faults.append(NoticeFault(number, zh, en))
        return
    text, flag, name = cells
    day, working = _date(text), _FLAGS.get(flag.lower())
    if day is None:
        zh, en = f"日期“{text}”应形如 2027-01-01", f"{text!r} is no date such as 2027-01-01"
        faults.append(NoticeFault(number, zh, en))
    if working is None:
        zh, en = f"“{flag}”应为 true、false、工作或休", f"{flag!r} must be true, false, 工作 or 休"
        faults.append(NoticeFault(number, zh, en))
    if day is not None and working is not None:
        yield _Line(number, day, working, name)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _implausible(year: int, days: Mapping[date, bool]) -> Iterator[NoticeFault]:
    for month, number in _ALWAYS_OFF:
        day = date(year, month, number)
        if days.get(day, is_weekday(day)):
            yield NoticeFault(0, f"{day} 应为休息日", f"{day} is a public holiday, and not named as one")
    off = sum(not working and day.year == year and is_weekday(day) for day, working in days.items())
    fewest = _FEWEST_OFF if year >= 2025 else _FEWEST_OFF_BEFORE_2025
    if not fewest <= off <= _MOST_OFF:
        zh = f"周一至周五中有 {off} 天放假,全年应为 {fewest} 至 {_MOST_OFF} 天"
        en = f"{off} days from Monday to Friday are off; a whole year has {fewest} to {_MOST_OFF}"
        yield NoticeFault(0, zh, en)


def days_to_store(notice: Notice, software: PublishedCalendar) -> dict[date, NoticeDay]:
    """What the notice says of each day that needs a row.

    It is a whole year's: what the ``software`` itself knows as a holiday or make-up day of that year and the
    notice does not name is a day like any other.
    """
    unnamed = {day for day in software.changed if day.year == notice.year} - notice.days.keys()
    return {**notice.days, **{day: NoticeDay(is_weekday(day), "") for day in unnamed}}


def stays(day: date, *, year: int, next_year_known: bool) -> bool:
    """Whether a stored day outlives the import of ``year``'s notice, which does not name it.

    Other years' days do, and those of its December that the notice of the year after has settled since.
    """
    return day.year != year or (day.month == 12 and next_year_known)
