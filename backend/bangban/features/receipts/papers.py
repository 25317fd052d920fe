"""What a paper says, before it is set: lines, tables and sentences, each in Chinese with English below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

Words = tuple[str, str]
"""The same in Chinese and in English."""


class Line(NamedTuple):
    """A fact with what it is called."""

    label: Words
    value: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of facts. ``widths`` are shares of the page's width."""

    title: Words
    columns: tuple[Words, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One receipt. ``at`` is the moment that it speaks of, so that the same facts give the same bytes."""

    title: Words
    issuer: str
    brand: str
    number: str
    addressed: str
    opening: Words
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    remarks: tuple[Words, ...]
    at: datetime
    code: str
    check_at: str
