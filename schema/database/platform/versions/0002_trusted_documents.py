"""Trusted documents, and which districts take no others from strangers and portals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trusted_document",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("district", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("trusted_document_sha256_check")),
        sa.PrimaryKeyConstraint("sha256", "district", name=op.f("trusted_document_pkey")),
        schema="platform",
    )
    op.add_column(
        "district",
        sa.Column("trusted_documents_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="platform",
    )


def downgrade() -> None:
    op.drop_column("district", "trusted_documents_only", schema="platform")
    op.drop_table("trusted_document", schema="platform")
