"""Reads the tables of docs/access.md: what the shipped policy says, in the words of its documentation.

Knows nothing of the compiled policy, so whoever compares the two compares two sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[1] / "docs" / "access.md"
TABLES_BEGIN = "<!-- tables:"
OPERATIONS_BEGIN = "## Which operation asks for what"
MARKS = {"✓": True, "–": False, "✗": False}

_HEADING = re.compile(r"### `([a-z-]+)` ")
_CODE = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    """One cell of the document: a role, a level, a permission, and ✓, – or ✗."""

    role: str
    level: str
    permission: str
    mark: str

    @property
    def allowed(self) -> bool:
        return MARKS[self.mark]


def read_rows(path: Path = DOCUMENT) -> Iterator[Row]:
    """Every cell that the document states. What it leaves out is not granted."""
    text = path.read_text(encoding="utf-8")
    role, levels = "", list[str]()
    for line in text[text.index(TABLES_BEGIN) :].splitlines():
        heading = _HEADING.match(line)
        if heading:
            role, levels = heading[1], []
        elif line.startswith("| permission"):
            levels = [cell.split()[0] for cell in _cells(line)[2:]]
        elif line.startswith("| `"):
            permissions, _, *marks = _cells(line)
            assert role, f"a row before any role: {line}"
            assert len(marks) == len(levels), f"{len(marks)} marks for {len(levels)} levels: {line}"
            assert set(marks) <= set(MARKS), f"an unknown mark: {line}"
            for permission in _CODE.findall(permissions):
                for level, mark in zip(levels, marks, strict=True):
                    yield Row(role, level, permission, mark)


def read_roles(path: Path = DOCUMENT) -> list[str]:
    """The roles that have a table, in the document's order."""
    text = path.read_text(encoding="utf-8")
    return _HEADING.findall(text[text.index(TABLES_BEGIN) :])


def read_operations(path: Path = DOCUMENT) -> Mapping[str, tuple[str, ...]]:
    """The permissions each root field may ask for: one, or for a few the one that its case calls for."""
    text = path.read_text(encoding="utf-8")
    section = text[text.index(OPERATIONS_BEGIN) :].split("\n## ", 1)[0]
    found: dict[str, tuple[str, ...]] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            operations, permissions = _cells(line)
            for operation in _CODE.findall(operations):
                found[operation] = tuple(_CODE.findall(permissions))
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
