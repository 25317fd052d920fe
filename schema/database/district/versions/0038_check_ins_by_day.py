"""Check-ins by the day on which they were due, beside the acts of a delegation, in one index of both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = True  # the same is counted without it, by reading more


def upgrade(op: Operations, *, schema: str) -> None:
    op.drop_index("case_event_delegation_idx", table_name="case_event", schema=schema)
    op.create_index(
        "case_event_delegation_idx",
        "case_event",
        ["delegation_id", "due_on"],
        schema=schema,
        postgresql_where=sa.text("delegation_id IS NOT NULL OR due_on IS NOT NULL"),
    )
