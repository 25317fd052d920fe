"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

phase = "expand"  # or "contract", with contracts = the revision whose release stopped using what goes
release = ""  # the first that has it
serves_without = False  # whether that release also serves a district that has not had it yet


def upgrade(op: Operations, *, schema: str) -> None:
    ${upgrades if upgrades else "pass"}
