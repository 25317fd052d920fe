"""Files of real offices are read, or it is said precisely what is wrong with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bangban.kernel.sheets import Column, Kind, Sheet, SheetUnreadable, read_sheet

COLUMNS = (
    Column("code", ("区划代码", "代码"), required=True, kind=Kind.CODE, digits=(6, 9, 12)),
    Column("name", ("名称",), required=True),
    Column("suffix", ("网格号",), kind=Kind.CODE, digits=(3,)),
    Column("since", ("设立日期",), kind=Kind.DATE),
    Column("people", ("人口",), kind=Kind.INT),
    Column("urban", ("是否社区",), kind=Kind.BOOL),
)
TABLE = (Column("a"), Column("b"), Column("c"))


def read(content: bytes, columns: Sequence[Column] = COLUMNS) -> Sheet:
    return read_sheet(content, name="areas.csv", columns=columns)


def written(rows: Sequence[Sequence[str]], *, delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def book(*rows: Sequence[object]) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def cells_of(sheet: Sheet) -> list[dict[str, str | None]]:
    return [dict(line.cells) for line in sheet.lines]


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_separator_gives_the_same_table(encoding: str, delimiter: str) -> None:
    rows = [
        ["区划代码", "名称"],
        ["370303008", "四宝山街道"],
        ["370303105", "中埠镇,“旧”\n第二行"],
        ["370303106", "x"],
    ]
    sheet = read(written(rows, delimiter=delimiter).encode(encoding))
    assert [(line.number, line.cells["code"], line.cells["name"]) for line in sheet.lines] == [
        (2, "370303008", "四宝山街道"),
        (3, "370303105", "中埠镇,“旧”\n第二行"),
        (5, "370303106", "x"),
    ]
    assert not sheet.faults


# What people write: the usual characters of GB2312, and everything that XML and CSV can carry.
USUAL = st.characters(codec="gb2312", exclude_categories=("Cc", "Cs"))
ANY = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))
TOWNS = ["四宝山街道", "中埠镇", "村民委员会"]  # a few bytes alone could be in several encodings
LINE_BREAKS = st.sampled_from(["\n", "\r\n", '"', ",", ";", "\t", "'"])


def tables(characters: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    cell = st.lists(characters | LINE_BREAKS, max_size=12).map("".join)
    return st.lists(st.lists(cell, min_size=3, max_size=3), max_size=6)


def unguarded(cell: str) -> str:
    """Without the apostrophe that keeps programs from running it, put there by whoever wrote the file."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in {*"=+-@＝＋－＠"} else cell


def trimmed(rows: list[list[str]]) -> list[dict[str, str | None]]:
    blank = " \t\r\n\f\v\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
    stripped = [[unguarded(cell.strip(blank)) or None for cell in row] for row in rows]
    return [dict(zip("abc", row, strict=True)) for row in stripped if any(row)]


@given(rows=tables(ANY), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_table_in_unicode_comes_back_as_it_was(rows: list[list[str]], encoding: str) -> None:
    sheet = read(written([["a", "b", "c"], *rows]).encode(encoding), TABLE)
    assert cells_of(sheet) == trimmed(rows)
    assert not sheet.faults


@given(rows=tables(USUAL), encoding=st.sampled_from(["gbk", "gb18030"]))
def test_any_table_of_usual_characters_comes_back_from_gbk(rows: list[list[str]], encoding: str) -> None:
    sheet = read(written([["a", "b", "c"], TOWNS, *rows]).encode(encoding), TABLE)
    assert cells_of(sheet)[1:] == trimmed(rows)
    assert not sheet.faults


@given(rows=tables(ANY))
def test_gb18030_of_rare_characters_is_read_right_or_refused(rows: list[list[str]]) -> None:
    content = written([["a", "b", "c"], TOWNS, *rows]).encode("gb18030")
    try:
        sheet = read(content, TABLE)
    except SheetUnreadable:
        return
    assert cells_of(sheet)[1:] == trimmed(rows)


@given(rows=tables(ANY))
def test_any_table_comes_back_from_xlsx(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\r\n", "\n") for cell in row] for row in rows]
    assume(not any(cell.startswith(("=", "#")) or "_x" in cell for row in rows for cell in row))
    sheet = read(book(["a", "b", "c"], *rows), TABLE)
    assert cells_of(sheet) == trimmed(rows)


# ---------------------------------------------------------------------- what offices' programs do to cells


def one(column: str, text: str) -> tuple[str | None, str | None]:
    """The cell in ``column`` of a CSV line that is right otherwise, and what is said of it."""
    filled = {"code": "370303008", "name": "四宝山", column: text}
    sheet = read(written([list(filled), list(filled.values())]).encode())
    return sheet.lines[0].cells[column], sheet.faults[0].en if sheet.faults else None


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [
        ("code", "３７０３０３００８", "370303008"),
        ("code", "\u3000370303 008\u00a0", "370303008"),
        ("code", '="370303008"', "370303008"),
        ("code", "'370303008", "370303008"),
        ("code", "baoshan–1", "baoshan-1"),
        ("suffix", "8", "008"),
        ("suffix", "８", "008"),
        ("name", "四宝山\u3000", "四宝山"),
        ("name", "Ａ座〇号、𠮷村", "Ａ座〇号、𠮷村"),
        ("since", "2026年1月2日", "2026-01-02"),
        ("since", "2026/1/2", "2026-01-02"),
        ("since", "２０２６．１．２", "2026-01-02"),
        ("since", "20260102", "2026-01-02"),
        ("since", "2026/1/2 0:00", "2026-01-02"),
        ("since", "46024", "2026-01-02"),
        ("people", "１，２３４", "1234"),
        ("people", "12.0", "12"),
        ("urban", "是", "true"),
        ("urban", "ＴＲＵＥ", "true"),
        ("urban", "×", "false"),
        ("people", "", None),
    ],
)
def test_what_can_be_read_in_one_way_is_read(column: str, text: str, cell: str | None) -> None:
    assert one(column, text) == (cell, None)


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("code", "3.7E+11", "rewrote"),
        ("code", "3.70303E+11", "rewrote"),
        ("code", "37030300", "dropped a 0"),
        ("code", "3703", "has 4 digits"),
        ("code", "", "must not be empty"),
        ("name", " ", "must not be empty"),
        ("name", "长" * 2001, "2000 characters"),
        ("suffix", "0008", "has 4 digits"),
        ("since", "2026-02-30", "is not a date"),
        ("since", "3", "is not a date"),
        ("since", "9999-12-31", "is not a date"),
        ("people", "1.5", "not a whole number"),
        ("people", "²", "not a whole number"),
        ("urban", "也许", "yes or no"),
    ],
)
def test_what_could_mean_more_than_one_thing_is_a_fault(column: str, text: str, says: str) -> None:
    cell, fault = one(column, text)
    assert cell is None
    assert fault is not None
    assert says in fault


