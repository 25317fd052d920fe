"""Every column of a district says what an archive does with it; what is not said would leave readable or be lost."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary

import bangban
import bangban.features.all_tables
from bangban.features.archives.manifest import Keeping, Kind
from bangban.features.archives.service.structure import Table, is_secret
from bangban.kernel.database.base import TenantBase
from bangban.kernel.database.privacy import Privacy, privacy_of

TABLES = TenantBase.metadata.sorted_tables
LEAVING = [table for table in TABLES if not is_secret(table.name)]


@pytest.mark.parametrize("table", LEAVING, ids=lambda table: table.name)
def test_what_is_sealed_says_what_its_seals_are_bound_to(table: object) -> None:
    for column in table.columns:  # type: ignore[attr-defined]  # SQLAlchemy types tables as FromClause
        mark = privacy_of(column)
        if mark is Privacy.SEALED:
            assert column.info.get("context"), f"{column}: mark it with privacy.sealed(context)"
        elif isinstance(column.type, LargeBinary) and mark is Privacy.PERSONAL:
            assert column.info.get("of"), f"{column}: mark it with privacy.lookup_of(column, purpose)"


def test_hashes_are_made_of_columns_that_are_there() -> None:
    for table in LEAVING:
        for column in table.columns:
            if "of" in column.info:
                assert privacy_of(table.columns[column.info["of"]]) is Privacy.SEALED


def test_each_context_is_one_that_something_is_sealed_with() -> None:
    """The mark says the very word that the code seals with."""
    words = {
        node.value
        for path in Path(bangban.__file__).parent.rglob("*.py")
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        # In a file of tables only a constant with a name is a word that others seal with.
        if "tables" not in {path.stem, path.parent.name} or isinstance(statement, (ast.Assign, ast.AnnAssign))
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    marks = [column.info for table in LEAVING for column in table.columns]
    assert {info["context"] for info in marks if "context" in info} <= words
    assert {info["purpose"] for info in marks if "purpose" in info} <= words


def test_no_table_that_leaves_refers_to_one_that_stays() -> None:
    for table in LEAVING:
        for reference in table.foreign_keys:
            assert not is_secret(reference.column.table.name), f"{table.name} refers to a table that stays"


def test_names_leave_sealed_and_hashes_do_not_leave() -> None:
    cases = Table(
        "cases", [(name, "text", False) for name in ("applicant_name", "phone_hash", "phone_sealed")]
    )
    keeping = {each.name: each.keeping for each in cases.facts(Kind.ARCHIVE)}
    assert keeping == {
        "applicant_name": Keeping.PERSONAL,
        "phone_hash": Keeping.REBUILT,
        "phone_sealed": Keeping.SEALED,
    }
    assert {each.keeping for each in cases.facts(Kind.BACKUP)} == {Keeping.PLAIN}
