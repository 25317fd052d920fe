"""Invitations, contacts of staff, portal accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
# Both are of columns that are new, which older code leaves null.
narrows = "the token's kind and its one hash stand in new columns; null passes"

phase = "expand"
release = "0.3.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    for column in (
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_masked", sa.Text(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("portal_origins", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("portal_documents_only", sa.Boolean(), nullable=True),
    ):
        op.add_column("staff", column, schema=schema)
    # Accounts without a password, and those whose owner is to set one by a token.
    op.alter_column("credential", "password_hash", nullable=True, schema=schema)
    op.alter_column("credential", "changed_at", nullable=True, schema=schema)
    for column in (
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("token_kind", sa.Text(), nullable=True),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("former_hash", sa.Text(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("credential", column, schema=schema)
    op.create_check_constraint(
        op.f("credential_token_kind_check"),
        "credential",
        "token_kind IN ('INVITATION', 'RESET')",
        schema=schema,
    )
    op.create_index(
        "credential_token_idx",
        "credential",
        ["token_hash"],
        unique=True,
        schema=schema,
        postgresql_where=sa.text("token_hash IS NOT NULL"),
    )
    op.create_index("refresh_token_session_idx", "refresh_token", ["session_id"], unique=False, schema=schema)
    # Whoever has a password has joined.
    op.execute(
        f'UPDATE "{schema}".staff AS s SET joined_at = c.changed_at'  # noqa: S608 - a checked identifier of ours
        f' FROM "{schema}".credential AS c WHERE c.staff_id = s.id'
    )
