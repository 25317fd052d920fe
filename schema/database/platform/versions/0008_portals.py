"""The origins that a district's portals add to those it allows itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "district",
        sa.Column("portal_origins", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        schema="platform",
    )


def downgrade() -> None:
    op.drop_column("district", "portal_origins", schema="platform")
