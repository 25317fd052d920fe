"""Duties of supervision, and the language in which a resident is told of things."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_KINDS = "'YELLOW', 'RED', 'OVERDUE', 'LEGAL_LIMIT', 'PROMISE_DUE', 'PROMISE_BROKEN', 'NOTICE_EXPIRED'"


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="duty_kind_check"),
        sa.CheckConstraint("state IN ('OPEN', 'SETTLED', 'VOID')", name="duty_state_check"),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="duty_case_id_fkey"),
        sa.ForeignKeyConstraint(["settled_by"], [f"{schema}.staff.id"], name="duty_settled_by_fkey"),
        sa.PrimaryKeyConstraint("id", name="duty_pkey"),
        sa.UniqueConstraint("case_id", "kind", "due_on", name="duty_once_key"),
        schema=schema,
    )
    op.create_index("duty_state_idx", "duty", ["state", "raised_at", "id"], schema=schema)
    op.add_column("resident", sa.Column("language", sa.Text(), nullable=True), schema=schema)
