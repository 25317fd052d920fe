"""What the rules of casework look at: frozen facts about one case, who acts on it, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from bangban.features.cases.rules.papers import Papers
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    EventKind,
    Grade,
    HelpKind,
    MaterialState,
    NoticeChannel,
    NoticeSigner,
    ResultStanding,
)
from bangban.kernel.clock import CaseClock, WorkingCalendar
from bangban.kernel.identifiers import free_words

APPLICANT_WORD = "申请人"  # a timeline names staff, never the applicant

BEFORE_ACCEPTANCE = frozenset({CaseState.SUBMITTED, CaseState.PRE_CHECKING, CaseState.AWAITING_MATERIALS})
BEING_DONE = frozenset({CaseState.ACCEPTED, CaseState.IN_PROGRESS})
AFTER_ACCEPTANCE = BEING_DONE | {CaseState.SUSPENDED}
LIVE = BEFORE_ACCEPTANCE | AFTER_ACCEPTANCE  # somebody is working on it; COMPLETED only waits for a rating
FINAL = frozenset({CaseState.CLOSED, CaseState.DECLINED, CaseState.WITHDRAWN, CaseState.TERMINATED})


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
class Supplying:
    """How a notice is given, and how and where what it names can be supplied (DOMAIN B03)."""

    channel: NoticeChannel | None = None
    how: str | None = None
    where_id: UUID | None = None  # a service point that takes the item


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The latest one-time notice; ``ordinal`` above 1 is a breach on record.

    ``acknowledged_to`` is who of the staff saw the signature, or signed for the applicant.
    """

    ordinal: int
    missing: tuple[str, ...]
    reasons: Mapping[str, str]
    issued_at: datetime
    issued_by: UUID
    deadline: date | None
    supplying: Supplying = Supplying()
    acknowledged_at: datetime | None = None
    acknowledged_by: NoticeSigner | None = None
    acknowledged_to: UUID | None = None


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
    """The hand-over that is open. Until it ends, ``from_id`` holds the case and answers for it.

    ``papers`` of the applicant's, which ``from_id`` has in hand, go with the case when it is taken.
    """

    from_id: UUID
    to_id: UUID
    reason: str
    offered_at: datetime
    papers: tuple[Papers, ...] = ()
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
    licence: bool = False  # 行政许可, for which the law limits the time to answer
    received_on: date | None = None  # the district's day on which it came in, or what a notice had asked for
    counts_from: date | None = None  # that day, once it counts as accepted from it
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
    tracked: bool = False  # helped in the mode TRACKING
    check_in_due_on: date | None = None  # of a tracked case; before its first one by old rules there is none
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
    result_standing: ResultStanding | None = None  # of a result that was issued with a condition
    result_held: bool = False  # once there is one, it waits for those of other cases
    note: str | None = None

    @property
    def handover_pending(self) -> bool:
        return self.handover is not None and self.handover.pending

    @property
    def tolerance_open(self) -> bool:
        return self.tolerance is not None and self.tolerance.fulfilled_at is None

    @property
    def conditional(self) -> bool:
        """Whether its result stands on condition that promised materials come (DOMAIN D10)."""
        return self.result_standing is ResultStanding.CONDITIONAL


def with_words_of_applicant(case: CaseFacts, text: str | None, *, fields: tuple[str, ...]) -> CaseFacts:
    """The case with what its applicant says now after what they said before.

    There it is erased with the rest of what is theirs, which an event or the trail could not be.

    Raises:
        InvalidInput, NumberInText: As ``free_words``.
    """
    words = free_words(text, fields=fields)
    return case if words is None else replace(case, note="\n".join(filter(None, [case.note, words])))
