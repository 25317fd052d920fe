"""What is uploaded for a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_CALLERS = "('ANONYMOUS', 'RESIDENT', 'STAFF', 'AUDITOR', 'OPERATOR', 'PORTAL')"
_KINDS = "('PDF', 'PNG', 'JPEG', 'OFD', 'DOCX', 'XLSX')"
_REASONS = "('EXPIRED', 'INCOMPLETE', 'NOT_WHAT_IT_SAYS', 'DAMAGED', 'ENCRYPTED', 'ACTIVE_CONTENT', 'TOO_BIG_INSIDE')"


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("material_code", sa.Text(collation="C"), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supplied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.CheckConstraint("purpose IN ('MATERIAL', 'RESULT', 'OTHER')", name="upload_purpose_check"),
        sa.CheckConstraint(f"kind IN {_KINDS}", name="upload_kind_check"),
        sa.CheckConstraint("state IN ('PENDING', 'STORED', 'REJECTED', 'ERASED')", name="upload_state_check"),
        sa.CheckConstraint(f"why IN {_REASONS}", name="upload_why_check"),
        sa.CheckConstraint(f"by_kind IN {_CALLERS}", name="upload_by_kind_check"),
        sa.CheckConstraint("size > 0", name="upload_size_check"),
        sa.CheckConstraint("(state = 'REJECTED') = (why IS NOT NULL)", name="upload_reason_check"),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="upload_case_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="upload_pkey"),
        schema=schema,
    )
    op.create_index("upload_case_idx", "upload", ["case_id", "id"], schema=schema)
    op.create_table(
        "file_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("by_kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('FILE', 'RECEIPT')", name="file_address_kind_check"),
        sa.CheckConstraint(f"by_kind IN {_CALLERS}", name="file_address_by_kind_check"),
        sa.CheckConstraint("(kind = 'FILE') = (upload_id IS NOT NULL)", name="file_address_file_check"),
        sa.CheckConstraint("(kind = 'RECEIPT') = (receipt IS NOT NULL)", name="file_address_receipt_check"),
        sa.ForeignKeyConstraint(["case_id"], [f"{schema}.cases.id"], name="file_address_case_id_fkey"),
        sa.ForeignKeyConstraint(["upload_id"], [f"{schema}.upload.id"], name="file_address_upload_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="file_address_pkey"),
        schema=schema,
    )
