"""Hand-overs with the applicant's papers that go with the case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("handover", sa.Column("papers", JSONB(), nullable=True), schema=schema)
