"""What is said to hold always is tried with whatever anybody could do: the list names tests that draw it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROWS = re.findall(
    r"^\| (\d+) \|.*\| (.+) \|$", (ROOT / "docs" / "invariants.md").read_text("utf-8"), re.MULTILINE
)
LISTED = {int(number): re.findall(r"`([^`]+)`", files) for number, files in ROWS}


def test_those_of_help_halls_and_bundles_are_listed() -> None:
    assert LISTED.keys() >= {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 18, 22}


@pytest.mark.parametrize(("number", "file"), [(n, file) for n, files in LISTED.items() for file in files])
def test_a_listed_test_is_there_and_draws(number: int, file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert "@given" in text or "RuleBasedStateMachine" in text, number
