"""What an act changed, as the values of the statement that writes it."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

from bangban.features.cases.rules.facts import Authorisation, CaseFacts
from bangban.features.cases.rules.transition import Event, Transition
from bangban.features.cases.service.clocks import keep_clock
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.service.statement import CHANGING
from bangban.features.cases.values import CaseState
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work


def changes_of(loaded: Loaded, transition: Transition) -> list[tuple[str, dict[str, Any]]]:
    """What the act changed beside the timeline: the parts of the statement, each with its values or none."""
    before, after = loaded.facts, transition.case
    return [
        ("case", _changed_case(loaded.row, after)),
        ("materials", _changed_materials(loaded, after)),
        *_notice(before, after),
        *_tolerance(before, after),
        ("authorisation", _authorisation(before, after)),
        *_handover(loaded, after),
        ("rating", _new_rating(before, after)),
        ("interim", _interim_rating(before, after)),
        ("violation", _violation(loaded, transition)),
    ]


def _named(name: str, /, **values: Any) -> dict[str, Any]:
    return {f"{name}_{column}": value for column, value in values.items()}


def event_values(event: Event, work: Work) -> dict[str, Any]:
    """The timeline's line."""
    use = event.seal
    return _named(
        "event",
        id=new_id(),
        at=work.now,
        kind=event.kind.value,
        from_state=event.from_state,
        to_state=event.to_state,
        actor=event.actor,
        note=event.note,
        delegation_id=event.delegation_id,
        seal_year=None if use is None else use.year,
        seal_number=None if use is None else use.number,
        seal=None if use is None else dict(use.seal),
        due_on=event.due_on,
    )


def _changed_case(row: Any, after: CaseFacts) -> dict[str, Any]:
    before = {name: getattr(row, name) for name in CHANGING}
    kept = SimpleNamespace(**before)
    kept.state = after.state
    kept.holder_id = after.holder_id
    kept.accepted_at = after.accepted_at
    kept.counts_from = after.counts_from
    kept.suspended_from = after.suspended_from
    kept.ended_at = after.ended_at
    kept.completed_at = after.completed_at
    kept.outcome = after.outcome
    kept.result_standing = after.result_standing
    kept.opinion = after.opinion
    kept.result_number = after.result_number
    kept.decision_basis = after.decision_basis
    kept.trips = after.trips
    kept.note = after.note
    kept.next_acknowledged_at = after.next_acknowledged_at
    kept.check_in_due_on = after.check_in_due_on
    keep_clock(kept, after.clock)
    assert (kept.state is CaseState.SUSPENDED) == (kept.suspended_ordinal is not None)  # also a CHECK
    # A hand-over that is offered, say, changes nothing of the case itself.
    return {} if vars(kept) == before else _named("case", **vars(kept))


def _changed_materials(loaded: Loaded, after: CaseFacts) -> dict[str, Any]:
    pairs = zip(loaded.facts.materials, after.materials, loaded.rows, strict=False)
    changed = [(kept.material_id, new) for old, new, kept in pairs if new is not old and new != old]
    if not changed:
        return {}
    return _named(
        "material",
        id=[material_id for material_id, _ in changed],
        state=[new.state for _, new in changed],
        reason=[new.reason for _, new in changed],
    )


def _notice(before: CaseFacts, after: CaseFacts) -> list[tuple[str, dict[str, Any]]]:
    notice = after.notice
    if notice is None or notice is before.notice:
        return []
    acknowledged = {
        "acknowledged_at": notice.acknowledged_at,
        "acknowledged_by": notice.acknowledged_by,
        "acknowledged_to": notice.acknowledged_to,
    }
    if before.notice is not None and before.notice.ordinal == notice.ordinal:
        return [("acknowledged", _named("notice", ordinal=notice.ordinal, **acknowledged))]
    given = _named(
        "notice",
        id=new_id(),
        ordinal=notice.ordinal,
        missing=list(notice.missing),
        reasons=dict(notice.reasons),
        issued_at=notice.issued_at,
        issued_by=notice.issued_by,
        deadline=notice.deadline,
        channel=notice.supplying.channel,
        how=notice.supplying.how,
        where_id=notice.supplying.where_id,
        **acknowledged,
    )
    return [("notice", given)]


def _tolerance(before: CaseFacts, after: CaseFacts) -> list[tuple[str, dict[str, Any]]]:
    promise = after.tolerance
    if promise is None or promise is before.tolerance:
        return []
    if before.tolerance is not None:
        changed = _named("tolerance", fulfilled_at=promise.fulfilled_at, cleared_at=promise.cleared_at)
        return [("promise", changed)]
    given = _named(
        "tolerance",
        missing=list(promise.missing),
        promised_by=promise.promised_by,
        agreed_at=promise.agreed_at,
        fulfilled_at=promise.fulfilled_at,
        cleared_at=promise.cleared_at,
    )
    return [("tolerance", given)]


def _authorisation(before: CaseFacts, after: CaseFacts) -> dict[str, Any]:
    given = after.authorisation
    if given is None or given is before.authorisation:
        return {}
    return authorisation_values(given)


def authorisation_values(given: Authorisation) -> dict[str, Any]:
    """A power of attorney as it is stored."""
    return _named(
        "authorisation",
        scope=sorted(given.scope),
        valid_until=given.valid_until,
        given_at=given.given_at,
        revoked_at=given.revoked_at,
    )


def _handover(loaded: Loaded, after: CaseFacts) -> list[tuple[str, dict[str, Any]]]:
    before, handover = loaded.facts.handover, after.handover
    if handover is None or handover is before:
        return []
    ended = {
        "taken_at": handover.taken_at,
        "returned_at": handover.returned_at,
        "return_reason": handover.return_reason,
    }
    if before is not None:
        return [("handover_ended", _named("handover", id=loaded.row.handover_id, **ended))]
    given = _named(
        "handover",
        id=new_id(),
        from_id=handover.from_id,
        to_id=handover.to_id,
        reason=handover.reason,
        offered_at=handover.offered_at,
        papers=[asdict(each) for each in handover.papers] or None,
        **ended,
    )
    return [("handover", given)]


def _new_rating(before: CaseFacts, after: CaseFacts) -> dict[str, Any]:
    rating = after.rating
    if rating is None or before.rating is not None:
        return {}
    return _named("rating", grade=rating.grade, comment=rating.comment, rated_at=rating.rated_at)


def _interim_rating(before: CaseFacts, after: CaseFacts) -> dict[str, Any]:
    rating = after.interim_rating
    if rating is None or rating is before.interim_rating:
        return {}
    return _named(
        "interim",
        rated_on=rating.rated_on,
        grade=rating.grade,
        comment=rating.comment,
        rated_at=rating.rated_at,
    )


def _violation(loaded: Loaded, transition: Transition) -> dict[str, Any]:
    breach = transition.violation
    if breach is None:
        return {}
    return _named(
        "violation",
        id=new_id(),
        kind=breach.kind,
        at=loaded.occasion.at,
        by_id=loaded.actor.id,
        note=breach.note,
    )
