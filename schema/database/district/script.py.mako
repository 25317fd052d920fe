"""${message}"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic.operations import Operations

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade(op: Operations, *, schema: str, roles: Mapping[str, str]) -> None:
    """``roles`` maps rw, ro and audit to the district's quoted role names, for grants."""
    ${upgrades if upgrades else "pass"}
