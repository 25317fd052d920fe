"""One-time notices say how they were given, how and where to supply what is missing, and who acknowledged them.

Those of visits can be printed. Tasks at the door keep who signed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "all columns are new and empty, and what is empty fits; an address may be one of a visit instead"

_CHANNELS = "('COUNTER', 'ONLINE', 'PHONE', 'DOOR', 'PAPER')"
_ACKNOWLEDGED = (
    "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)"
    " AND (acknowledged_to IS NULL) = (coalesce(acknowledged_by, 'APPLICANT') = 'APPLICANT')"
)
_TOLD_MORE = (
    "(told IS NOT NULL OR"
    " num_nonnulls(told_by, told_channel, told_how, told_where_id, told_until, told_papers) = 0)"
    " AND (told_signed_at IS NULL) = (told_signed_to IS NULL) AND (told_signed_at IS NULL OR told IS NOT NULL)"
)
_OF = "(case_id IS NULL) <> (visit_id IS NULL) AND (visit_id IS NULL OR kind = 'RECEIPT')"
_SIGNED = "signed_at IS NOT NULL OR num_nonnulls(signed_by_sealed, signed_by_masked, signature_file_id) = 0"
_CHECKS = (
    ("notice", "channel", f"channel IN {_CHANNELS}"),
    ("notice", "acknowledged_by", "acknowledged_by IN ('APPLICANT', 'REPRESENTATIVE', 'AT_COUNTER')"),
    ("notice", "acknowledged", _ACKNOWLEDGED),
    ("visit", "told_channel", f"told_channel IN {_CHANNELS}"),
    ("visit", "told_more", _TOLD_MORE),
    ("file_address", "of", _OF),
    ("orders", "signed", _SIGNED),
)
_TARGETS = (
    ("notice", "where_id", "service_point"),
    ("notice", "acknowledged_to", "staff"),
    ("visit", "told_by", "staff"),
    ("visit", "told_where_id", "service_point"),
    ("visit", "told_signed_to", "staff"),
    ("file_address", "visit_id", "visit"),
    ("orders", "signature_file_id", "upload"),
)


def _columns() -> tuple[tuple[str, sa.Column[object]], ...]:
    moment = sa.DateTime(timezone=True)
    return (
        ("notice", sa.Column("channel", sa.Text(), nullable=True)),
        ("notice", sa.Column("how", sa.Text(), nullable=True)),
        ("notice", sa.Column("where_id", sa.Uuid(), nullable=True)),
        ("notice", sa.Column("acknowledged_at", moment, nullable=True)),
        ("notice", sa.Column("acknowledged_by", sa.Text(), nullable=True)),
        ("notice", sa.Column("acknowledged_to", sa.Uuid(), nullable=True)),
        ("visit", sa.Column("told_by", sa.Uuid(), nullable=True)),
        ("visit", sa.Column("told_channel", sa.Text(), nullable=True)),
        ("visit", sa.Column("told_how", sa.Text(), nullable=True)),
        ("visit", sa.Column("told_where_id", sa.Uuid(), nullable=True)),
        ("visit", sa.Column("told_until", sa.Date(), nullable=True)),
        ("visit", sa.Column("told_papers", JSONB(none_as_null=True), nullable=True)),
        ("visit", sa.Column("told_signed_at", moment, nullable=True)),
        ("visit", sa.Column("told_signed_to", sa.Uuid(), nullable=True)),
        ("file_address", sa.Column("visit_id", sa.Uuid(), nullable=True)),
        ("orders", sa.Column("signed_by_sealed", sa.LargeBinary(), nullable=True)),
        ("orders", sa.Column("signed_by_masked", sa.Text(), nullable=True)),
        ("orders", sa.Column("signed_at", moment, nullable=True)),
        ("orders", sa.Column("signature_file_id", sa.Uuid(), nullable=True)),
    )


def upgrade(op: Operations, *, schema: str) -> None:
    for table, column in _columns():
        op.add_column(table, column, schema=schema)
    op.alter_column("file_address", "case_id", nullable=True, schema=schema)
    for table, column, target in _TARGETS:
        op.create_foreign_key(
            f"{table}_{column}_fkey",
            table,
            target,
            [column],
            ["id"],
            source_schema=schema,
            referent_schema=schema,
        )
    for table, name, check in _CHECKS:
        op.create_check_constraint(op.f(f"{table}_{name}_check"), table, check, schema=schema)
