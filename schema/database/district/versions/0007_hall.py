"""Visits, tickets and what goes on in a hall."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "guide_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("guide_id", sa.Uuid(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("guide_shift_hours_check")),
        sa.ForeignKeyConstraint(["guide_id"], [f"{schema}.staff.id"], name=op.f("guide_shift_guide_id_fkey")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("guide_shift_point_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("guide_shift_pkey")),
        schema=schema,
    )
    op.create_index(
        "guide_shift_point_idx", "guide_shift", ["point_id", "day", "begins_at"], unique=False, schema=schema
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("guide_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("service_item_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("applicant_kind", sa.Text(), nullable=False),
        sa.Column("visitor_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("visitor_hash", sa.LargeBinary(), nullable=True),
        sa.Column("visitor_masked", sa.Text(), nullable=True),
        sa.Column("care_needs", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("greeted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("papers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("told", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticketed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_window_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NOT NULL) = (state IN ('DONE', 'LEFT', 'REDIRECTED'))",
            name=op.f("visit_ended_check"),
        ),
        sa.CheckConstraint(
            "applicant_kind IN ('PERSON', 'LEGAL_ENTITY')", name=op.f("visit_applicant_kind_check")
        ),
        sa.CheckConstraint(
            "care_needs <@ ARRAY['ELDERLY', 'WEAK', 'SICK', 'DISABLED', 'HARDSHIP']::text[]",
            name=op.f("visit_care_needs_check"),
        ),
        sa.CheckConstraint(
            "state IN ('GREETED', 'TICKETED', 'WAITING', 'AT_WINDOW', 'DONE', 'LEFT', 'REDIRECTED')",
            name=op.f("visit_state_check"),
        ),
        sa.CheckConstraint("(told IS NULL) = (told_at IS NULL)", name=op.f("visit_told_check")),
        sa.CheckConstraint(
            "service_item_id IS NOT NULL OR purpose IS NOT NULL", name=op.f("visit_purpose_check")
        ),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name=op.f("visit_case_id_fkey")),
        sa.ForeignKeyConstraint(["guide_id"], [f"{schema}.staff.id"], name=op.f("visit_guide_id_fkey")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("visit_point_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["service_item_id"], [f"{schema}.service_item.id"], name=op.f("visit_service_item_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("visit_pkey")),
        schema=schema,
    )
    op.create_index(
        "visit_case_idx",
        "visit",
        ["case_id"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        "visit_kept_idx",
        "visit",
        ["day", "id"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("NOT forgotten"),
    )
    op.create_index(
        "visit_live_key",
        "visit",
        ["point_id", "day", "visitor_hash", "queue"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("queue IS NOT NULL"),
    )
    op.create_index("visit_point_idx", "visit", ["point_id", "greeted_at", "id"], unique=False, schema=schema)
    op.create_index("visit_visitor_idx", "visit", ["visitor_hash", "day"], unique=False, schema=schema)
    op.create_table(
        "hall_queue",
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queue", sa.Text(collation="C"), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("hall_queue_point_id_fkey")
        ),
        sa.PrimaryKeyConstraint("point_id", "day", "queue", name=op.f("hall_queue_pkey")),
        schema=schema,
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queue", sa.Text(collation="C"), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column(
            "number",
            sa.Text(collation="C"),
            sa.Computed(
                "queue || '-' || lpad(serial::text, greatest(3, length(serial::text)), '0')", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("advisory", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=True),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('ISSUED', 'CALLED', 'SERVING', 'SERVED', 'NO_SHOW', 'CANCELLED', 'TRANSFERRED')",
            name=op.f("ticket_state_check"),
        ),
        sa.CheckConstraint("serial >= 1", name=op.f("ticket_serial_check")),
        sa.ForeignKeyConstraint(["issued_by"], [f"{schema}.staff.id"], name=op.f("ticket_issued_by_fkey")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("ticket_point_id_fkey")
        ),
        sa.ForeignKeyConstraint(["visit_id"], [f"{schema}.visit.id"], name=op.f("ticket_visit_id_fkey")),
        sa.ForeignKeyConstraint(
            ["window_id"], [f"{schema}.service_window.id"], name=op.f("ticket_window_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ticket_pkey")),
        sa.UniqueConstraint("point_id", "day", "queue", "serial", name="ticket_number_key"),
        schema=schema,
    )
    op.create_index(
        "ticket_called_idx",
        "ticket",
        ["point_id", "day", "called_at"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("called_at IS NOT NULL"),
    )
    op.create_index(
        "ticket_live_key",
        "ticket",
        ["visit_id"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("state IN ('ISSUED', 'CALLED', 'SERVING')"),
    )
    op.create_index("ticket_visit_idx", "ticket", ["visit_id", "issued_at"], unique=False, schema=schema)
    op.create_index(
        "ticket_waiting_idx",
        "ticket",
        ["point_id", "day", "queue", "priority", "queued_at", "serial"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("state = 'ISSUED'"),
    )
    op.create_index(
        "ticket_window_key",
        "ticket",
        ["window_id"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("state IN ('CALLED', 'SERVING')"),
    )
    op.create_table(
        "overtime",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('EVENING', 'NOON', 'APPOINTMENT')", name=op.f("overtime_kind_check")),
        sa.CheckConstraint(
            "outcome <> 'CARRIED_OVER' OR explanation IS NOT NULL", name=op.f("overtime_explanation_check")
        ),
        sa.CheckConstraint("outcome IN ('DONE', 'CARRIED_OVER')", name=op.f("overtime_outcome_check")),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("overtime_ended_check")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("overtime_point_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], [f"{schema}.staff.id"], name=op.f("overtime_requested_by_fkey")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], [f"{schema}.ticket.id"], name=op.f("overtime_ticket_id_fkey")),
        sa.ForeignKeyConstraint(
            ["window_id"], [f"{schema}.service_window.id"], name=op.f("overtime_window_id_fkey")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("overtime_pkey")),
        schema=schema,
    )
    op.create_index(
        "overtime_open_idx",
        "overtime",
        ["point_id"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "hall_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queue", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("measured", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('LENGTH', 'WAIT')", name=op.f("hall_alert_kind_check")),
        sa.ForeignKeyConstraint(["lead_id"], [f"{schema}.staff.id"], name=op.f("hall_alert_lead_id_fkey")),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("hall_alert_point_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("hall_alert_pkey")),
        schema=schema,
    )
    op.create_index(
        "hall_alert_open_key",
        "hall_alert",
        ["point_id", "queue", "kind"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_index(
        "hall_alert_point_idx", "hall_alert", ["point_id", "raised_at", "id"], unique=False, schema=schema
    )
    op.create_table(
        "intake_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.Text(collation="C"),
            sa.Computed(
                "stem || '-' || lpad(serial::text, greatest(4, length(serial::text)), '0')", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=False),
        sa.Column("collector_id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("size >= 2", name=op.f("intake_batch_size_check")),
        sa.ForeignKeyConstraint(
            ["collector_id"], [f"{schema}.staff.id"], name=op.f("intake_batch_collector_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"], [f"{schema}.service_point.id"], name=op.f("intake_batch_point_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], [f"{schema}.service_window.id"], name=op.f("intake_batch_window_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("intake_batch_pkey")),
        sa.UniqueConstraint("number", name=op.f("intake_batch_number_key")),
        schema=schema,
    )
    op.create_index(
        "intake_batch_point_idx",
        "intake_batch",
        ["point_id", "received_at", "id"],
        unique=False,
        schema=schema,
    )
    op.create_table(
        "intake_batch_case",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], [f"{schema}.intake_batch.id"], name=op.f("intake_batch_case_batch_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], [f"{schema}.cases.id"], name=op.f("intake_batch_case_case_id_fkey")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("intake_batch_case_pkey")),
        sa.UniqueConstraint("batch_id", "position", name="intake_batch_case_position_key"),
        schema=schema,
    )
