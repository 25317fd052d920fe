"""Where a case stops, for a while 中止 or for good 不予受理、撤回、终止; then an open hand-over ends too."""

from __future__ import annotations

from dataclasses import replace

from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.facts import (
    AFTER_ACCEPTANCE,
    BEFORE_ACCEPTANCE,
    BEING_DONE,
    LIVE,
    Actor,
    CaseFacts,
    Occasion,
    with_words_of_applicant,
)
from bangban.features.cases.rules.promises import is_broken
from bangban.features.cases.rules.silence import answered
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words
from bangban.kernel.problems import InvalidInput


def suspend(case: CaseFacts, *, reason: str, actor: Actor, occasion: Occasion) -> Transition:
    """中止: the clock stops; hearing, test, appraisal and the like are not counted (行政许可法 Art. 45).

    Raises:
        IllegalTransition: The case is not being done; so two suspensions never overlap (DOMAIN 3.3).
    """
    if case.state not in BEING_DONE:
        raise IllegalTransition(case.state)
    assert case.clock is not None  # being done comes after acceptance
    clock = case.clock.suspended(occasion.calendar.moment(occasion.today))
    return moved(
        replace(case, clock=clock, suspended_from=case.state),
        EventKind.SUSPENDED,
        actor=actor,
        was=case.state,
        to=CaseState.SUSPENDED,
        note=_stated(reason, field="input.reason"),
        audit=Audit(action=Permission.CASE_SUSPEND),
        announce=Announcement.SUSPENDED,
    )


def resume(case: CaseFacts, *, actor: Actor, occasion: Occasion) -> Transition:
    """恢复办理: back to where it was, due later by the working days that the clock stood still."""
    if case.state is not CaseState.SUSPENDED:
        raise IllegalTransition(case.state)
    return moved(
        _going_on(case, occasion),
        EventKind.RESUMED,
        actor=actor,
        was=case.state,
        to=case.suspended_from or CaseState.ACCEPTED,
        audit=Audit(action=Permission.CASE_RESUME),
        announce=Announcement.RESUMED,
    )


def decline(case: CaseFacts, *, reason: str, basis: str, actor: Actor, occasion: Occasion) -> Transition:
    """不予受理: a formal decision with reasons and legal basis, before acceptance only (DOMAIN 3.2).

    After the days that the law leaves it is a breach on record, and the timeline says so (``silence``).
    """
    if case.state not in BEFORE_ACCEPTANCE:
        raise IllegalTransition(case.state)
    why, ground = _stated(reason, field="input.reason"), _stated(basis, field="input.basis")
    transition = _ended(
        replace(case, opinion=why, decision_basis=ground),
        EventKind.DECLINED,
        actor=actor,
        occasion=occasion,
        to=CaseState.DECLINED,
        note=f"{why};依据:{ground}",
        permission=Permission.CASE_DECLINE,
        announce=Announcement.DECLINED,
    )
    return answered(transition, case, occasion=occasion)


def withdraw(case: CaseFacts, *, reason: str | None, actor: Actor, occasion: Occasion) -> Transition:
    """撤回: by the applicant at any time before completion, or by staff at the applicant's stated request.

    What an applicant says of it stands with what they said before: events are kept for good.
    """
    if case.state not in LIVE:
        raise IllegalTransition(case.state)
    why = _stated(reason, field="input.reason") if actor.is_staff else None
    return _ended(
        case if actor.is_staff else with_words_of_applicant(case, reason, fields=("input.reason",)),
        EventKind.WITHDRAWN,
        actor=actor,
        occasion=occasion,
        to=CaseState.WITHDRAWN,
        note=why,
        permission=Permission.CASE_WITHDRAW,
        announce=Announcement.WITHDRAWN,
    )


def terminate(case: CaseFacts, *, reason: str, basis: str, actor: Actor, occasion: Occasion) -> Transition:
    """终止: an accepted case ends without result on a stated ground, such as a promise not kept."""
    if case.state not in AFTER_ACCEPTANCE:
        raise IllegalTransition(case.state)
    broken = is_broken(case.tolerance, today=occasion.today)
    why, ground = _stated(reason, field="input.reason"), _stated(basis, field="input.basis")
    return _ended(
        replace(case, opinion=why, decision_basis=ground),
        EventKind.TERMINATED,
        actor=actor,
        occasion=occasion,
        to=CaseState.TERMINATED,
        note=f"{why};依据:{ground}",
        permission=Permission.CASE_TERMINATE,
        announce=Announcement.TERMINATED,
        details={"promise_broken": broken},
    )


def _ended(
    case: CaseFacts,
    kind: EventKind,
    *,
    actor: Actor,
    occasion: Occasion,
    to: CaseState,
    note: str | None,
    permission: Permission,
    announce: Announcement,
    details: dict[str, bool] | None = None,
) -> Transition:
    was = case.state
    handover = case.handover
    if handover is not None and handover.pending:
        handover = replace(handover, returned_at=occasion.at, return_reason="办件已结束")
    running = _going_on(case, occasion) if was is CaseState.SUSPENDED else case
    # Nothing is owed any more, so the clock stops for good: a case that ended early never turns overdue.
    clock = running.clock and running.clock.completed(occasion.calendar.moment(occasion.today))
    return moved(
        replace(running, clock=clock, handover=handover, ended_at=occasion.at),
        kind,
        actor=actor,
        was=was,
        to=to,
        note=note,
        audit=Audit(action=permission, details=details or {}),
        announce=announce,
    )


def _going_on(case: CaseFacts, occasion: Occasion) -> CaseFacts:
    assert case.clock is not None  # only an accepted case is ever suspended
    clock = case.clock.resumed(occasion.calendar.moment(occasion.today), calendar=occasion.calendar)
    return replace(case, clock=clock, suspended_from=None)


def _stated(text: str | None, *, field: str) -> str:
    found = free_words(text, fields=(field,))
    if found is None:
        raise InvalidInput(
            "State the reason and, where asked for, the legal basis.",
            "请填写理由;需要依据的,请填写依据。",
            fields=(field,),
        )
    return found
