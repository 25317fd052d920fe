"""The matter of the catalog that a question asked online is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
narrows = "the column is new and empty; older code does not write it"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("first_ask", sa.Column("service_item_id", sa.Uuid(), nullable=True), schema=schema)
    op.create_foreign_key(
        op.f("first_ask_service_item_id_fkey"),
        "first_ask",
        "service_item",
        ["service_item_id"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
