"""The last day of a team, and its name in English."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("team", sa.Column("name_en", sa.Text(), nullable=True), schema=schema)
    op.add_column("team", sa.Column("until", sa.Date(), nullable=True), schema=schema)
