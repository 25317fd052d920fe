"""Outreach, and residents' consent to be told of offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_NEEDS = "care_needs <@ ARRAY['ELDERLY', 'WEAK', 'SICK', 'DISABLED', 'HARDSHIP']::text[]"
_REPORTED = (
    "(reported_at IS NULL) = (reached IS NULL)"
    " AND (reached IS NULL) = (questions IS NULL)"
    " AND (reached IS NULL) = (reported_by IS NULL)"
)


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "outreach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("codes", ARRAY(sa.Text()), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("care_needs", ARRAY(sa.Text()), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by", sa.Uuid(), nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("questions", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('MARKET', 'SHOP', 'HOUSEHOLD', 'MEETING')", name="outreach_kind_check"),
        sa.CheckConstraint("audience IN ('PERSON', 'LEGAL_ENTITY')", name="outreach_audience_check"),
        sa.CheckConstraint(_NEEDS, name="outreach_care_needs_check"),
        sa.CheckConstraint("ends_on >= starts_on", name="outreach_days_check"),
        sa.CheckConstraint("reached >= 0 AND questions >= 0", name="outreach_counts_check"),
        sa.CheckConstraint(_REPORTED, name="outreach_reported_check"),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name="outreach_area_id_fkey"),
        sa.ForeignKeyConstraint(["planned_by"], [f"{schema}.staff.id"], name="outreach_planned_by_fkey"),
        sa.ForeignKeyConstraint(["reported_by"], [f"{schema}.staff.id"], name="outreach_reported_by_fkey"),
        sa.PrimaryKeyConstraint("id", name="outreach_pkey"),
        schema=schema,
    )
    op.create_index("outreach_starts_idx", "outreach", ["starts_on", "id"], schema=schema)
    op.create_index("outreach_area_idx", "outreach", ["area_id", "starts_on", "id"], schema=schema)
    op.create_table(
        "interest",
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("themes", ARRAY(sa.Text()), nullable=False),
        sa.Column("care_needs", ARRAY(sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_NEEDS, name="interest_care_needs_check"),
        sa.ForeignKeyConstraint(["resident_id"], [f"{schema}.resident.id"], name="interest_resident_id_fkey"),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name="interest_area_id_fkey"),
        sa.PrimaryKeyConstraint("resident_id", name="interest_pkey"),
        schema=schema,
    )
    op.create_index("interest_area_idx", "interest", ["area_id", "resident_id"], schema=schema)
