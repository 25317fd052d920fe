"""Personal data that is erased when its time is over, and what people ask about theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.3.0"
serves_without = False  # this release reads what it adds

_ERASED = (
    ("cases", "identity_sealed"),
    ("cases", "identity_hash"),
    ("cases", "phone_sealed"),
    ("cases", "phone_hash"),
    ("resident", "phone_sealed"),
    ("resident", "phone_hash"),
)


def upgrade(op: Operations, *, schema: str) -> None:
    for table, column in _ERASED:
        op.alter_column(table, column, existing_type=sa.LargeBinary(), nullable=True, schema=schema)
    op.create_table(
        "data_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("value_masked", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("field IN ('NAME', 'IDENTITY_NUMBER', 'PHONE')", name="data_request_field_check"),
        sa.CheckConstraint("state IN ('OPEN', 'GRANTED', 'REFUSED')", name="data_request_state_check"),
        sa.ForeignKeyConstraint(
            ["resident_id"], [f"{schema}.resident.id"], name="data_request_resident_id_fkey"
        ),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="data_request_case_id_fkey"),
        sa.ForeignKeyConstraint(["decided_by"], [f"{schema}.staff.id"], name="data_request_decided_by_fkey"),
        sa.PrimaryKeyConstraint("id", name="data_request_pkey"),
        schema=schema,
    )
    op.create_index(
        "data_request_open_key",
        "data_request",
        ["case_id", "field"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("state = 'OPEN'"),
    )
