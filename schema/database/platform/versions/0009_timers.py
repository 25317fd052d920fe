"""Timers in the outbox, and its open rows in the order in which they become due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True), schema="platform")
    op.drop_index("outbox_open_idx", table_name="outbox", schema="platform")
    op.create_index(
        "outbox_open_idx",
        "outbox",
        [sa.text("coalesce(not_before, due_at, '-infinity'::timestamp with time zone)"), "id"],
        unique=False,
        schema="platform",
        postgresql_where=sa.text("done_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("outbox_open_idx", table_name="outbox", schema="platform")
    op.create_index(
        "outbox_open_idx",
        "outbox",
        ["id"],
        unique=False,
        schema="platform",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_column("outbox", "due_at", schema="platform")
