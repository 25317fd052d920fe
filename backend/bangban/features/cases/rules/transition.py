"""What the rules of casework give back: new facts, event, audit entry and outbox kinds, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from bangban.features.cases.rules.facts import CHECKS, Actor, CaseFacts
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.access.vocabulary import Permission


class Announcement(StrEnum):
    """What the outbox is told; each kind may become a message to somebody."""

    CHANGED = "case.changed"
    SUBMITTED = "case.submitted"
    AUTHORISED = "case.authorised"
    REVIEW_DUE = "case.review-due"  # a timer
    NOTICE = "case.notice"
    ACCEPTED = "case.accepted"
    COMPLETED = "case.completed"
    PROMISED_REJECTED = "case.promised-rejected"
    CONDITION_MET = "case.condition-met"
    RESULT_WITHDRAWN = "case.result-withdrawn"
    DECLINED = "case.declined"
    WITHDRAWN = "case.withdrawn"
    SUSPENDED = "case.suspended"
    RESUMED = "case.resumed"
    TERMINATED = "case.terminated"
    HANDOVER = "case.handover"
    TAKEN_OVER = "case.taken-over"
    HANDOVER_RETURNED = "case.handover-returned"
    HANDOVER_RECALLED = "case.handover-recalled"
    SENT_BACK = "case.sent-back"
    HANDOVER_DUE = "case.handover-due"  # a timer
    HANDOVER_EXPIRED = "case.handover-expired"
    NEXT_STEPS = "case.next-steps"
    CHECK_IN_DUE = "case.check-in-due"  # a timer
    CHECKED_IN = "case.checked-in"
    CHECK_IN_TOLD = "case.check-in-told"  # of some of these the applicant gets a message
    RATED_DURING = "case.rated-during"


UNDECIDED: Final = (
    Announcement.DECLINED,
    Announcement.WITHDRAWN,
    Announcement.TERMINATED,
    Announcement.RESULT_WITHDRAWN,
)
"""With which of them a case ends that came to no decision, or to none that stands."""

ENDINGS: Final = (Announcement.COMPLETED, *UNDECIDED)
"""With which of them a case ends. A result on condition ends it twice where it is withdrawn."""

MOVES: Final = (
    Announcement.TAKEN_OVER,
    Announcement.HANDOVER_RETURNED,
    Announcement.HANDOVER_RECALLED,
    Announcement.HANDOVER_EXPIRED,
    Announcement.SENT_BACK,
)
"""With which of them a case went to somebody else, or did not go where it was to."""


@dataclass(frozen=True, kw_only=True)
class SealUse:
    """用印: a result went out under the district's one seal (DOMAIN A09).

    ``number`` counts the results of ``year`` from 1 on without a gap. ``seal`` is what the settings called it.
    """

    year: int
    number: int
    seal: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of the timeline."""

    kind: EventKind
    from_state: CaseState | None
    to_state: CaseState
    actor: str
    note: str | None = None
    delegation_id: UUID | None = (
        None  # by which the act was allowed, where the item's levels did not allow it
    )
    seal: SealUse | None = None
    due_on: date | None = None  # of a check-in: by when it was to be


@dataclass(frozen=True, kw_only=True)
class Audit:
    """One entry of the trail. ``details`` hold no personal data, so no free text."""

    action: Permission
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A breach that the rules let a supervisor commit knowingly."""

    kind: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transition:
    """All that one act changes: written together in one transaction, or not at all."""

    case: CaseFacts
    event: Event
    audit: Audit
    announce: tuple[Announcement, ...]
    violation: Violation | None = None

    def under(self, delegation_id: UUID | None) -> Transition:
        """The same, done by a delegation: the timeline and the trail name it (DOMAIN A11)."""
        if delegation_id is None:
            return self
        details = {**self.audit.details, "delegation": str(delegation_id)}
        event, audit = replace(self.event, delegation_id=delegation_id), replace(self.audit, details=details)
        return replace(self, event=event, audit=audit)

    def sealed(self, use: SealUse | None) -> Transition:
        """The same, under the district's one seal: the timeline and the trail have its number."""
        if use is None:
            return self
        details = {**self.audit.details, "seal": f"{use.year}-{use.number}"}
        return replace(self, event=replace(self.event, seal=use), audit=replace(self.audit, details=details))


def moved(
    case: CaseFacts,
    kind: EventKind,
    *,
    actor: Actor,
    was: CaseState,
    to: CaseState,
    audit: Audit,
    note: str | None = None,
    announce: Announcement | None = None,
) -> Transition:
    """The transition of ``case``, changed already in all but its state, from ``was`` to ``to``."""
    return Transition(
        case=replace(case, state=to, last_check=kind if kind in CHECKS else case.last_check),
        event=Event(kind=kind, from_state=was, to_state=to, actor=actor.shown, note=note),
        audit=audit,
        announce=(Announcement.CHANGED,) if announce is None else (Announcement.CHANGED, announce),
    )
