"""Who passed the test of a training."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("training", sa.Column("passed", postgresql.ARRAY(sa.Uuid()), nullable=True), schema=schema)
