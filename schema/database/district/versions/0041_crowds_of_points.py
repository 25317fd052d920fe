"""From when on a queue is a crowd at a point, where that is not as in the district."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
narrows = "both columns are new and empty; older code writes neither, and what is empty fits"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_MOST = {"queue_length": 1000, "wait_minutes": 480}


def upgrade(op: Operations, *, schema: str) -> None:
    for name, most in _MOST.items():
        op.add_column("service_point", sa.Column(name, sa.BigInteger(), nullable=True), schema=schema)
        op.create_check_constraint(
            op.f(f"service_point_{name}_check"),
            "service_point",
            f"{name} BETWEEN 1 AND {most}",
            schema=schema,
        )
