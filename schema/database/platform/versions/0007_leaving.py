"""Districts that leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "district", sa.Column("leaving_since", sa.DateTime(timezone=True), nullable=True), schema="platform"
    )
    op.add_column("district", sa.Column("archive", postgresql.JSONB(), nullable=True), schema="platform")


def downgrade() -> None:
    op.drop_column("district", "archive", schema="platform")
    op.drop_column("district", "leaving_since", schema="platform")