def test_cells_of_xlsx_are_read_by_what_they_hold() -> None:
    header = ["代 码*", "名称", "网格号", "设立日期", "人口", "是否社区"]
    sheet = read(
        book(
            header,
            [370303008, 12, 7, date(2026, 1, 2), 3.0, True],
            [],
            ["370303008203", "𠮷村", None, 46024, "1", "否"],
        )
    )
    assert not sheet.faults
    assert [(line.number, *line.cells.values()) for line in sheet.lines] == [
        (2, "370303008", "12", "007", "2026-01-02", "3", "true"),
        (4, "370303008203", "𠮷村", None, "2026-01-02", "1", "false"),
    ]


def test_a_number_format_keeps_its_zeros_and_long_numbers_are_refused() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["代码", "名称"], [1, "a"], [37030300810120301, "b"], [date(2026, 1, 2), "c"], [1.5, "d"]):
        sheet.append(row)
    sheet["A2"].number_format = "000000"
    stream = io.BytesIO()
    workbook.save(stream)
    found = read(stream.getvalue())
    assert [line.cells["code"] for line in found.lines] == ["000001", None, None, None]
    assert [(fault.line, fault.column) for fault in found.faults] == [(3, "代码"), (4, "代码"), (5, "代码")]


def test_a_formula_without_a_value_is_not_empty() -> None:
    found = read(book(["代码", "名称", "人口"], ["370303008", "a", "=1+1"]))
    assert [(fault.line, fault.column) for fault in found.faults] == [(2, "人口")]
    assert "formula" in found.faults[0].en


# ---------------------------------------------------------------------- whole files


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\r\n , \n", "is empty"),
        ("代码\n370303008\n".encode(), "lacks name"),
        ("代码,名称,备注\n".encode(), "unknown columns: 备注"),
        ("代码,区划代码,名称\n".encode(), "a column twice"),
        (b"\xd0\xcf\x11\xe0rest", "Only CSV and XLSX"),
        (b"  <html><table>", "Only CSV and XLSX"),
        (b"%PDF-1.7", "Only CSV and XLSX"),
        (b"PK\x03\x04rest", "cannot be read"),
        ("代码,名称\n370303008,\x00\n".encode(), "Line 2 holds control characters"),
        ("代码,名称\n370303008,\ufffd\n".encode(), "Line 2 holds control characters"),
        ('代码,名称\n370303008,"四\n'.encode(), "quote"),
        ("代码,名称\n370303008,四宝山\n3,".encode() + "中".encode()[:2] + b"\n", "UTF-8, but line 3"),
        (b"\xff\xfe\x00\xd8\x00\x00", "UTF-16-LE, but line 1"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "encoding"),
        ("code,name\n1,臺灣省臺北縣樹林\n2,藝術學習\n".encode("big5"), "encoding"),
        ("code,name\n1,Café\n2,naïve\n3,Zürich\n4,Åland\n".encode("latin-1"), "encoding"),
        ("code,name\n1,こんにちは世界\n2,ありがとう\n".encode("shift-jis"), "encoding"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        read(content)
    assert says in refused.value.message("en")
    assert refused.value.message("zh") != refused.value.message("en")


def test_too_many_lines_are_refused_and_more_cells_than_the_header_are_a_fault() -> None:
    with pytest.raises(SheetUnreadable, match="more than 2 lines"):
        read_sheet(b"a\n1\n\n2\n3\n", name="a", columns=TABLE, most_lines=2)
    found = read_sheet(b"a,b,\n1,2,,\n1,2,3\n", name="a", columns=TABLE)
    assert [(fault.line, fault.column) for fault in found.faults] == [(3, None)]
