"""Every table and index of a district stands in docs/footprint.md with its reason, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.database.base import TenantBase

DOCS = Path(__file__).resolve().parents[4] / "docs"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \|(.*)\|$", re.MULTILINE)
NAME = re.compile(r"`(\w+(?:_idx|_key))`")
ELSEWHERE = {"cases": "reading.md"}  # its indexes have a page of their own


def indexes_of(table: Table) -> set[str]:
    unique = {each.name for each in table.constraints if isinstance(each, UniqueConstraint)}
    return {str(name) for name in unique | {index.name for index in table.indexes}}


def test_each_table_and_index_has_a_reason() -> None:
    stated = {name: (why, needs) for name, why, needs in ROW.findall((DOCS / "footprint.md").read_text())}
    tables = {table.name: table for table in TenantBase.metadata.sorted_tables}
    assert set(stated) == set(tables)
    for name, table in tables.items():
        why, needs = stated[name]
        assert why.strip(), name
        text = (DOCS / ELSEWHERE[name]).read_text() if name in ELSEWHERE else needs
        named = {each for each in NAME.findall(text) if each.startswith(f"{name}_")}
        assert named == indexes_of(table), name
        assert any(isinstance(each, PrimaryKeyConstraint) and each.columns for each in table.constraints)
