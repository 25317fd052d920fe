"""What messages are about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Template(StrEnum):
    """What a message is about."""

    SIGN_IN_CODE = "sign_in_code"
    ONBOARDING_CODE = "onboarding_code"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a template's name, not a password
    OPERATOR_INVITATION = "operator_invitation"
    NOTICE_ISSUED = "notice_issued"
    CASE_SUBMITTED = "case_submitted"
    CASE_ACCEPTED = "case_accepted"
    CASE_COMPLETED = "case_completed"
    CASE_DECLINED = "case_declined"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_RETURNED = "handover_returned"
    HANDOVER_EXPIRED = "handover_expired"
    CASE_SENT_BACK = "case_sent_back"
    CASE_RATED_DURING = "case_rated_during"
    NEXT_STEPS = "next_steps"
    TRANSFER_OFFERED = "transfer_offered"
    TRANSFER_EXPIRED = "transfer_expired"
    QUESTION_RECEIVED = "question_received"
    QUESTION_ANSWERED = "question_answered"
    QUESTION_LATE = "question_late"
    BUNDLE_ACCEPTED = "bundle_accepted"
    BUNDLE_PART_DONE = "bundle_part_done"
    BUNDLE_PART_REFUSED = "bundle_part_refused"
    BUNDLE_RESULTS_READY = "bundle_results_ready"
    CASE_SUSPENDED = "case_suspended"
    CASE_RESUMED = "case_resumed"
    CASE_TERMINATED = "case_terminated"
    CASE_WITHDRAWN = "case_withdrawn"
    TOLERANCE_DUE = "tolerance_due"
    DUTY_YELLOW = "duty_yellow"
    DUTY_RED = "duty_red"
    DUTY_OVERDUE = "duty_overdue"
    DUTY_LEGAL_LIMIT = "duty_legal_limit"
    DUTY_PROMISE_BROKEN = "duty_promise_broken"
    DUTY_NOTICE_EXPIRED = "duty_notice_expired"
    DUTY_REVIEW_LATE = "duty_review_late"
    DUTY_FEEDBACK_LATE = "duty_feedback_late"
    DUTY_ACCEPTANCE_LATE = "duty_acceptance_late"
    DUTY_ANSWER_DUE = "duty_answer_due"
    DUTY_ANSWER_LATE = "duty_answer_late"
    DUTY_PAPERS_HELD = "duty_papers_held"
    DUTY_BATCH_LATE = "duty_batch_late"
    DUTY_ORDER_IDLE = "duty_order_idle"
    DUTY_ORDER_STUCK = "duty_order_stuck"
    DUTY_TERMINAL_FAULT = "duty_terminal_fault"
    DUTY_VOLUNTEER_WAITING = "duty_volunteer_waiting"
    DUTY_VOLUNTEER_LATE = "duty_volunteer_late"
    DUTY_URGED = "duty_urged"
    DUTIES_GATHERED = "duties_gathered"
    ORDER_OFFERED = "order_offered"
    ORDER_FELL_THROUGH = "order_fell_through"
    ORDER_LEFT_OVER = "order_left_over"
    ORDER_ASSIGNED = "order_assigned"
    ORDER_TAKEN = "order_taken"
    ORDER_DONE = "order_done"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_TRY_FAILED = "order_try_failed"
    ORDER_TRY_AGAIN = "order_try_again"
    ORDER_WINDOW_MISSED = "order_window_missed"
    HALL_QUEUE_LONG = "hall_queue_long"
    HALL_WAIT_LONG = "hall_wait_long"
    BOOKING_MADE = "booking_made"
    CONTACT_ENDING = "contact_ending"
    CONTACT_STALE = "contact_stale"
    TERMINAL_FAULT = "terminal_fault"


@dataclass(frozen=True, slots=True)
class Text:
    """A message in Chinese and in English; facts stand in it by name, in braces."""

    zh: str
    en: str
