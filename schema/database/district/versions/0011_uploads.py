"""What is uploaded for a case."""

from __future__ import annotations

from alembic.operations import Operations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds


def upgrade(op: Operations, *, schema: str) -> None:
    """Filled in with its part."""
