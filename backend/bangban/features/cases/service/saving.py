"""Writing a transition: state, event, audit entry and outbox rows in the one transaction of the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, Uuid, insert, update
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.dml import UpdateBase

from bangban.features.cases.rules.facts import Authorisation, CaseFacts
from bangban.features.cases.rules.transition import Audit, Event, Transition
from bangban.features.cases.service.clocks import keep_clock
from bangban.features.cases.service.loading import Loaded
from bangban.features.cases.tables import (
    AuthorisationRow,
    CaseEventRow,
    CaseMaterialRow,
    CaseRow,
    HandoverRow,
    InterimRatingRow,
    NoticeRow,
    RatingRow,
    ToleranceRow,
    ViolationRow,
)
from bangban.features.cases.values import CaseState
from bangban.kernel.database.written import Given, Written, given_columns, given_list, together
from bangban.kernel.ids import CaseId, new_id
from bangban.kernel.tenancy.work import Work

CHANGING: Final = (
    "state",
    "holder_id",
    "accepted_at",
    "suspended_from",
    "ended_at",
    "completed_at",
    "outcome",
    "opinion",
    "result_number",
    "decision_basis",
    "accepted_ordinal",
    "due_ordinal",
    "due_on",
    "due_provisional",
    "paused_days",
    "suspended_ordinal",
    "completed_ordinal",
    "stopped_used",
    "trips",
    "next_acknowledged_at",
)
"""The columns of a case that change after it was filed."""


# ---------------------------------------------------------------------- the statement


def inserted(rows: type[DeclarativeBase], name: str) -> UpdateBase:
    """One row of what hangs on a case, its values given as ``<name>_<column>``."""
    values = given_columns(rows, name, without=("case_id",))
    return insert(rows).values({**values, "case_id": Given("case_id", Uuid())})


def _case() -> UpdateBase:
    values = {name: Given(f"case_{name}", CaseRow.__table__.c[name].type) for name in CHANGING}
    return update(CaseRow).where(CaseRow.id == Given("case_id", Uuid())).values(values)


def _materials() -> UpdateBase:
    changed = given_list("material", id=Uuid(), state=Text(), reason=Text())
    return (
        update(CaseMaterialRow)
        .where(CaseMaterialRow.id == changed.c.id)
        .values(state=changed.c.state, reason=changed.c.reason)
    )


def _of_case(rows: type[DeclarativeBase], name: str, *columns: str) -> UpdateBase:
    """The one row of this kind that the case has, changed in these columns."""
    table = rows.__table__
    values = {column: Given(f"{name}_{column}", table.c[column].type) for column in columns}
    return update(rows).where(table.c.case_id == Given("case_id", Uuid())).values(values)


def _handover_ended() -> UpdateBase:
    columns = HandoverRow.__table__.c
    names = ("taken_at", "returned_at", "return_reason")
    values = {name: Given(f"handover_{name}", columns[name].type) for name in names}
    return update(HandoverRow).where(HandoverRow.id == Given("handover_id", Uuid())).values(values)


_PARTS: Final[Mapping[str, Callable[[], UpdateBase]]] = {
    "case": _case,
    "materials": _materials,
    "event": partial(inserted, CaseEventRow, "event"),
    "notice": partial(inserted, NoticeRow, "notice"),
    "tolerance": partial(inserted, ToleranceRow, "tolerance"),
    "promise": partial(_of_case, ToleranceRow, "tolerance", "fulfilled_at", "cleared_at"),
    "authorisation": partial(
        _of_case, AuthorisationRow, "authorisation", "scope", "valid_until", "given_at", "revoked_at"
    ),
    "handover": partial(inserted, HandoverRow, "handover"),
    "handover_ended": _handover_ended,
    "rating": partial(inserted, RatingRow, "rating"),
    "interim": partial(inserted, InterimRatingRow, "interim"),
    "violation": partial(inserted, ViolationRow, "violation"),
}


@lru_cache(maxsize=256)
def _writing(parts: tuple[str, ...]) -> Written:
    """One statement for all parts. There are few combinations: each act has one or two."""
    return together({f"written_{part}": _PARTS[part]() for part in parts})


# ---------------------------------------------------------------------- what it is given


async def save(loaded: Loaded, transition: Transition, *, under: UUID | None = None) -> CaseId:
    """Write what the act changed, in one statement, and record it; ``under``: the delegation that allowed it."""
    transition = transition.under(under)
    before, after, row = loaded.facts, transition.case, loaded.row
    values: dict[str, Any] = {"case_id": row.id, **event_values(transition.event, loaded.work)}
    parts = ["event"]
    for part, given in (
        ("case", _changed_case(row, after)),
        ("materials", _changed_materials(loaded, after)),
        ("notice", _new_notice(before, after)),
        *_tolerance(before, after),
        ("authorisation", _authorisation(before, after)),
        *_handover(loaded, after),
        ("rating", _new_rating(before, after)),
        ("interim", _interim_rating(before, after)),
        ("violation", _violation(loaded, transition)),
    ):
        if given:
            parts.append(part)
            values |= given
    await loaded.work.run(_writing(tuple(parts)), **values)
    keep_record(loaded.work, row, transition)
    return CaseId(row.id)


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
    )


def _changed_case(row: Any, after: CaseFacts) -> dict[str, Any]:
    before = {name: getattr(row, name) for name in CHANGING}
    kept = SimpleNamespace(**before)
    kept.state = after.state
    kept.holder_id = after.holder_id
    kept.accepted_at = after.accepted_at
    kept.suspended_from = after.suspended_from
    kept.ended_at = after.ended_at
    kept.completed_at = after.completed_at
    kept.outcome = after.outcome
    kept.opinion = after.opinion
    kept.result_number = after.result_number
    kept.decision_basis = after.decision_basis
    kept.trips = after.trips
    kept.next_acknowledged_at = after.next_acknowledged_at
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


def _new_notice(before: CaseFacts, after: CaseFacts) -> dict[str, Any]:
    notice = after.notice
    if notice is None or notice is before.notice:
        return {}
    return _named(
        "notice",
        id=new_id(),
        ordinal=notice.ordinal,
        missing=list(notice.missing),
        reasons=dict(notice.reasons),
        issued_at=notice.issued_at,
        issued_by=notice.issued_by,
        deadline=notice.deadline,
    )


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


# ---------------------------------------------------------------------- the record


def keep_record(work: Work, row: Any, transition: Transition) -> None:
    """The trail's entry and the outbox's kinds of one transition, on a row with ``id``, ``number``, ``area_id``."""
    record(work, row, transition.audit)
    for kind in transition.announce:
        work.announce(kind.value, str(row.id))


def record(work: Work, row: Any, audit: Audit) -> None:
    """One entry of the audit trail about a case."""
    work.record(
        action=audit.action,
        object=f"case:{row.number}",
        area_id=row.area_id,
        details=dict(audit.details),
    )
