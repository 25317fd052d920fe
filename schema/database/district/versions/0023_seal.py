"""The use of the district's one seal, in the timeline of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds
narrows = "the columns are new and empty; older code writes none of them, and what is empty fits"

_SEALED = sa.text("seal_number IS NOT NULL")


def upgrade(op: Operations, *, schema: str) -> None:
    for name, type_ in (("seal_year", sa.BigInteger()), ("seal_number", sa.BigInteger()), ("seal", JSONB())):
        op.add_column("case_event", sa.Column(name, type_, nullable=True), schema=schema)
    op.create_check_constraint(
        "case_event_seal_check",
        "case_event",
        "num_nulls(seal_year, seal_number, seal) IN (0, 3)",
        schema=schema,
    )
    op.create_index(
        "case_event_seal_key",
        "case_event",
        ["seal_year", "seal_number"],
        unique=True,
        schema=schema,
        postgresql_where=_SEALED,
    )
