"""Ratings while a case is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_GRADES = "'VERY_SATISFIED', 'SATISFIED', 'FAIRLY_SATISFIED', 'DISSATISFIED', 'VERY_DISSATISFIED'"


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "interim_rating",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"grade IN ({_GRADES})", name="interim_rating_grade_check"),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="interim_rating_case_id_fkey"),
        sa.PrimaryKeyConstraint("case_id", "rated_on", name="interim_rating_pkey"),
        schema=schema,
    )
