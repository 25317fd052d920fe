"""What the fleet knows of its districts beside their revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "district",
        sa.Column("code_from", sa.Text(), server_default="0001", nullable=False),
        schema="platform",
    )
    op.create_table(
        "fleet_finding",
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('MIGRATION', 'DRIFT')", name=op.f("fleet_finding_kind_check")),
        sa.PrimaryKeyConstraint("slug", "kind", name=op.f("fleet_finding_pkey")),
        schema="platform",
    )


def downgrade() -> None:
    op.drop_table("fleet_finding", schema="platform")
    op.drop_column("district", "code_from", schema="platform")
