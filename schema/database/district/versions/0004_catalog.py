"""Items remember which text of a template they came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.3.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("service_item", sa.Column("taken_from", JSONB(), nullable=True), schema=schema)
