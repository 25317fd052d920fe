"""How many minutes of a ticket's service lay outside the point's hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("ticket", sa.Column("overtime_minutes", sa.BigInteger(), nullable=True), schema=schema)
