"""Chief representatives: what a person may decide who works at a unit, and the delegation an act was done by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
narrows = "one more kind of turn on the rota is let in; none that was is shut out"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.drop_constraint(op.f("guide_shift_kind_check"), "guide_shift", schema=schema)
    op.create_check_constraint(
        op.f("guide_shift_kind_check"),
        "guide_shift",
        "kind IN ('GUIDE', 'ON_CALL', 'REPRESENTATIVE')",
        schema=schema,
    )
    for table, column, target in (
        ("delegation", "staff_id", "staff"),
        ("case_event", "delegation_id", "delegation"),
    ):
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True), schema=schema)
        op.create_foreign_key(
            f"{table}_{column}_fkey",
            table,
            target,
            [column],
            ["id"],
            source_schema=schema,
            referent_schema=schema,
        )
    op.create_index(
        "case_event_delegation_idx",
        "case_event",
        ["delegation_id"],
        schema=schema,
        postgresql_where=sa.text("delegation_id IS NOT NULL"),
    )
