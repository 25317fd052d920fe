"""What would keep a district from standing on a node of its own is found: in statements, tables and migrations."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import ForeignKeyConstraint, Table
from tests.citus import faults

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.kernel.database.base import TENANT_SCHEMA, TenantBase
from bangban.kernel.tenancy import ending
from bangban.kernel.tenancy.migrations import SCHEMA_FOLDER
from bangban.kernel.tenancy.provisioning import SCHEMA_MARK, table_statements

SOURCE = Path(ending.__file__).parents[2]
MIGRATIONS = sorted((SCHEMA_FOLDER / "district" / "versions").glob("*.py"))

GOOD = [
    "SELECT now(), current_user",  # no district in it
    "SELECT JSON_OBJECT('a' VALUE count(*) > $1) FROM d_x.cases",
    "SELECT 'current_setting(' FROM d_x.cases",
    "UPDATE d_x.cases SET state = $1, at = $2 WHERE id = $3 RETURNING d_x.cases.id AS id",
    "INSERT INTO d_x.profile (one, name) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET name = excluded.name",
    "INSERT INTO d_x.area (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id",
    "WITH g AS MATERIALIZED (SELECT unnest($1::uuid[]) AS id) INSERT INTO d_x.area (id) SELECT g.id FROM g",
    "DELETE FROM d_x.attempt WHERE at < $1",
]
BAD = [
    ("SELECT 1 FROM d_x.cases JOIN d_y.cases ON true", "two districts"),
    ("SELECT 1 FROM d_x.cases JOIN platform.district ON true", "platform"),
    (
        'WITH a AS (INSERT INTO platform.outbox (kind) VALUES ($1)) INSERT INTO "d_x".area (id) VALUES ($2)',
        "platform",
    ),
    ("SELECT current_setting('role') FROM d_x.cases", "current_setting"),
    ("SELECT set_config('role', $1, true) FROM d_x.cases", "set_config"),
    ("UPDATE d_x.cases SET at = now()", "current_timestamp"),
    ("UPDATE d_x.cases SET at = CURRENT_TIMESTAMP", "current_timestamp"),
    ("UPDATE d_x.cases SET id = gen_random_uuid()", "gen_random_uuid"),
    ("UPDATE d_x.cases SET actor = current_user", "current_user"),
    ("INSERT INTO d_x.a (b) VALUES ($1) ON CONFLICT (b) DO UPDATE SET b = $2", "DO UPDATE"),
    ("INSERT INTO d_x.a (b) VALUES ($1) ON CONFLICT (b) DO UPDATE SET b = a.b + 1", "DO UPDATE"),
    ("INSERT INTO d_x.a (b) SELECT c FROM d_x.other", "not materialised"),
    ("INSERT INTO d_x.a (b) SELECT c FROM unnest($1::int[]) AS t(c)", "not materialised"),
    ("WITH g AS (SELECT 1 AS c) INSERT INTO d_x.a (b) SELECT g.c FROM g", "not materialised"),
    ("UPDATE d_x.a SET b = $1 RETURNING json_build_object('b', b)", "RETURNING"),
]


@pytest.mark.parametrize("sql", GOOD)
def test_what_runs_there_passes(sql: str) -> None:
    assert faults(sql) == []


@pytest.mark.parametrize(("sql", "named"), BAD)
def test_what_does_not_run_there_is_named(sql: str, named: str) -> None:
    found = faults(sql)
    assert found
    assert named in " ".join(found)


def test_a_write_ends_in_statements_that_each_go_to_one_node() -> None:
    together, apart = (
        [statement.text("d_x") for statement in each] for each in (ending.FINISH, ending.FINISH_APART)
    )
    assert any(faults(each) for each in together)  # one round trip, for districts beside the platform
    assert [faults(each) for each in apart] == [[], [], []]


@pytest.mark.parametrize("table", TenantBase.metadata.sorted_tables, ids=str)
def test_a_districts_table_can_stand_apart(table: Table) -> None:
    assert table.primary_key.columns
    for constraint in table.constraints:
        assert constraint.name, f"{table.name} has a constraint without a name"
        if isinstance(constraint, ForeignKeyConstraint):
            assert constraint.referred_table.schema == TENANT_SCHEMA
    for column in table.columns:
        assert column.identity is None or str(column.type) == "BIGINT", column
    for index in table.indexes:
        assert index.name


def test_the_script_of_a_new_district_has_nothing_that_stays_behind() -> None:
    for statement in table_statements():
        upper = statement.upper()
        for word in (
            "TRIGGER",
            "FUNCTION",
            " VIEW",
            "DEFAULT NOW",
            "CURRENT_USER",
            "SECURITY DEFINER",
        ):
            assert word not in upper, statement
        assert SCHEMA_MARK in statement


_FORBIDDEN_WORDS = (
    "CREATE TRIGGER",
    "CREATE FUNCTION",
    "CREATE VIEW",
    "CREATE OR REPLACE",
    "CURRENT_SETTING",
    "SET_CONFIG",
)


@pytest.mark.parametrize("file", MIGRATIONS, ids=lambda file: file.stem)
def test_a_migration_can_be_carried_to_other_nodes(file: Path) -> None:
    """One constraint for each ALTER, every constraint named, nothing that would stay on one node."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = " ".join(node.value.upper().split())
            for word in _FORBIDDEN_WORDS:
                assert word not in text, f"{file.name}:{node.lineno}: {word}"
            if text.startswith("ALTER TABLE"):
                assert text.count("ADD CONSTRAINT") <= 1, f"{file.name}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in {
                "PrimaryKeyConstraint",
                "UniqueConstraint",
                "CheckConstraint",
                "ForeignKeyConstraint",
            }:
                assert any(each.arg == "name" for each in node.keywords), f"{file.name}:{node.lineno}: {name}"
            if name in {
                "create_primary_key",
                "create_unique_constraint",
                "create_check_constraint",
                "create_index",
            }:
                first = node.args[0] if node.args else None
                unnamed = isinstance(first, ast.Constant) and first.value is None
                assert first is not None, f"{file.name}:{node.lineno}: {name}"
                assert not unnamed, f"{file.name}:{node.lineno}: {name}"


def test_no_code_matches_a_constraint_by_its_name() -> None:
    """Names arrive with a shard's suffix from other nodes; SQLSTATEs do not."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                assert node.attr != "constraint_name", f"{file}:{node.lineno}"
