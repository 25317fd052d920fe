"""A holiday notice is read whole or not at all, and every fault is named with its line."""

from __future__ import annotations

import datetime as dt

import pytest

from bangban.features.calendar.notices import NoticeDay, days_to_store, read_notice, stays
from bangban.features.calendar.problems import DayAlreadySo, NoticeFaulty
from bangban.features.calendar.rules import require_change
from bangban.kernel.clock import BeyondCalendar, CalendarIncomplete, WorkingCalendar, published_calendar

PUBLISHED = published_calendar()
NEXT = PUBLISHED.horizon.year + 1
FIRST_WEEKS = [dt.date(NEXT, month, n) for month in (1, 5, 10) for n in range(1, 8)]
MAKE_UP = dt.date(NEXT, 10, 10 if dt.date(NEXT, 10, 10).weekday() > 4 else 9)


def csv(*lines: str, header: str = "date,working,name") -> bytes:
    return "\n".join([header, *lines, ""]).encode()


def whole(*more: str) -> bytes:
    return csv(*(f"{day},休,假日" for day in FIRST_WEEKS), *more)


def faults(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(NoticeFaulty) as refused:
        read_notice(data)
    return [(fault.line, fault.en) for fault in refused.value.faults]


def test_a_notice_is_read_with_either_words_and_byte_order_mark() -> None:
    notice = read_notice(b"\xef\xbb\xbf" + whole(f"{MAKE_UP},TRUE,", f" {NEXT - 1}-12-27 , 工作 , 补班 ", ""))
    assert notice.year == NEXT
    assert notice.days[MAKE_UP] == NoticeDay(working=True, name="")
    assert notice.days[dt.date(NEXT - 1, 12, 27)] == NoticeDay(working=True, name="补班")
    assert sum(not each.working for each in notice.days.values()) == 21


def test_every_faulty_line_is_named_with_its_number() -> None:
    found = faults(
        csv(
            f"{NEXT}-01-01,false,元旦",
            f"{NEXT}-02-30,false,春节",
            f"{NEXT}0501,maybe,劳动节",
            f"{NEXT}-10-01,false",
            f"{NEXT}-01-01,休,元旦",
            f"{NEXT + 2}-05-01,休,劳动节",
            f"{NEXT - 1}-11-30,休,",
            f"{NEXT}-01-02,false,元旦",
        )
    )
    assert [line for line, _ in found] == [3, 4, 4, 5, 6, 7, 8]
    assert "line 2 already" in found[4][1]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 1, "first line"),
        (csv("2027-01-01,true,x", header="day,flag,name"), 1, "first line"),
        (csv(), 0, "no day"),
        (csv('"2027-01-01,true'), 2, "not CSV"),
        ("date,working,name\n2027-01-01,休,元旦".encode("gbk"), 2, "UTF-8"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, line: int, words: str) -> None:
    ((found, said),) = faults(data)
    assert found == line
    assert words in said


def test_a_list_that_is_no_whole_year_is_refused() -> None:
    assert [line for line, _ in faults(csv(f"{NEXT}-01-01,休,元旦", f"{NEXT}-05-01,休,劳动节"))][-1] == 0
    swapped = csv(*(f"{day},工作,假日" for day in FIRST_WEEKS))
    assert "public holiday" in faults(swapped)[0][1]
    everything_off = csv(*(f"{dt.date(NEXT, 1, 1) + dt.timedelta(days=n)},休," for n in range(365)))
    assert "whole year" in faults(everything_off)[0][1]


def test_the_refusal_speaks_both_languages() -> None:
    with pytest.raises(NoticeFaulty) as refused:
        read_notice(csv("x,休,"))
    assert refused.value.message("zh").startswith("放假安排有 1 处错误,未导入。首处:第 2 行")
    assert "line 2" in refused.value.message("en")


def test_every_published_year_would_pass_as_a_notice() -> None:
    for year in range(2008, PUBLISHED.horizon.year + 1):
        named = {day: working for day, working in PUBLISHED.changed.items() if day.year == year}
        notice = read_notice(csv(*(f"{day},{str(working).lower()},x" for day, working in named.items())))
        assert {day: each.working for day, each in days_to_store(notice, PUBLISHED).items()} == named


def test_a_correction_of_a_published_year_is_the_whole_year() -> None:
    year = PUBLISHED.horizon.year
    kept = [day for day, off in PUBLISHED.changed.items() if day.year == year and not off]
    notice = read_notice(csv(*(f"{day},休," for day in kept)))
    stored = {day: each.working for day, each in days_to_store(notice, PUBLISHED).items()}
    corrected = PUBLISHED.extended(stored)
    make_up = [day for day, working in PUBLISHED.changed.items() if day.year == year and working]
    assert make_up
    assert not any(corrected.is_working(day) for day in make_up)
    assert not any(corrected.is_working(day) for day in kept)


def test_a_year_is_not_skipped() -> None:
    notice = read_notice(whole().replace(str(NEXT).encode(), str(NEXT + 1).encode()))
    with pytest.raises(CalendarIncomplete, match=f"skips {NEXT}"):
        PUBLISHED.extended({day: each.working for day, each in days_to_store(notice, PUBLISHED).items()})


def test_an_import_replaces_its_own_year_alone() -> None:
    days = [dt.date(NEXT - 1, 12, 31), dt.date(NEXT, 6, 1), dt.date(NEXT, 12, 31), dt.date(NEXT + 1, 1, 1)]
    assert [stays(day, year=NEXT, next_year_known=False) for day in days] == [True, False, False, True]
    assert [stays(day, year=NEXT, next_year_known=True) for day in days] == [True, False, True, True]


def test_a_local_exception_changes_something() -> None:
    calendar = WorkingCalendar(PUBLISHED)
    require_change(dt.date(2026, 6, 10), working=False, published=calendar)
    require_change(dt.date(2026, 6, 13), working=True, published=calendar)
    with pytest.raises(DayAlreadySo, match="day of rest"):
        require_change(dt.date(2026, 6, 13), working=False, published=calendar)
    with pytest.raises(BeyondCalendar):
        require_change(dt.date(1999, 6, 13), working=False, published=calendar)
