"""What a table is made of: its columns as the reader wants them, and its lines as they were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | date | datetime | time | None
"""A cell before it is read: always text (or None) in CSV; in XLSX what the cell holds."""

Sentences: TypeAlias = tuple[str, str]  # in Chinese, in English


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "TEXT"  # kept as it is, without blanks around it
    CODE = "CODE"  # half-width, without any blanks; case kept
    DATE = "DATE"  # 2026-11-21
    INT = "INT"  # a whole number
    BOOL = "BOOL"  # true or false


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may stand in the table.

    ``titles`` are the spellings of its header beside ``name``; case, blanks and full-width forms make no
    difference. A ``required`` column must be there and filled in every line. ``digits`` are the lengths that a
    CODE made of digits only may have. Where there is one length, a shorter number had zeros before it, which
    spreadsheet programs drop, and gets them back; where there are several, it is a fault.
    """

    name: str
    titles: tuple[str, ...] = ()
    required: bool = False
    kind: Kind = Kind.TEXT
    digits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line with at least one filled cell. ``number`` is the line in the file, or the sheet's row; both from 1."""

    number: int
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong in one line; ``column`` is the header as it stands in the file, None for the whole line."""

    line: int
    column: str | None
    zh: str
    en: str

    def message(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``; any other language gets English."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that was read. A cell that is at fault is None in its line; columns left out are None everywhere.

    ``headers`` gives the header as it stands in the file by the column's name, to name it in further faults.
    """

    lines: tuple[Line, ...]
    faults: tuple[LineFault, ...]
    headers: Mapping[str, str]

    def fault(self, line: Line, column: str | None, zh: str, en: str) -> LineFault:
        """A fault that the reader found itself, in a column by its name."""
        header = None if column is None else self.headers.get(column, column)
        return LineFault(line.number, header, zh, en)
