"""Duties about other things than cases: an order, a batch, a terminal, a volunteer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None
narrows = "more kinds are let in; what a duty is about counts once, as it did for cases"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_KINDS = (
    "'YELLOW', 'RED', 'OVERDUE', 'LEGAL_LIMIT', 'PROMISE_DUE', 'PROMISE_BROKEN', 'NOTICE_EXPIRED', "
    "'REVIEW_LATE', 'FEEDBACK_LATE', 'ACCEPTANCE_LATE', 'ANSWER_DUE', 'ANSWER_LATE', 'PAPERS_HELD', "
    "'BATCH_LATE', 'ORDER_IDLE', 'ORDER_STUCK', 'TERMINAL_FAULT', 'VOLUNTEER_WAITING', 'VOLUNTEER_LATE'"
)


def upgrade(op: Operations, *, schema: str) -> None:
    op.alter_column("duty", "case_id", nullable=True, schema=schema)
    op.add_column("duty", sa.Column("subject_id", sa.Uuid(), nullable=True), schema=schema)
    op.add_column("duty", sa.Column("area_id", sa.Uuid(), nullable=True), schema=schema)
    op.create_foreign_key(
        op.f("duty_area_id_fkey"),
        "duty",
        "area",
        ["area_id"],
        ["id"],
        source_schema=schema,
        referent_schema=schema,
    )
    op.drop_constraint(op.f("duty_kind_check"), "duty", schema=schema)
    op.create_check_constraint(op.f("duty_kind_check"), "duty", f"kind IN ({_KINDS})", schema=schema)
    op.create_check_constraint(
        op.f("duty_about_check"),
        "duty",
        "num_nonnulls(case_id, subject_id) = 1 AND num_nonnulls(case_id, area_id) = 1",
        schema=schema,
    )
    op.drop_constraint("duty_once_key", "duty", schema=schema)
    op.create_index(
        "duty_about_key",
        "duty",
        [sa.text("coalesce(case_id, subject_id)"), "kind", "due_on"],
        unique=True,
        schema=schema,
    )
