"""Results that are issued before promised materials are there: how each of them stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "the column is new and empty; older code does not write it, and what is empty fits"


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("cases", sa.Column("result_standing", sa.Text(), nullable=True), schema=schema)
    op.create_check_constraint(
        op.f("cases_result_standing_check"),
        "cases",
        "result_standing IN ('UNCONDITIONAL', 'CONDITIONAL', 'CONDITION_MET', 'WITHDRAWN')",
        schema=schema,
    )
