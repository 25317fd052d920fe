"""Problems of communities as orders."""

from __future__ import annotations

from alembic.operations import Operations

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
narrows = "one more kind of order is let in, none is kept out"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release writes what it lets in


def upgrade(op: Operations, *, schema: str) -> None:
    op.drop_constraint(op.f("orders_kind_check"), "orders", schema=schema)
    op.create_check_constraint(
        op.f("orders_kind_check"),
        "orders",
        "kind IN ('NEED', 'CALL_OUT', 'PICKUP', 'DELIVERY', 'CASE', 'ISSUE')",
        schema=schema,
    )
