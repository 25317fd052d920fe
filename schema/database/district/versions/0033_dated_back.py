"""Cases whose clock counts from the day of receipt, since nobody answered in time: which day that was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("cases", sa.Column("counts_from", sa.Date(), nullable=True), schema=schema)
