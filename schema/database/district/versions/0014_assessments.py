"""Assessments of service points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "point_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("scores", JSONB(), nullable=False),
        sa.Column("grades", JSONB(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("assessed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("scheme IN ('MATURITY', 'STARS')", name="point_assessment_scheme_check"),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name="point_assessment_total_check"),
        sa.CheckConstraint("valid_until >= assessed_on", name="point_assessment_dates_check"),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name="point_assessment_point_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by"], [f"{schema}.staff.id"], name="point_assessment_assessed_by_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="point_assessment_pkey"),
        schema=schema,
    )
    op.create_index(
        "point_assessment_point_idx",
        "point_assessment",
        ["point_id", "scheme", "assessed_on", "id"],
        schema=schema,
    )
