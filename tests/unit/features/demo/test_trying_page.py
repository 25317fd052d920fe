"""The page that says what can be tried where: its lines name districts, logins and operations that there are."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[4]
LINES: Final = [
    tuple(cell.strip() for cell in line.strip("| \n").split("|"))
    for line in (ROOT / "docs" / "trying.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [A-H]\d\d", line)
]
NOBODYS: Final = {"-", "resident"}
WANTED: Final = {
    *(f"A{n:02}" for n in range(1, 13)),
    *(f"B{n:02}" for n in range(1, 8)),
    *(f"C{n:02}" for n in range(1, 20)),
    *("D10", "D11", "E01", "E02", "E03", "E04", "H01"),
    *(f"F{n:02}" for n in range(1, 6)),
    *(f"G{n:02}" for n in range(1, 16)),
}


@cache
def logins(slug: str) -> frozenset[str]:
    people = (ROOT / "tenants" / slug / "people.yaml").read_text(encoding="utf-8")
    staff = people.partition("\nstaff:")[2].partition("\nstaff_sets:")[0]
    return frozenset(re.findall(r"\{key: ([\w-]+),", staff))


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line[0]))
def test_a_line_names_what_there_is(line: tuple[str, ...]) -> None:
    _, slug, login, operation, what = line
    assert login in NOBODYS | logins(slug)
    assert (ROOT / "schema" / "graphql" / "operations" / f"{operation}.graphql").is_file()
    assert what


def test_every_mechanism_has_a_line() -> None:
    assert {each for line in LINES for each in re.findall(r"[A-H]\d\d", line[0])} == WANTED
