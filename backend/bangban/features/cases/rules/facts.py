"""What the rules of casework look at: frozen facts about one case, who acts on it, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    Grade,
    HelpKind,
    MaterialState,
)
from bangban.kernel.clock import CaseClock, WorkingCalendar

APPLICANT_WORD = "申请人"  # a timeline names staff, never the applicant

BEFORE_ACCEPTANCE = frozenset({CaseState.SUBMITTED, CaseState.PRE_CHECKING, CaseState.AWAITING_MATERIALS})
BEING_DONE = frozenset({CaseState.ACCEPTED, CaseState.IN_PROGRESS})
AFTER_ACCEPTANCE = BEING_DONE | {CaseState.SUSPENDED}
LIVE = BEFORE_ACCEPTANCE | AFTER_ACCEPTANCE  # somebody is working on it; COMPLETED only waits for a rating
FINAL = frozenset({CaseState.CLOSED, CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED})


class EventKind(StrEnum):
    """What happened to a case 办件事件."""

    SUBMITTED = "SUBMITTED"  # 申请
    PRE_CHECKED = "PRE_CHECKED"  # 初审通过
    NOTICE_ISSUED = "NOTICE_ISSUED"  # 一次性告知
    MATERIALS_SUPPLIED = "MATERIALS_SUPPLIED"  # 补交材料
    ACCEPTED = "ACCEPTED"  # 受理
    COMPLETED = "COMPLETED"  # 办结
    RATED = "RATED"  # 评价
    RATED_DURING = "RATED_DURING"  # 边办边评
    DECLINED = "DECLINED"  # 不予受理
    WITHDRAWN = "WITHDRAWN"  # 撤回
    SUSPENDED = "SUSPENDED"  # 中止
    RESUMED = "RESUMED"  # 恢复办理
    TERMINATED = "TERMINATED"  # 终止
    HANDED_OVER = "HANDED_OVER"  # 交接(待接收)
    TAKEN_OVER = "TAKEN_OVER"  # 接收
    RETURNED = "RETURNED"  # 退回
    EXPIRED = "EXPIRED"  # 交接超时退回
    RECALLED = "RECALLED"  # 收回交接
    AUTHORISED = "AUTHORISED"  # 续办委托
    AUTHORISATION_REVOKED = "AUTHORISATION_REVOKED"  # 撤销委托
    PROMISE_CLEARED = "PROMISE_CLEARED"  # 恢复容缺资格
    NEXT_ACKNOWLEDGED = "NEXT_ACKNOWLEDGED"  # 已知悉后续事项
    PAPERS_TAKEN = "PAPERS_TAKEN"  # 代收材料
    PAPERS_FORWARDED = "PAPERS_FORWARDED"  # 转交材料
    PAPERS_RETURNED = "PAPERS_RETURNED"  # 退还材料
    PROXY_USED = "PROXY_USED"  # 代操作


CHECKS: Final = frozenset(
    {EventKind.SUBMITTED, EventKind.PRE_CHECKED, EventKind.NOTICE_ISSUED, EventKind.MATERIALS_SUPPLIED}
)
"""What decides whether the papers that are there have been looked at."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a member of staff, or the applicant of the very case (which the service has made sure of)."""

    id: UUID
    staff_name: str | None = None  # None for the applicant

    @property
    def is_staff(self) -> bool:
        return self.staff_name is not None

    @property
    def shown(self) -> str:
        """The actor as a timeline names it."""
        return APPLICANT_WORD if self.staff_name is None else self.staff_name


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """When something happens; ``today`` is the day in the district's time zone."""

    at: datetime
    today: date
    calendar: WorkingCalendar


@dataclass(frozen=True, kw_only=True)
class Material:
    """One material of a case. What is core in the catalog is never tolerable here."""

    code: str
    name: str
    required: bool
    tolerable: bool
    state: MaterialState
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The latest one-time notice; ``ordinal`` above 1 is a breach on record."""

    ordinal: int
    missing: tuple[str, ...]
    reasons: Mapping[str, str]
    issued_at: datetime
    issued_by: UUID
    deadline: date | None


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """The promise to supply tolerable materials; open until ``fulfilled_at`` is set. ``cleared_at``: bars no longer."""

    missing: tuple[str, ...]
    promised_by: date
    agreed_at: datetime
    fulfilled_at: datetime | None = None
    cleared_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Authorisation:
    """A power of attorney 委托书; ``valid_until`` is its last day."""

    scope: frozenset[AuthorisationScope]
    valid_until: date
    given_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Handover:
    """The hand-over that is open. Until it ends, ``from_id`` holds the case and answers for it."""

    from_id: UUID
    to_id: UUID
    reason: str
    offered_at: datetime
    taken_at: datetime | None = None
    returned_at: datetime | None = None
    return_reason: str | None = None

    @property
    def pending(self) -> bool:
        return self.taken_at is None and self.returned_at is None


@dataclass(frozen=True, kw_only=True)
class Rating:
    """The applicant's rating."""

    grade: Grade
    comment: str | None
    rated_at: datetime


@dataclass(frozen=True, kw_only=True)
class InterimRating(Rating):
    """A rating given while the case was open; ``rated_on`` is the day in the district's time zone."""

    rated_on: date


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """Everything about one case that a rule may look at or change."""

    state: CaseState
    help: HelpKind
    holder_id: UUID
    first_asked_id: UUID
    materials: tuple[Material, ...]
    promised_days: int  # working days
    clock: CaseClock | None = None  # from acceptance on
    notice: Notice | None = None
    tolerance: Tolerance | None = None
    authorisation: Authorisation | None = None
    handover: Handover | None = None  # the open one, or the one that this act ended
    rating: Rating | None = None
    interim_rating: InterimRating | None = None  # the latest; loaded only for another one
    in_hall: bool = False  # filed at a hall's window, with the applicant there
    trips: int | None = None  # how often the applicant came; None where nobody counted
    next_acknowledged_at: datetime | None = None
    papers_out: int = 0  # originals and copies of the applicant's in people's hands
    last_check: EventKind | None = None  # the latest of CHECKS
    suspended_from: CaseState | None = None
    accepted_at: datetime | None = None
    completed_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: CaseOutcome | None = None
    opinion: str | None = None
    result_number: str | None = None
    decision_basis: str | None = None

    @property
    def handover_pending(self) -> bool:
        return self.handover is not None and self.handover.pending

    @property
    def tolerance_open(self) -> bool:
        return self.tolerance is not None and self.tolerance.fulfilled_at is None


def said(text: str | None) -> str | None:
    """Free text without the blanks around it; None where nothing was said."""
    return (text or "").strip() or None
