"""The shared form of a bundle as it was filled in, sealed; ``form`` holds what of it may be shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release seals what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column(
        "bundle_application", sa.Column("form_sealed", sa.LargeBinary(), nullable=True), schema=schema
    )
