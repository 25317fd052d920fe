"""At which moment a delegation was withdrawn: until then it held for what began on that day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column(
        "delegation", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True), schema=schema
    )
