"""A file as a table: its format by its first bytes, its header by its titles, its lines by its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bangban.kernel.identifiers.text import half_width
from bangban.kernel.sheets.cells import read_cell
from bangban.kernel.sheets.columns import Column, Line, LineFault, Sheet, Value
from bangban.kernel.sheets.delimited import Rows, delimited
from bangban.kernel.sheets.encodings import text_of
from bangban.kernel.sheets.problems import SheetUnreadable, shown
from bangban.kernel.sheets.workbook import MOST_COLUMNS, workbook

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_LINES: Final = 50_000  # the largest county has some 10,000 grids
MOST_FAULTS: Final = 1000  # nobody reads more; the rest waits for the next try
_ZIP, _OLD_EXCEL, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_MARKUP: Final = (b"<!", b"<html", b"<?xml", b"<table")


def read_sheet(
    content: bytes, *, name: str, columns: Sequence[Column], most_lines: int = MOST_LINES
) -> Sheet:
    """The table in a file called ``name``, which is shown to people and decides nothing.

    Lines of which every cell is empty are passed over. Takes up to seconds for the largest files, so a server
    reads in a thread. Raises SheetUnreadable where the file as a whole is at fault.
    """
    if len(content) > MOST_BYTES:
        raise SheetUnreadable(
            f"文件“{shown(name)}”超过 {MOST_BYTES // 2**20} MB。",
            f"The file {shown(name)} is larger than {MOST_BYTES // 2**20} MB.",
        )
    rows = _rows(content, most_lines)
    for number, cells in rows:
        if _filled(cells):
            return _table(_header(cells, columns, number), columns, rows, most_lines)
    raise SheetUnreadable(
        "文件是空的;第一行应为表头。", "The file is empty; its first line should be the header."
    )


def _rows(content: bytes, most_lines: int) -> Rows:
    if content.startswith(_ZIP):
        return workbook(content, most_rows=most_lines + 2)  # the header, and one to see that there are more
    if content.startswith((_OLD_EXCEL, _PDF)) or content[:200].lstrip().lower().startswith(_MARKUP):
        raise SheetUnreadable(
            "只能读取 CSV 和 XLSX 文件;旧版 .xls、带密码的文件、网页或 PDF 请先另存为 .xlsx 或 CSV。",
            "Only CSV and XLSX files can be read; save an old .xls, a file with a password, a web page or a PDF "
            "as .xlsx or CSV first.",
        )
    return delimited(text_of(content))


def _filled(cells: Sequence[Value]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in cells)


def _plain(title: str) -> str:
    """One spelling of a header: full-width forms, case, blanks, marks of required columns make no difference."""
    return "".join(half_width(title).replace("_", "").split()).strip("*").casefold()


def _header(cells: Sequence[Value], columns: Sequence[Column], number: int) -> list[tuple[str, str] | None]:
    """For each place the column's name and its header as written; None where the header is empty."""
    known = {_plain(title): column.name for column in columns for title in (column.name, *column.titles)}
    titles = ["" if cell is None else str(cell).strip() for cell in cells]
    found = [(known.get(_plain(title)), title) if title else None for title in titles]
    names = [each[0] for each in found if each is not None]
    unknown = [each[1] for each in found if each is not None and each[0] is None]
    usual = "、".join((column.titles or (column.name,))[0] for column in columns)
    english = ", ".join(column.name for column in columns)
    missing = [column for column in columns if column.required and column.name not in names]
    if missing:
        lacking = "、".join((each.titles or (each.name,))[0] for each in missing)
        raise SheetUnreadable(
            f"表头(第 {number} 行)缺少列:{lacking}。可用的列:{usual}。",
            f"The header (line {number}) lacks {', '.join(each.name for each in missing)}. "
            f"Columns that may stand here: {english}.",
        )
    if unknown or len(titles) > MOST_COLUMNS:
        listed = [shown(each) for each in unknown[:10]]
        raise SheetUnreadable(
            f"表头(第 {number} 行)有不认识的列:{'、'.join(listed)}。可用的列:{usual}。",
            f"The header (line {number}) has unknown columns: {', '.join(listed)}. "
            f"Columns that may stand here: {english}.",
        )
    doubled = sorted({each[1] for each in found if each is not None and names.count(each[0]) > 1})
    if doubled:
        raise SheetUnreadable(
            f"表头(第 {number} 行)有重复的列:{'、'.join(map(shown, doubled))}。",
            f"The header (line {number}) has a column twice: {', '.join(map(shown, doubled))}.",
        )
    return [None if each is None or each[0] is None else (each[0], each[1]) for each in found]


def _table(
    header: list[tuple[str, str] | None], columns: Sequence[Column], rows: Rows, most_lines: int
) -> Sheet:
    by_name = {column.name: column for column in columns}
    lines: list[Line] = []
    faults: list[LineFault] = []
    for number, values in rows:
        if not _filled(values):
            continue
        if len(lines) == most_lines:
            raise SheetUnreadable(
                f"文件超过 {most_lines} 行;请分成几个文件。",
                f"The file has more than {most_lines} lines; split it.",
            )
        cells: dict[str, str | None] = dict.fromkeys(by_name)
        for at, place in enumerate(header):
            if place is None:
                continue
            cells[place[0]], wrong = read_cell(by_name[place[0]], values[at] if at < len(values) else None)
            if wrong is not None:
                faults.append(LineFault(number, place[1], *wrong))
        if _filled([value for at, value in enumerate(values) if at >= len(header) or header[at] is None]):
            faults.append(
                LineFault(
                    number,
                    None,
                    "这一行的单元格比表头多。",
                    "This line has more cells than the header.",
                )
            )
        lines.append(Line(number, cells))
        if len(faults) >= MOST_FAULTS:
            break
    headers = {place[0]: place[1] for place in header if place is not None}
    return Sheet(tuple(lines), tuple(faults[:MOST_FAULTS]), headers)
