"""Applications whose contact is verified, and that run as tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("contact_masked", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="zh-CN", nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        # What the checks before going live found last, for the applicant.
        sa.Column("readiness", JSONB(none_as_null=True), nullable=True),
    ):
        op.add_column("onboarding", column, schema="platform")
    # Nobody was asked for a code before: who waits for a decision waits for it as before.
    op.execute("UPDATE platform.onboarding SET state = 'VERIFIED' WHERE state = 'APPLIED'")


def downgrade() -> None:
    for name in (
        "readiness",
        "digest",
        "reason",
        "code_tries",
        "code_ends_at",
        "code_hash",
        "held_until",
        "language",
        "contact_masked",
    ):
        op.drop_column("onboarding", name, schema="platform")
