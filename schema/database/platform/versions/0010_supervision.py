"""When each district's duties are due to be looked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "district", sa.Column("duties_due_at", sa.DateTime(timezone=True), nullable=True), schema="platform"
    )


def downgrade() -> None:
    op.drop_column("district", "duties_due_at", schema="platform")
