"""Operators with separated duties, seals over their trail, quotas, sizes, statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever operated the platform so far kept its districts; `bangban operator add` makes the other two.
    op.add_column(
        "operator", sa.Column("duty", sa.Text(), server_default="SYSTEM", nullable=False), schema="platform"
    )
    op.alter_column("operator", "duty", server_default=None, schema="platform")
    op.create_check_constraint(
        op.f("operator_duty_check"), "operator", "duty IN ('SYSTEM', 'SECURITY', 'AUDIT')", schema="platform"
    )
    op.alter_column("operator", "password_hash", nullable=True, schema="platform")
    op.add_column("operator", sa.Column("token_hash", sa.LargeBinary(), nullable=True), schema="platform")
    op.add_column(
        "operator",
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        schema="platform",
    )
    op.create_unique_constraint(
        op.f("operator_token_hash_key"), "operator", ["token_hash"], schema="platform"
    )
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("audit_seal_pkey")),
        schema="platform",
    )
    for column in (
        sa.Column("quotas", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("suspended_why", sa.Text(), nullable=True),
        sa.Column("live_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("storage_bytes", sa.BigInteger(), nullable=True),
        sa.Column("staff_accounts", sa.BigInteger(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("district", column, schema="platform")
    # Nobody wrote it down: they went live at some time after they were made.
    op.execute("UPDATE platform.district SET live_since = created_at WHERE status <> 'PROVISIONING'")
    op.create_table(
        "statistic",
        sa.Column("district", sa.Text(collation="C"), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "measure IN ('STATE', 'MONTH', 'GRADE', 'DUE')", name=op.f("statistic_measure_check")
        ),
        sa.CheckConstraint("word ~ '^([A-Z_]{2,30}|[0-9]{4}-[0-9]{2})$'", name=op.f("statistic_word_check")),
        sa.PrimaryKeyConstraint("district", "measure", "word", "day", name=op.f("statistic_pkey")),
        schema="platform",
    )


def downgrade() -> None:
    op.drop_table("statistic", schema="platform")
    for column in ("measured_at", "staff_accounts", "storage_bytes", "live_since", "suspended_why", "quotas"):
        op.drop_column("district", column, schema="platform")
    op.drop_table("audit_seal", schema="platform")
    for column in ("token_expires_at", "token_hash", "duty"):
        op.drop_column("operator", column, schema="platform")
