"""Every district migration keeps the rules of expand and contract, and each rule finds what it is there for."""

from __future__ import annotations

from textwrap import indent
from types import ModuleType
from typing import Any

import pytest

from bangban.kernel.tenancy.fleet.rules import check, check_history

STATED = {"phase": "expand", "release": "1.0.0", "serves_without": True}


def module(body: str, *, revision: str = "0002", **said: Any) -> ModuleType:
    """A migration."""
    made = ModuleType(revision)
    facts = {"revision": revision, **STATED, **said}
    text = f"import sqlalchemy as sa\ndef upgrade(op, *, schema):\n{indent(body, '    ')}\n"
    exec(compile(text, revision, "exec"), made.__dict__)
    for name, value in facts.items():
        setattr(made, name, value)
    return made


FIRST = module(
    'op.create_table("area", sa.Column("id", sa.Uuid()), sa.Column("name", sa.Text()), schema=schema)',
    revision="0001",
    release="0.9.0",
)


def rules_of(body: str, **said: Any) -> set[str]:
    """The rules that a migration of these lines breaks."""
    return {fault.rule for fault in check([FIRST, module(body, **said)])}


def test_the_history_keeps_every_rule() -> None:
    assert [f"{each.revision} {each.en}" for each in check_history()] == []


ADD = 'op.add_column("area", sa.Column("x", sa.Text(), nullable={}{}), schema=schema)'


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('op.drop_column("area", "name", schema=schema)', "expand"),
        ('op.drop_table("area", schema=schema)', "expand"),
        ('op.rename_table("area", "region", schema=schema)', "expand"),
        ('op.alter_column("area", "name", new_column_name="title", schema=schema)', "expand"),
        ('op.alter_column("area", "name", nullable=False, schema=schema)', "expand"),
        (ADD.format(False, ""), "default"),
        (ADD.format(False, ', server_default=sa.text("gen_random_uuid()::text")'), "rewrite"),
        ('op.alter_column("area", "name", type_=sa.BigInteger(), schema=schema)', "rewrite"),
        (
            'op.add_column("area", sa.Column("n", sa.Text(), sa.Computed("name", persisted=True)), schema=schema)',
            "rewrite",
        ),
        ('op.create_unique_constraint("area_name_key", "area", ["name"], schema=schema)', "narrow"),
        ('op.create_check_constraint("area_n_check", "area", "name <> 1", schema=schema)', "narrow"),
        ('op.create_index("area_n_idx", "area", ["name"], unique=True, schema=schema)', "narrow"),
        ('for n in range(5): op.create_index(f"i{n}", "area", ["name"], schema=schema)', "indexes"),
        ('op.create_index("i", "area", ["name"])', "schema"),
        ('op.execute("UPDATE area SET name = NULL")', "schema"),
        ('op.drop_index("i", table_name="area")', "schema"),
        ('op.execute(f"CREATE INDEX CONCURRENTLY i ON {schema}.area (name)")', "never"),
        ('op.execute("COMMIT")', "never"),
        ('op.execute(f"GRANT SELECT ON {schema}.area TO PUBLIC")', "never"),
        ('op.execute(f"CREATE FUNCTION {schema}.f() RETURNS int RETURN 1")', "never"),
        ('op.execute("DO $$ BEGIN END $$")', "never"),
        ('op.execute(f"CLUSTER {schema}.area")', "known"),
        (
            'for row in op.get_bind().execute(sa.text("SELECT 1")): op.execute(f"UPDATE {schema}.area SET name = 1")',
            "rows",
        ),
        ('rows = op.get_bind().exec_driver_sql("SELECT 1")', "rows"),
    ],
)
def test_what_breaks_a_rule_is_found(body: str, rule: str) -> None:
    assert rule in rules_of(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ADD.format(True, ""), {}),
        (ADD.format(False, ', server_default=""'), {}),
        (('op.create_table("team", sa.Column("x", sa.Text(), nullable=False), schema=schema)\n'
         'op.create_index("team_x_key", "team", ["x"], unique=True, schema=schema)'), {}),
        ('op.create_index("i", "area", ["name"], schema=schema)', {}),
        ('op.execute(f"UPDATE {schema}.area SET name = upper(name) WHERE name IS NULL")', {}),
        ('op.alter_column("area", "name", type_=sa.BigInteger(), schema=schema)', {"rewrites": "it was text"}),
        ('op.create_unique_constraint("k", "area", ["name"], schema=schema)', {"narrows": "it was one anyway"}),
        (('op.drop_constraint("area_n_check", "area", schema=schema)\n'
         'op.create_check_constraint("area_n_check", "area", "name <> 1", schema=schema)'), {}),
        ('op.drop_column("area", "name", schema=schema)', {"phase": "contract", "contracts": "0001"}),
    ],
)  # fmt: skip
def test_what_keeps_the_rules_passes(body: str, said: dict[str, Any]) -> None:
    assert rules_of(body, **said) == set()


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"phase": "later"}, "stated"),
        ({"release": None}, "stated"),
        ({"release": "soon"}, "stated"),
        ({"serves_without": None}, "stated"),
        ({"phase": "contract"}, "contract"),
        ({"phase": "contract", "contracts": "0007"}, "contract"),
        ({"phase": "contract", "contracts": "0001", "release": "0.9.0"}, "contract"),
        ({"contracts": "0001"}, "contract"),
    ],
)
def test_what_a_migration_does_not_say_is_found(said: dict[str, Any], rule: str) -> None:
    assert rules_of("pass", **said) == {rule}
