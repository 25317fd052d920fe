"""The order that was placed for a visitor on the spot: what of the proposals for care needs was taken up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
narrows = "the column is new and empty; older code does not write it"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("visit", sa.Column("order_id", sa.Uuid(), nullable=True), schema=schema)
    op.create_foreign_key(
        op.f("visit_order_id_fkey"),
        "visit",
        "orders",
        ["order_id"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
