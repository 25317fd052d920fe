"""The rows of an XLSX file's first visible sheet.

openpyxl reads it as a stream; what a hostile file could make it do is bounded before: a small file may unpack to
gigabytes, or hold millions of elements, entities that multiply, or rows and columns without end. Formulas give
the values that were stored with them; macros, links and other sheets are never looked at.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from bangban.kernel.sheets.columns import Value
from bangban.kernel.sheets.delimited import Rows
from bangban.kernel.sheets.problems import SheetUnreadable

MOST_UNPACKED: Final = 32 * 1024 * 1024  # bytes; 25,000 lines of ten columns take some 12 MB
MOST_ELEMENTS: Final = 1_500_000  # opening and closing tags; each line of ten columns has some 42
MOST_PARTS: Final = 500  # files within the archive
MOST_COLUMNS: Final = 60  # what stands farther to the right is not looked at
LAST_ROW: Final = 1_048_576  # of any XLSX file
_FORMULA: Final = re.compile(rb"<(\w+:)?f[\s/>]")
_ZEROS: Final = re.compile(r"0{2,17}")  # a number format that shows leading zeros
_RETURN: Final = "_x000D_"  # how a carriage return within a cell is stored


def workbook(content: bytes, *, most_rows: int) -> Rows:
    """The rows that are not empty, at most ``most_rows``. Raises SheetUnreadable."""
    try:
        trouble = _trouble(content)
        if trouble is None:
            with warnings.catch_warnings():
                # openpyxl warns of styles and validations that it does not know; they mean nothing for the values.
                warnings.simplefilter("ignore")
                return iter(list(islice(_rows(content), most_rows)))
    except Exception as broken:  # zipfile and openpyxl raise dozens of kinds over bytes that anybody sent
        raise _unreadable() from broken
    raise trouble


def _trouble(content: bytes) -> SheetUnreadable | None:
    """Why the archive is not to be given to a parser."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "[Content_Types].xml" not in archive.namelist() or any(part.flag_bits & 1 for part in parts):
            return _unreadable()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            return _too_large()
        # A part never unpacks to more than it states, so what was just added up holds.
        tags = sum(archive.read(part).count(b"<") for part in parts)
        return _too_large() if tags > MOST_ELEMENTS else None


def _rows(content: bytes) -> Rows:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    sheet: Any = next(each for each in book.worksheets if each.sheet_state == "visible")
    formulas = _formulas(content, sheet.title)
    for number, row in _cells(sheet):
        cells = [_value(cell, formula=(number, at) in formulas) for at, cell in enumerate(row)]
        if any(cell is not None for cell in cells):
            yield number, cells
    book.close()


def _cells(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows that hold anything, without the empty cells at their ends."""
    sheet.reset_dimensions()  # what a file says of its size need not be so
    blank: object = None  # openpyxl gives one and the same row for all that are left out
    for number, row in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS + 1), 1):
        if row is blank:
            continue
        end = len(row)
        while end and row[end - 1] is EMPTY_CELL:
            end -= 1
        if end:
            yield number, row[:end]
        else:
            blank = row


def _formulas(content: bytes, title: str) -> frozenset[tuple[int, int]]:
    """Row and index of the cells that hold a formula; one without a stored value is not to pass for empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = (part for part in archive.namelist() if part.startswith("xl/worksheets/"))
        if not any(_FORMULA.search(archive.read(part)) for part in sheets):
            return frozenset()
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    found = frozenset(
        (number, at)
        for number, row in _cells(book[title])
        for at, cell in enumerate(row)
        if cell.data_type == "f"
    )
    book.close()
    return found


class NoValue(str):
    """Stands in the place of a value that a cell should have: its text says in English what is there instead."""

    __slots__ = ()


def _value(cell: Any, *, formula: bool) -> Value:
    value = cell.value
    if value is None:
        return NoValue("formula") if formula else None
    if cell.data_type == "e":
        return NoValue(str(value))
    if isinstance(value, str):
        return value.replace(_RETURN, "")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if type(value) is int and value >= 0:
        shape = _ZEROS.fullmatch(cell.number_format or "")
        return f"{value:0{len(shape.group())}}" if shape else value
    return value if isinstance(value, Value) else str(value)


def _unreadable() -> SheetUnreadable:
    return SheetUnreadable(
        "无法读取该 XLSX 文件:文件已损坏、加了密码,或不是 Excel 工作簿;请重新另存为 .xlsx 或 CSV。",
        "This XLSX file cannot be read: it is damaged, has a password, or is no Excel workbook; "
        "save it again as .xlsx or CSV.",
    )


def _too_large() -> SheetUnreadable:
    return SheetUnreadable(
        "该 XLSX 文件解开后过大;请只保留需要导入的表格,或分成几个文件。",
        "This XLSX file is too large once unpacked; keep only the table that is to be imported, or split it.",
    )
