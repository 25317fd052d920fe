"""Operators with separated duties; quotas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

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


def downgrade() -> None:
    op.drop_column("operator", "duty", schema="platform")
