"""When the applicant of a tracked case hears of it next, whether that was kept, and the duties about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
narrows = "more kinds are let in"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release reads what it adds

_KINDS = (
    "'YELLOW', 'RED', 'OVERDUE', 'LEGAL_LIMIT', 'PROMISE_DUE', 'PROMISE_BROKEN', 'NOTICE_EXPIRED', "
    "'REVIEW_LATE', 'FEEDBACK_LATE', 'ACCEPTANCE_LATE', 'ANSWER_DUE', 'ANSWER_LATE', 'PAPERS_HELD', "
    "'BATCH_LATE', 'ORDER_IDLE', 'ORDER_STUCK', 'TERMINAL_FAULT', 'VOLUNTEER_WAITING', 'VOLUNTEER_LATE', "
    "'CHECK_IN_DUE', 'CHECK_IN_LATE'"
)


def upgrade(op: Operations, *, schema: str) -> None:
    op.add_column("cases", sa.Column("check_in_due_on", sa.Date(), nullable=True), schema=schema)
    op.add_column("case_event", sa.Column("due_on", sa.Date(), nullable=True), schema=schema)
    op.drop_constraint(op.f("duty_kind_check"), "duty", schema=schema)
    op.create_check_constraint(op.f("duty_kind_check"), "duty", f"kind IN ({_KINDS})", schema=schema)
