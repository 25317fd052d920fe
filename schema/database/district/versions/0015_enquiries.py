"""Questions that residents ask online, and transfers to a team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
narrows = "who asked and which team is meant stand in new columns; null passes, and older code names a person"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_OPEN = sa.text("state <> 'CLOSED'")


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("first_ask", sa.Column("resident_id", sa.Uuid(), nullable=True), schema=schema)
    op.add_column(
        "first_ask", sa.Column("reply_due_at", sa.DateTime(timezone=True), nullable=True), schema=schema
    )
    op.create_foreign_key(
        "first_ask_resident_id_fkey",
        "first_ask",
        "resident",
        ["resident_id"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
    op.create_index("first_ask_resident_idx", "first_ask", ["resident_id", "asked_at", "id"], schema=schema)
    op.create_index("first_ask_open_idx", "first_ask", ["owner_id"], schema=schema, postgresql_where=_OPEN)
    op.alter_column("first_ask_transfer", "to_id", nullable=True, schema=schema)
    op.add_column("first_ask_transfer", sa.Column("to_team_id", sa.Uuid(), nullable=True), schema=schema)
    op.create_foreign_key(
        "first_ask_transfer_to_team_id_fkey",
        "first_ask_transfer",
        "team",
        ["to_team_id"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
    op.create_check_constraint(
        "first_ask_transfer_somebody_check",
        "first_ask_transfer",
        "to_id IS NOT NULL OR to_team_id IS NOT NULL",
        schema=schema,
    )
