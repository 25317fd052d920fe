"""What a turn on the rota is for, when visitors came in, and numbers from terminals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
narrows = "what a turn on the rota is for stands in a new column; null passes"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("visit", sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True), schema=schema)
    for table, column in (
        ("visit", "guide_id"),
        ("ticket", "issued_by"),
    ):  # there may be nobody but a terminal
        op.alter_column(table, column, nullable=True, schema=schema)
    op.add_column("guide_shift", sa.Column("kind", sa.Text(), nullable=True), schema=schema)
    op.create_check_constraint(
        op.f("guide_shift_kind_check"), "guide_shift", "kind IN ('GUIDE', 'ON_CALL')", schema=schema
    )
