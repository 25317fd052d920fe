"""Writing a transition: state, event, audit entry and outbox rows in the one transaction of the work."""

from __future__ import annotations

from uuid import UUID

from bangban.features.cases.rules.facts import CaseFacts, Handover
from bangban.features.cases.rules.transition import Audit, Event, Transition
from bangban.features.cases.service.clocks import keep_clock
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.tables import (
    CaseEventRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
    ViolationRow,
)
from bangban.features.cases.values import CaseState
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.tenancy.work import Work


def save(loaded: Loaded, transition: Transition) -> CaseId:
    """Put what changed into the rows, to be flushed with the work; only what differs is written."""
    before, after = loaded.facts, transition.case
    row, db = loaded.row, loaded.work.db
    _keep_row(row, after)
    for material, kept in zip(after.materials, loaded.materials, strict=True):
        kept.state, kept.reason = material.state, material.reason
    if after.notice is not None and after.notice is not before.notice:
        notice = after.notice
        db.add(
            NoticeRow(
                id=new_id(),
                case_id=row.id,
                ordinal=notice.ordinal,
                missing=list(notice.missing),
                reasons=dict(notice.reasons),
                issued_at=notice.issued_at,
                issued_by=notice.issued_by,
                deadline=notice.deadline,
            )
        )
    _keep_tolerance(loaded, after)
    if after.handover is not None and after.handover is not before.handover:
        _keep_handover(loaded, after.handover)
    if after.rating is not None and before.rating is None:
        rating = after.rating
        db.add(
            RatingRow(case_id=row.id, grade=rating.grade, comment=rating.comment, rated_at=rating.rated_at)
        )
    if transition.violation is not None:
        db.add(
            ViolationRow(
                id=new_id(),
                case_id=row.id,
                kind=transition.violation.kind,
                at=loaded.occasion.at,
                by_id=loaded.actor.id,
                note=transition.violation.note,
            )
        )
    keep_record(loaded.work, row, transition)
    return CaseId(row.id)


def keep_record(work: Work, row: CaseRow, transition: Transition) -> None:
    """The timeline's line, the trail's entry and the outbox's kinds of one transition."""
    work.db.add(_event(transition.event, row.id, work))
    record(work, row, transition.audit)
    for kind in transition.announce:
        work.announce(kind.value, str(row.id))


def record(work: Work, row: CaseRow, audit: Audit) -> None:
    """One entry of the audit trail about a case."""
    work.record(
        action=audit.action,
        object=f"case:{row.number}",
        area_id=row.area_id,
        details=dict(audit.details),
    )


def _event(event: Event, case_id: UUID, work: Work) -> CaseEventRow:
    return CaseEventRow(
        id=new_id(),
        case_id=case_id,
        at=work.now,
        kind=event.kind.value,
        from_state=event.from_state,
        to_state=event.to_state,
        actor=event.actor,
        note=event.note,
    )


def _keep_row(row: CaseRow, after: CaseFacts) -> None:
    row.state = after.state
    row.holder_id = after.holder_id
    row.accepted_at = after.accepted_at
    row.suspended_from = after.suspended_from
    row.ended_at = after.ended_at
    row.completed_at = after.completed_at
    row.outcome = after.outcome
    row.opinion = after.opinion
    row.result_number = after.result_number
    row.decision_basis = after.decision_basis
    keep_clock(row, after.clock)
    assert (row.state is CaseState.SUSPENDED) == (row.suspended_ordinal is not None)  # also a CHECK


def _keep_tolerance(loaded: Loaded, after: CaseFacts) -> None:
    promise = after.tolerance
    if promise is None:
        return
    if loaded.tolerance is not None:
        loaded.tolerance.fulfilled_at = promise.fulfilled_at
        return
    loaded.work.db.add(
        ToleranceRow(
            case_id=loaded.row.id,
            missing=list(promise.missing),
            promised_by=promise.promised_by,
            agreed_at=promise.agreed_at,
            fulfilled_at=promise.fulfilled_at,
        )
    )


def _keep_handover(loaded: Loaded, handover: Handover) -> None:
    if loaded.handover is not None:
        loaded.handover.taken_at = handover.taken_at
        loaded.handover.returned_at = handover.returned_at
        loaded.handover.return_reason = handover.return_reason
        return
    loaded.work.db.add(
        HandoverRow(
            id=new_id(),
            case_id=loaded.row.id,
            from_id=handover.from_id,
            to_id=handover.to_id,
            reason=handover.reason,
            offered_at=handover.offered_at,
        )
    )
