"""What the models must be so that a district's schema stands alone and can live on any node."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import BigInteger, Computed, DefaultClause, Enum, ForeignKeyConstraint, Identity, Table, Uuid
from sqlalchemy.sql.elements import conv

from bangban.kernel.database.base import PlatformBase, TenantBase
from bangban.kernel.database.privacy import Privacy, privacy_of
from bangban.kernel.tenancy.migrations import SCHEMA_FOLDER, district_scripts
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.provisioning import (
    SCHEMA_MARK,
    create_statements,
    grant_statements,
    table_statements,
)

TABLES = [*TenantBase.metadata.sorted_tables, *PlatformBase.metadata.sorted_tables]
TENANT = TenantBase.metadata.sorted_tables
NAMES = Names("itest")
every_table = pytest.mark.parametrize("table", TABLES, ids=str)

# Columns whose values are taken from a short list: each is text with a CHECK.
STATES = re.compile(r"status|state|level|kind|outcome|effect|help|channel|case_type|action")
FREE = {
    # of an open vocabulary: permissions, kinds of notes, and what a policy line may name
    ("attempt", "kind"), ("outbox", "kind"), ("audit_entry", "action"), ("violation", "kind"),
    ("area_change", "kind"), ("case_event", "kind"),
    ("policy_line", "level"), ("policy_line", "action"),
    ("task", "kind"),  # each kind of long work has a handler in the code
}  # fmt: skip


@every_table
def test_every_table_has_a_primary_key_that_is_no_serial(table: Table) -> None:
    assert table.primary_key.columns
    for column in table.columns:
        if column.autoincrement is True or column.identity is not None:
            assert isinstance(column.identity, Identity)
            assert column.identity.always
            assert isinstance(column.type, BigInteger)
        default = column.server_default
        assert not (isinstance(default, DefaultClause) and "nextval" in str(default.arg))
    for column in table.primary_key.columns:
        if isinstance(column.type, BigInteger):  # else SQLAlchemy makes it a serial by itself
            assert column.identity is not None or column.autoincrement is False


@every_table
def test_every_constraint_and_index_has_a_name_of_its_own(table: Table) -> None:
    names = [str(each.name) for each in table.constraints] + [str(each.name) for each in table.indexes]
    assert all(each.name for each in table.constraints)
    assert all(each.name for each in table.indexes)
    assert len(names) == len(set(names))
    assert {name for name in names if not name.startswith(table.name) and "_" not in name} == set()
    # A shard's number is added to a name, which PostgreSQL cuts at 63 bytes.
    assert max(len(conv(name)) for name in names) <= 52


@every_table
def test_foreign_keys_stay_in_their_schema(table: Table) -> None:
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            assert constraint.referred_table.metadata is table.metadata
            assert constraint.referred_table.schema == table.schema
            assert constraint.ondelete is None


@every_table
def test_no_table_has_enum_types_or_defaults_on_change(table: Table) -> None:
    for column in table.columns:
        assert not isinstance(column.type, Enum)
        assert column.server_onupdate is None or column.computed is not None


@pytest.mark.parametrize("table", TENANT, ids=str)
def test_a_districts_tables_leave_time_ids_and_actors_to_parameters(table: Table) -> None:
    for column in table.columns:
        # A number of its own or a value computed from its own row is no clock and no name.
        plain = column.server_default is None or isinstance(column.server_default, Computed)
        assert plain or column.identity is not None, column.name
        assert column.onupdate is None, column.name


@every_table
def test_states_are_text_with_a_check(table: Table) -> None:
    checks = " ".join(str(getattr(each, "sqltext", "")) for each in table.constraints)
    for column in table.columns:
        if STATES.fullmatch(column.name) and (table.name, column.name) not in FREE:
            assert column.name in checks, f"{table.name}.{column.name}"


def test_the_script_is_tables_and_indexes_only() -> None:
    for statement in table_statements():
        assert re.match(r"\s*CREATE (TABLE|(UNIQUE )?INDEX) ", statement), statement
        assert SCHEMA_MARK in statement
        assert "platform." not in statement
        assert "tenant." not in statement
    words = " ".join(create_statements(NAMES, "some-where"))  # keywords are in capitals, our names are not
    for word in (
        "TRIGGER",
        "CREATE FUNCTION",
        "CREATE VIEW",
        "CREATE TYPE",
        "(BIG)?SERIAL",
        "ALTER",
        "DEFINER",
    ):
        assert not re.search(rf"\b{word}\b", words), word


def test_the_script_for_a_district_names_no_other() -> None:
    text = " ".join(create_statements(NAMES, "some-where"))
    assert "__[" not in text
    assert set(re.findall(r'"?(d_[a-z0-9_]+)"?\.', text)) == {"d_some_where"}
    roles = set(re.findall(r'"(bb_[a-z0-9_]+)"', text))
    assert roles == {f"bb_itest_d_some_where_{wall}" for wall in ("rw", "ro", "audit")} | {
        "bb_itest_app", "bb_itest_members"
    }  # fmt: skip


def test_readers_and_auditors_get_columns_never_tables() -> None:
    for statement in grant_statements(NAMES, "some-where"):
        assert "ON ALL TABLES" not in statement
        if statement.endswith(('_ro"', '_audit"')) and "USAGE" not in statement:
            assert re.match(r"GRANT SELECT \(", statement), statement


@pytest.mark.parametrize("table", TENANT, ids=str)
def test_what_is_sealed_hashed_or_binary_is_marked(table: Table) -> None:
    """A column that is forgotten here would be readable by every auditor."""
    for column in table.columns:
        mark = privacy_of(column)
        if column.name.endswith("_sealed"):
            assert mark in (Privacy.SEALED, Privacy.SECRET), column.name
        if column.name.endswith("_hash"):
            assert mark in (Privacy.PERSONAL, Privacy.SECRET), column.name
        if column.type.python_type is bytes and (table.name, column.name) != ("audit_seal", "digest"):
            assert mark is not None, column.name
        if re.search(r"password|secret|token|phone|identity", column.name) and not isinstance(
            column.type, Uuid
        ):
            assert mark is not None or column.name.endswith("_masked"), f"{table.name}.{column.name}"


def test_district_migrations_name_their_schema_and_make_nothing_that_crosses_it() -> None:
    for script in district_scripts().walk_revisions():
        text = (SCHEMA_FOLDER / "district" / "versions" / script.path.rpartition("/")[2]).read_text("utf-8")
        for word in ("sa.Enum", "ENUM(", "CREATE TRIGGER", "CREATE FUNCTION", "CREATE VIEW", "SERIAL"):
            assert word not in text, word
        assert "platform." not in text
        assert not re.search(r'["\']tenant["\'.]', text)
        calls = re.findall(r"\bop\.(create_table|create_index|add_column|drop_\w+|alter_column)\(", text)
        assert text.count("schema=schema") >= len(calls)
