"""Cases and applications remember which questions led to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "all columns are new and empty; older code writes none of them"

_LED = sa.text("guidance_id IS NOT NULL")


def upgrade(op: Operations, *, schema: str) -> None:
    for table in ("cases", "bundle_application"):
        op.add_column(table, sa.Column("guidance_id", sa.Uuid(), nullable=True), schema=schema)
        op.add_column(table, sa.Column("guidance_end", sa.Text(), nullable=True), schema=schema)
        op.create_foreign_key(
            f"{table}_guidance_id_fkey",
            table,
            "guidance",
            ["guidance_id"],
            ["id"],
            source_schema=schema,
            referent_schema=schema,
        )
    # Applications for several matters are few, and looked through as they are.
    op.create_index("cases_guidance_idx", "cases", ["guidance_id"], schema=schema, postgresql_where=_LED)
