"""Ratings while a case is open, and coaching among trainings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "both columns are new and empty; older code writes neither, and what is empty fits"

_GRADES = "'VERY_SATISFIED', 'SATISFIED', 'FAIRLY_SATISFIED', 'DISSATISFIED', 'VERY_DISSATISFIED'"
_SERVED = "(kind IS NOT DISTINCT FROM 'COACHING') = (served IS NOT NULL) AND coalesce(served > 0, true)"


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
    op.add_column("training", sa.Column("kind", sa.Text(), nullable=True), schema=schema)
    op.add_column("training", sa.Column("served", sa.BigInteger(), nullable=True), schema=schema)
    for name, check in (
        ("kind", "kind IN ('TRAINING', 'COACHING')"),
        ("served", _SERVED),
    ):
        op.create_check_constraint(f"training_{name}_check", "training", check, schema=schema)
