"""Orders: what is offered to helpers and taken by one; what helpers have learnt; service cards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.Text(collation="C"),
            sa.Computed("stem || lpad(serial::text, greatest(6, length(serial::text)), '0')", persisted=True),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("offered_to_area_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("service_code", sa.Text(), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_masked", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('CLAIMED', 'DOING', 'FAILED')) <= (holder_id IS NOT NULL)",
            name=op.f("orders_held_check"),
        ),
        sa.CheckConstraint(
            "grade IN ('VERY_SATISFIED', 'SATISFIED', 'FAIRLY_SATISFIED', 'DISSATISFIED', 'VERY_DISSATISFIED')",
            name=op.f("orders_grade_check"),
        ),
        sa.CheckConstraint(
            "kind IN ('NEED', 'CALL_OUT', 'PICKUP', 'DELIVERY', 'CASE')", name=op.f("orders_kind_check")
        ),
        sa.CheckConstraint("state <> 'OPEN' OR holder_id IS NULL", name=op.f("orders_open_check")),
        sa.CheckConstraint(
            "state IN ('OPEN', 'CLAIMED', 'DOING', 'FAILED', 'DONE', 'CANCELLED')",
            name=op.f("orders_state_check"),
        ),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("orders_location_check")),
        sa.CheckConstraint(
            "(window_from IS NULL) = (window_until IS NULL)", name=op.f("orders_window_check")
        ),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("orders_area_id_fkey")),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("orders_case_id_fkey")),
        sa.ForeignKeyConstraint(["holder_id"], [f"{schema}.staff.id"], name=op.f("orders_holder_id_fkey")),
        sa.ForeignKeyConstraint(
            ["offered_to_area_id"], [f"{schema}.area.id"], name=op.f("orders_offered_to_area_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], [f"{schema}.resident.id"], name=op.f("orders_resident_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("orders_pkey")),
        sa.UniqueConstraint("number", name=op.f("orders_number_key")),
        schema=schema,
    )
    op.create_index("orders_area_idx", "orders", ["area_id", "placed_at", "id"], schema=schema)
    op.create_index(
        "orders_case_idx",
        "orders",
        ["case_id"],
        schema=schema,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index("orders_holder_idx", "orders", ["holder_id", "state"], schema=schema)
    op.create_index(
        "orders_open_idx",
        "orders",
        ["offered_to_area_id"],
        schema=schema,
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.create_index("orders_placed_idx", "orders", ["placed_at", "id"], schema=schema)
    op.create_index("orders_resident_idx", "orders", ["resident_id", "placed_at", "id"], schema=schema)
    op.create_table(
        "order_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "from_state IN ('OPEN', 'CLAIMED', 'DOING', 'FAILED', 'DONE', 'CANCELLED')",
            name=op.f("order_event_from_state_check"),
        ),
        sa.CheckConstraint(
            "kind IN ('PLACED', 'CLAIMED', 'ASSIGNED', 'STARTED', 'DONE', 'FAILED', 'RELEASED', 'CANCELLED', 'FELL_THROUGH', 'UNCLAIMED', 'RATED')",
            name=op.f("order_event_kind_check"),
        ),
        sa.CheckConstraint(
            "to_state IN ('OPEN', 'CLAIMED', 'DOING', 'FAILED', 'DONE', 'CANCELLED')",
            name=op.f("order_event_to_state_check"),
        ),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("order_event_area_id_fkey")),
        sa.ForeignKeyConstraint(
            ["order_id"], [f"{schema}.orders.id"], name=op.f("order_event_order_id_fkey")
        ),
        sa.ForeignKeyConstraint(["staff_id"], [f"{schema}.staff.id"], name=op.f("order_event_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("order_event_pkey")),
        schema=schema,
    )
    op.create_index("order_event_order_idx", "order_event", ["order_id", "id"], schema=schema)
    op.create_table(
        "helper_skill",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("all_round", sa.Boolean(), nullable=False),
        sa.Column("themes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("services", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"], [f"{schema}.staff.id"], name=op.f("helper_skill_approved_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], [f"{schema}.staff.id"], name=op.f("helper_skill_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("helper_skill_pkey")),
        schema=schema,
    )
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("trainer", sa.Text(), nullable=False),
        sa.Column("services", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("attendees", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("training_pkey")),
        schema=schema,
    )
    op.create_table(
        "service_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scans", sa.BigInteger(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], [f"{schema}.area.id"], name=op.f("service_card_area_id_fkey")),
        sa.ForeignKeyConstraint(
            ["issued_by"], [f"{schema}.staff.id"], name=op.f("service_card_issued_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], [f"{schema}.staff.id"], name=op.f("service_card_staff_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("service_card_pkey")),
        sa.UniqueConstraint("code", name=op.f("service_card_code_key")),
        schema=schema,
    )
    op.create_index("service_card_batch_idx", "service_card", ["batch", "id"], schema=schema)
