"""What was asked in the work groups of teams, and of projects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "the columns are new and empty, and what is empty fits; channels and kinds let one more in"

_CHECKS = (
    ("first_ask_channel_check", "first_ask", "channel IN ('VISIT', 'CALL', 'LETTER', 'ONLINE', 'GROUP')"),
    ("team_kind_check", "team", "kind IN ('TOWN', 'DEPARTMENT', 'CENTRE', 'PARK', 'PROJECT')"),
)
_GROUP = "num_nulls(team_id, external_number) = CASE channel WHEN 'GROUP' THEN 0 ELSE 2 END"


def upgrade(op: Operations, *, schema: str) -> None:
    for name, table, check in _CHECKS:
        op.drop_constraint(op.f(name), table, schema=schema)
        op.create_check_constraint(op.f(name), table, check, schema=schema)
    op.add_column("first_ask", sa.Column("team_id", sa.Uuid(), nullable=True), schema=schema)
    op.add_column(
        "first_ask", sa.Column("external_number", sa.Text(collation="C"), nullable=True), schema=schema
    )
    op.create_check_constraint(op.f("first_ask_group_check"), "first_ask", _GROUP, schema=schema)
    op.create_index(
        "first_ask_external_key",
        "first_ask",
        ["team_id", "external_number"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("external_number IS NOT NULL"),
    )
    op.add_column("first_ask_answer", sa.Column("recorded_by_id", sa.Uuid(), nullable=True), schema=schema)
    op.add_column(
        "first_ask_answer", sa.Column("banned_phrases", ARRAY(sa.Text()), nullable=True), schema=schema
    )
    for table, column, target in (
        ("first_ask", "team_id", "team"),
        ("first_ask_answer", "recorded_by_id", "staff"),
    ):
        op.create_foreign_key(
            f"{table}_{column}_fkey",
            table,
            target,
            [column],
            ["id"],
            source_schema=schema,
            referent_schema=schema,
        )
