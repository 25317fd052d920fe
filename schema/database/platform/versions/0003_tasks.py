"""Long work that survives its worker, and the trail of what is done on the platform's own side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STATES = "state IN ('WAITING', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED')"


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(collation="C"), nullable=True),
        sa.Column("given", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("halt", sa.Text(), nullable=True),
        sa.Column("problem_zh", sa.Text(), nullable=True),
        sa.Column("problem_en", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(_STATES, name=op.f("task_state_check")),
        sa.CheckConstraint("halt IN ('PAUSE', 'CANCEL')", name=op.f("task_halt_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("task_pkey")),
        schema="platform",
    )
    op.create_index(
        "task_open_idx",
        "task",
        ["asked_at"],
        unique=False,
        schema="platform",
        postgresql_where=sa.text("state IN ('WAITING', 'RUNNING')"),
    )
    op.create_index("task_district_idx", "task", ["district", "asked_at"], unique=False, schema="platform")
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("audit_entry_pkey")),
        sa.UniqueConstraint("id", name=op.f("audit_entry_id_key")),
        schema="platform",
    )
    op.create_index(
        "audit_entry_object_idx", "audit_entry", ["object", "seq"], unique=False, schema="platform"
    )


def downgrade() -> None:
    op.drop_table("audit_entry", schema="platform")
    op.drop_table("task", schema="platform")
