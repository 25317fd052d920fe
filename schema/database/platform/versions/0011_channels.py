"""Statistics by channel."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE = "'STATE', 'MONTH', 'GRADE', 'DUE'"


def upgrade() -> None:
    _measures(f"{_BEFORE}, 'CHANNEL'")


def downgrade() -> None:
    op.execute("DELETE FROM platform.statistic WHERE measure = 'CHANNEL'")
    _measures(_BEFORE)


def _measures(words: str) -> None:
    name = op.f("statistic_measure_check")
    op.drop_constraint(name, "statistic", schema="platform")
    op.create_check_constraint(name, "statistic", f"measure IN ({words})", schema="platform")
