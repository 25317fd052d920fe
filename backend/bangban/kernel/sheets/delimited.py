"""Comma-, semicolon- or tab-separated text as rows with the number of the line on which each begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from bangban.kernel.sheets.columns import Value
from bangban.kernel.sheets.problems import SheetUnreadable

Rows = Iterator[tuple[int, Sequence[Value]]]
_DELIMITERS: Final = (",", ";", "\t")


def delimited(text: str) -> Rows:
    """The rows of ``text``, empty ones included. Raises SheetUnreadable while they are read."""
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, row
            begins = reader.line_num + 1  # a quoted cell may hold line breaks
    except csv.Error as malformed:
        raise SheetUnreadable(
            f"文件第 {begins} 行的引号或分隔符有误(例如引号没有成对)。",
            f"Line {begins} has a fault in its quotes or separators (such as a quote that is never closed).",
        ) from malformed


def _delimiter(text: str) -> str:
    """The separator of the first line that is not empty: the one that parts it into the most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)
