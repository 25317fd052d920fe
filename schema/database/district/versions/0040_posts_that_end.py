"""Duties about somebody whose post ends, or ended, with something in hand."""

from __future__ import annotations

from alembic.operations import Operations

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
narrows = "more kinds are let in"

phase = "expand"
release = "0.4.0"
serves_without = False  # this release writes what it lets in

_KINDS = (
    "'YELLOW', 'RED', 'OVERDUE', 'LEGAL_LIMIT', 'PROMISE_DUE', 'PROMISE_BROKEN', 'NOTICE_EXPIRED', "
    "'REVIEW_LATE', 'FEEDBACK_LATE', 'ACCEPTANCE_LATE', 'ANSWER_DUE', 'ANSWER_LATE', 'PAPERS_HELD', "
    "'BATCH_LATE', 'ORDER_IDLE', 'ORDER_STUCK', 'TERMINAL_FAULT', 'VOLUNTEER_WAITING', 'VOLUNTEER_LATE', "
    "'CHECK_IN_DUE', 'CHECK_IN_LATE', 'POST_ENDING', 'POST_ENDED'"
)


def upgrade(op: Operations, *, schema: str) -> None:
    op.drop_constraint(op.f("duty_kind_check"), "duty", schema=schema)
    op.create_check_constraint(op.f("duty_kind_check"), "duty", f"kind IN ({_KINDS})", schema=schema)
