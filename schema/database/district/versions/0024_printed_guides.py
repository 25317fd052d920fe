"""Guides to print, frozen with the versions of their items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_KINDS = "'LICENCE', 'PAYMENT', 'CONFIRMATION', 'REWARD', 'RULING', 'OTHER_POWER', 'PUBLIC_SERVICE'"


def upgrade(op: Operations, *, schema: str) -> None:
    op.create_table(
        "printed_guide",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("items", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kinds <@ ARRAY[{_KINDS}]::text[]", name="printed_guide_kinds_check"),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to > effective_from", name="printed_guide_effective_check"
        ),
        sa.CheckConstraint("cardinality(items) > 0", name="printed_guide_items_check"),
        sa.PrimaryKeyConstraint("id", name="printed_guide_pkey"),
        sa.UniqueConstraint("code", "version", name="printed_guide_version_key"),
        schema=schema,
    )
