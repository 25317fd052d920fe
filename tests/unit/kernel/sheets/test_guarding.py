"""What a district wrote is no formula in the files that it takes with it, and comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.areas.tree_lines import TREE
from bangban.features.profiles.areas import COLUMNS
from bangban.features.profiles.documents import read_csv
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.folder import csv_text
from bangban.kernel.sheets import Column, Kind, read_sheet
from bangban.kernel.sheets.cells import LONGEST_CELL
from bangban.kernel.sheets.guarding import guarded, unguarded

HOSTILE = ["=1+1", "=cmd|' /C calc'!A0", "+86", "-1", "@SUM(A1)", "\uff1dHYPERLINK(1)", "'=1", "''@x"]
PLAIN = ["", "'", "'样本", "样本=1", "邹平市", "2026-01-01"]


@pytest.mark.parametrize("text", HOSTILE + PLAIN)
def test_a_file_holds_no_formula_and_gives_every_text_back(text: str, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    file.write_text(csv_text(("name", "note"), [(text, "x")]), "utf-8")
    _, (cell, _) = csv.reader(io.StringIO(file.read_text("utf-8")))
    assert not cell.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20"))
    assert cell == (f"'{text}" if text in HOSTILE else text)
    (row,) = read_csv(file, ("name", "note"), FaultList())
    assert row.cells == {"name": text, "note": "x"}


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


def uploaded(texts: list[str], column: Column) -> list[str | None]:
    """What is read where a file that was taken along is sent in again."""
    content = csv_text((column.name,), [(each,) for each in texts]).encode()
    sheet = read_sheet(content, name="some.csv", columns=[column])
    assert sheet.faults == ()
    return [line.cells[column.name] for line in sheet.lines]


@given(st.lists(st.text("'=+-@\uff1d\uff0b\uff0d\uff20a样", min_size=1), min_size=1))
def test_every_text_comes_back_where_the_file_is_sent_in(texts: list[str]) -> None:
    assert uploaded(texts, Column("name")) == texts


def test_so_do_numbers_below_zero_and_texts_of_the_greatest_length() -> None:
    assert uploaded(["-5", "+7", "0"], Column("count", kind=Kind.INT)) == ["-5", "7", "0"]
    longest = "=" + "a" * (LONGEST_CELL - 1)
    assert uploaded([longest], Column("name")) == [longest]


def test_areas_that_were_exported_are_the_same_where_they_are_imported() -> None:
    names = [each for each in HOSTILE + PLAIN if each]
    rows = [["x" if title not in ("name", "full_name") else each for title in COLUMNS] for each in names]
    sheet = read_sheet(csv_text(COLUMNS, rows).encode(), name="areas.csv", columns=TREE)
    found = [(line.cells["name"], line.cells["full_name"]) for line in sheet.lines]
    assert found == [(each, each) for each in names]


def test_an_apostrophe_that_somebody_wrote_stays() -> None:
    content = "name\n'样本\n样本'=1\n''样本\n'\n".encode()
    sheet = read_sheet(content, name="own.csv", columns=[Column("name")])
    assert [line.cells["name"] for line in sheet.lines] == ["'样本", "样本'=1", "''样本", "'"]
