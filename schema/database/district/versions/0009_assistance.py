"""Authorisation, custody, first-asked records and the words that are banned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
# All are of columns that are new, which older code leaves null.
narrows = "the numbers of papers out and of trips stand in new columns; null passes"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    _cases(op, schema)
    _custody(op, schema)
    _first_asks(op, schema)


def _cases(op: Operations, schema: str) -> None:
    for column in (
        sa.Column("papers_out", sa.BigInteger(), nullable=True),
        sa.Column("trips", sa.BigInteger(), nullable=True),
        sa.Column("mode_fields", postgresql.JSONB(), nullable=True),
        sa.Column("mode_fields_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("next_acknowledged_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("cases", column, schema=schema)
    op.create_check_constraint("cases_counts_check", "cases", "papers_out >= 0 AND trips >= 0", schema=schema)
    for table, name in (("tolerance", "cleared_at"), ("case_authorisation", "revoked_at")):
        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True), nullable=True), schema=schema)


def _custody(op: Operations, schema: str) -> None:
    op.create_table(
        "custody_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("originals", sa.BigInteger(), nullable=False),
        sa.Column("copies", sa.BigInteger(), nullable=False),
        sa.Column("from_staff_id", sa.Uuid(), nullable=True),
        sa.Column("from_area_id", sa.Uuid(), nullable=True),
        sa.Column("to_staff_id", sa.Uuid(), nullable=True),
        sa.Column("to_area_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('TAKEN', 'FORWARDED', 'RETURNED')", name="custody_entry_kind_check"),
        sa.CheckConstraint(
            "originals >= 0 AND copies >= 0 AND originals + copies > 0", name="custody_entry_counts_check"
        ),
        sa.CheckConstraint(
            "num_nonnulls(from_staff_id, from_area_id) = (kind <> 'TAKEN')::integer",
            name="custody_entry_giver_check",
        ),
        sa.CheckConstraint(
            "num_nonnulls(to_staff_id, to_area_id) = (kind <> 'RETURNED')::integer",
            name="custody_entry_receiver_check",
        ),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="custody_entry_case_id_fkey"),
        sa.ForeignKeyConstraint(
            ["from_staff_id"], [f"{schema}.staff.id"], name="custody_entry_from_staff_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["from_area_id"], [f"{schema}.area.id"], name="custody_entry_from_area_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"], [f"{schema}.staff.id"], name="custody_entry_to_staff_id_fkey"
        ),
        sa.ForeignKeyConstraint(["to_area_id"], [f"{schema}.area.id"], name="custody_entry_to_area_id_fkey"),
        sa.ForeignKeyConstraint(["by_id"], [f"{schema}.staff.id"], name="custody_entry_by_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="custody_entry_pkey"),
        schema=schema,
    )
    op.create_index("custody_entry_case_idx", "custody_entry", ["case_id", "id"], schema=schema)


def _first_asks(op: Operations, schema: str) -> None:
    op.create_table(
        "first_ask",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column(
            "number",
            sa.Text(collation="C"),
            sa.Computed("stem || lpad(serial::text, greatest(6, length(serial::text)), '0')", persisted=True),
            nullable=False,
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("within_duty", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("handler_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("asker_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asker_masked", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('VISIT', 'CALL', 'LETTER', 'ONLINE')", name="first_ask_channel_check"
        ),
        sa.CheckConstraint(
            "state IN ('RECEIVED', 'HANDLING', 'TRANSFERRED', 'FOLLOWING', 'ANSWERED', 'CLOSED')",
            name="first_ask_state_check",
        ),
        sa.CheckConstraint("(state = 'CLOSED') = (closed_at IS NOT NULL)", name="first_ask_closed_check"),
        sa.CheckConstraint("state <> 'CLOSED' OR outcome IS NOT NULL", name="first_ask_outcome_check"),
        *(
            sa.ForeignKeyConstraint([column], [f"{schema}.{table}.id"], name=f"first_ask_{column}_fkey")
            for column, table in (
                ("owner_id", "staff"),
                ("handler_id", "staff"),
                ("area_id", "area"),
                ("case_id", "cases"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="first_ask_pkey"),
        sa.UniqueConstraint("number", name="first_ask_number_key"),
        schema=schema,
    )
    for name, columns in (
        ("asked", ["asked_at", "id"]),
        ("area", ["area_id", "asked_at", "id"]),
        ("owner", ["owner_id", "asked_at", "id"]),
        ("handler", ["handler_id", "asked_at", "id"]),
    ):
        op.create_index(f"first_ask_{name}_idx", "first_ask", columns, schema=schema)
    op.create_index(
        "first_ask_case_idx",
        "first_ask",
        ["case_id"],
        schema=schema,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_table(
        "first_ask_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_ask_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "taken_at IS NULL OR returned_at IS NULL", name="first_ask_transfer_ended_once_check"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{schema}.{table}.id"], name=f"first_ask_transfer_{column}_fkey"
            )
            for column, table in (("first_ask_id", "first_ask"), ("from_id", "staff"), ("to_id", "staff"))
        ),
        sa.PrimaryKeyConstraint("id", name="first_ask_transfer_pkey"),
        schema=schema,
    )
    still_open = sa.text("taken_at IS NULL AND returned_at IS NULL")
    op.create_index(
        "first_ask_transfer_open_key",
        "first_ask_transfer",
        ["first_ask_id"],
        unique=True,
        schema=schema,
        postgresql_where=still_open,
    )
    op.create_index(
        "first_ask_transfer_of_idx", "first_ask_transfer", ["first_ask_id", "offered_at"], schema=schema
    )
    op.create_index(
        "first_ask_transfer_to_idx",
        "first_ask_transfer",
        ["to_id"],
        schema=schema,
        postgresql_where=still_open,
    )
    op.create_table(
        "first_ask_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_ask_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{schema}.{table}.id"], name=f"first_ask_answer_{column}_fkey"
            )
            for column, table in (("first_ask_id", "first_ask"), ("author_id", "staff"))
        ),
        sa.PrimaryKeyConstraint("id", name="first_ask_answer_pkey"),
        schema=schema,
    )
    op.create_index("first_ask_answer_of_idx", "first_ask_answer", ["first_ask_id", "id"], schema=schema)
