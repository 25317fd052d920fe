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
