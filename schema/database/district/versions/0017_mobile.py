"""WeChat of residents, and enterprise WeChat of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("resident", sa.Column("wechat_sealed", sa.LargeBinary(), nullable=True), schema=schema)
    op.add_column(
        "resident", sa.Column("wechat_since", sa.DateTime(timezone=True), nullable=True), schema=schema
    )
    op.add_column("staff", sa.Column("wecom_sealed", sa.LargeBinary(), nullable=True), schema=schema)
    op.add_column("staff", sa.Column("wecom_masked", sa.Text(), nullable=True), schema=schema)
