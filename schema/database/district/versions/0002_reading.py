"""Indexes for lists of any length; numbers past the millionth case."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.2.0"
serves_without = True  # the same columns mean the same; without the indexes lists are slower
rewrites = (
    "numbers past the millionth case want another expression, and a generated column has one for all rows"
)
builds = "every way to a page of cases gets the index it follows, and they replace those of 0001"

_NUMBER: Final = "stem || '-' || lpad(serial::text, greatest(6, length(serial::text)), '0')"
_SET_EXPRESSION: Final = 17  # the first PostgreSQL that changes a generated column's expression in its place
_OPEN: Final = sa.text("taken_at IS NULL AND returned_at IS NULL")
_PASSED_ON: Final = sa.text("first_asked_id <> holder_id")
_DUE: Final = sa.text("coalesce(due_ordinal, 2147483647)")
_SUBMITTED: Final = ("submitted_at", "id")
_INDEXES: Final[tuple[tuple[str, list[Any], dict[str, Any]], ...]] = (
    ("cases_due_idx", [_DUE, "id"], {}),
    ("cases_state_due_idx", ["state", _DUE, "id"], {}),
    ("cases_area_idx", ["area_id", "state", *_SUBMITTED], {}),
    ("cases_area_due_idx", ["area_id", "state", _DUE, "id"], {"postgresql_include": ["due_ordinal"]}),
    ("cases_holder_idx", ["holder_id", "state", *_SUBMITTED], {"postgresql_include": ["area_id"]}),
    ("cases_holder_due_idx", ["holder_id", "state", _DUE, "id"], {"postgresql_include": ["due_ordinal"]}),
    (
        "cases_first_asked_idx",
        ["first_asked_id", "state", *_SUBMITTED],
        {"postgresql_include": ["area_id", "holder_id"], "postgresql_where": _PASSED_ON},
    ),
    (
        "cases_first_asked_due_idx",
        ["first_asked_id", "state", _DUE, "id"],
        {"postgresql_include": ["due_ordinal"], "postgresql_where": _PASSED_ON},
    ),
    ("cases_service_idx", ["service_item_id", "state", *_SUBMITTED], {}),
    (
        "cases_letters_idx",
        [sa.text("string_to_array(lower(applicant_name), NULL)")],
        {"postgresql_using": "gin"},
    ),
)


def upgrade(op: Operations, *, schema: str) -> None:
    for name in ("cases_due_idx", "cases_area_idx", "cases_holder_idx", "cases_applicant_idx"):
        op.drop_index(name, table_name="cases", schema=schema)
    _renumber(op, schema)
    for name, columns, options in _INDEXES:
        op.create_index(name, "cases", columns, unique=False, schema=schema, **options)
    op.create_index(
        "handover_to_idx", "handover", ["to_id"], unique=False, schema=schema, postgresql_where=_OPEN
    )
    op.create_index("audit_entry_action_idx", "audit_entry", ["action", "seq"], unique=False, schema=schema)
    op.create_index(
        "area_tree_idx", "area", [sa.text("CAST(path AS TEXT)"), "id"], unique=False, schema=schema
    )
    op.execute(f'ANALYZE "{schema}".cases')  # what is indexed as an expression has no statistics yet


def _renumber(op: Operations, schema: str) -> None:
    """The same numbers up to the millionth case. Rewrites the table, as a generated column's change does."""
    version = op.get_bind().dialect.server_version_info or (0,)  # type: ignore[attr-defined]  # PostgreSQL's has one
    if version[0] >= _SET_EXPRESSION:
        op.execute(f'ALTER TABLE "{schema}".cases ALTER COLUMN number SET EXPRESSION AS ({_NUMBER})')
        return
    op.drop_constraint("cases_number_key", "cases", schema=schema)
    op.drop_column("cases", "number", schema=schema)
    number = sa.Column("number", sa.Text(collation="C"), sa.Computed(_NUMBER, persisted=True), nullable=False)
    op.add_column("cases", number, schema=schema)
    op.create_unique_constraint("cases_number_key", "cases", ["number"], schema=schema)
