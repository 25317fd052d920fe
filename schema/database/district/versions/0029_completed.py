"""Cases by when they were completed: what indicators of a period count, without a look at all the others.

An index of its own for what somebody has open goes in return: with the state beside it, the list of all that somebody
was asked counts that as well.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = True  # the same is counted without it, by reading more


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_index(
        "cases_completed_idx",
        "cases",
        ["completed_at"],
        schema=schema,
        postgresql_where=sa.text("completed_at IS NOT NULL"),
    )
    for name in ("first_ask_open_idx", "first_ask_owner_idx"):
        op.drop_index(name, table_name="first_ask", schema=schema)
    op.create_index(
        "first_ask_owner_idx",
        "first_ask",
        ["owner_id", "asked_at", "id"],
        schema=schema,
        postgresql_include=["state"],
    )
