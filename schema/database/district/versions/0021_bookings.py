"""Bookings of places at service points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_STATES = "state IN ('BOOKED', 'CANCELLED', 'ARRIVED', 'MISSED')"
_LIVE = sa.text("state IN ('BOOKED', 'ARRIVED')")


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_no", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(_STATES, name="booking_state_check"),
        sa.CheckConstraint("ends_at > begins_at", name="booking_times_check"),
        sa.CheckConstraint("place_no >= 1", name="booking_place_check"),
        sa.CheckConstraint("(state = 'BOOKED') = (settled_at IS NULL)", name="booking_settled_check"),
        sa.ForeignKeyConstraint(["point_id"], [f"{schema}.service_point.id"], name="booking_point_id_fkey"),
        sa.ForeignKeyConstraint(["resident_id"], [f"{schema}.resident.id"], name="booking_resident_id_fkey"),
        sa.ForeignKeyConstraint(["settled_by"], [f"{schema}.staff.id"], name="booking_settled_by_fkey"),
        sa.PrimaryKeyConstraint("id", name="booking_pkey"),
        schema=schema,
    )
    for name, columns in (
        ("booking_place_key", ["point_id", "begins_at", "place_no"]),
        ("booking_once_key", ["resident_id", "point_id", "day"]),
    ):
        op.create_index(name, "booking", columns, unique=True, schema=schema, postgresql_where=_LIVE)
    op.create_index("booking_begins_idx", "booking", ["begins_at", "id"], schema=schema)
    op.create_index("booking_point_idx", "booking", ["point_id", "begins_at", "id"], schema=schema)
    op.create_index("booking_resident_idx", "booking", ["resident_id", "begins_at", "id"], schema=schema)
