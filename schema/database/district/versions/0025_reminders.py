"""What leads were told of the contact book, and outreach that was cancelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "all columns are new and empty; older code writes none of them, and what is empty fits"

_CANCELLED = (
    "(cancelled_at IS NULL) = (cancelled_by IS NULL)"
    " AND (cancelled_at IS NULL) = (cancel_reason IS NULL)"
    " AND (cancelled_at IS NULL OR reported_at IS NULL)"
)


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("team", sa.Column("contact_reminded", sa.Text(), nullable=True), schema=schema)
    for column in (
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
    ):
        op.add_column("outreach", column, schema=schema)
    op.create_foreign_key(
        "outreach_cancelled_by_fkey",
        "outreach",
        "staff",
        ["cancelled_by"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
    for table, name, check in (
        ("team", "contact_reminded", "contact_reminded IN ('ENDING', 'STALE')"),
        ("outreach", "cancelled", _CANCELLED),
    ):
        op.create_check_constraint(f"{table}_{name}_check", table, check, schema=schema)
