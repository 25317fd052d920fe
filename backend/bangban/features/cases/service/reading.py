"""From rows to the facts that the rules look at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from bangban.features.cases.rules.facts import (
    Authorisation,
    CaseFacts,
    EventKind,
    Handover,
    Material,
    Notice,
    Rating,
    Tolerance,
)
from bangban.features.cases.service.clocks import find_clock
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
)


def facts_of(row: CaseRow, materials: tuple[CaseMaterialRow, ...], parts: Row[Any]) -> CaseFacts:
    """The facts of a case; ``parts`` is any row of the statement that reads what hangs on it."""
    return CaseFacts(
        state=row.state,
        help=row.help,
        holder_id=row.holder_id,
        first_asked_id=row.first_asked_id,
        materials=tuple(_material(each) for each in materials),
        promised_days=row.promised_days,
        clock=find_clock(row),
        notice=_notice(parts.NoticeRow),
        tolerance=_tolerance(parts.ToleranceRow),
        authorisation=_authorisation(parts.AuthorisationRow),
        handover=_handover(parts.HandoverRow),
        rating=_rating(parts.RatingRow),
        last_event=None if parts.last_event is None else EventKind(parts.last_event),
        suspended_from=row.suspended_from,
        accepted_at=row.accepted_at,
        completed_at=row.completed_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        opinion=row.opinion,
        result_number=row.result_number,
        decision_basis=row.decision_basis,
    )


def _material(row: CaseMaterialRow) -> Material:
    return Material(
        code=row.code,
        name=row.name,
        required=row.required,
        tolerable=row.tolerable,
        state=row.state,
        reason=row.reason,
    )


def _notice(row: NoticeRow | None) -> Notice | None:
    return (
        None
        if row is None
        else Notice(
            ordinal=row.ordinal,
            missing=tuple(row.missing),
            reasons=dict(row.reasons),
            issued_at=row.issued_at,
            issued_by=row.issued_by,
            deadline=row.deadline,
        )
    )


def _tolerance(row: ToleranceRow | None) -> Tolerance | None:
    return (
        None
        if row is None
        else Tolerance(
            missing=tuple(row.missing),
            promised_by=row.promised_by,
            agreed_at=row.agreed_at,
            fulfilled_at=row.fulfilled_at,
        )
    )


def _authorisation(row: AuthorisationRow | None) -> Authorisation | None:
    return (
        None
        if row is None
        else Authorisation(scope=frozenset(row.scope), valid_until=row.valid_until, given_at=row.given_at)
    )


def _handover(row: HandoverRow | None) -> Handover | None:
    return (
        None
        if row is None
        else Handover(from_id=row.from_id, to_id=row.to_id, reason=row.reason, offered_at=row.offered_at)
    )


def _rating(row: RatingRow | None) -> Rating | None:
    return None if row is None else Rating(grade=row.grade, comment=row.comment, rated_at=row.rated_at)
