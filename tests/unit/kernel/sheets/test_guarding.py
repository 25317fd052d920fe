"""What a district wrote is no formula in the files that it takes with it, and comes back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.profiles.documents import read_csv
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.folder import csv_text
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
