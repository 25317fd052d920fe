"""受理—办结: a case is accepted, and gets its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bangban.features.cases.paper_problems import PapersOut
from bangban.features.cases.problems import HandoverPending, IllegalTransition
from bangban.features.cases.rules import conditions, materials
from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.rules.facts import BEING_DONE, Actor, CaseFacts, Occasion, Tolerance
from bangban.features.cases.rules.silence import answered, deemed_accepted_on
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    EventKind,
    HelpKind,
    MaterialState,
    ResultStanding,
)
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock import start_clock
from bangban.kernel.identifiers import bounded, free_words
from bangban.kernel.problems import InvalidInput


def accept(
    case: CaseFacts,
    *,
    tolerated: Sequence[str] = (),
    promised_by: date | None = None,
    tolerance_days: int | None = None,
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """受理, with tolerance 容缺 where the item allows it; the promised limit starts the next working day.

    ``tolerance_days`` is the item's own limit for these materials in working days, None for its whole
    promise; it can only shorten the promise (DOMAIN 3.9).

    Where the law counts the case as accepted since its papers came in, the clock starts as of that day, and
    ``accepted_at`` is now all the same. Tolerance has its whole time from now on, since the office was late.

    Raises:
        IllegalTransition: The case is not pre-checked, or accepted already.
        MaterialsMissing, NotTolerable, PromiseOutsideLimit, InvalidInput: as ``materials.tolerate``.
        BeyondCalendar: The due day lies outside even the provisional calendar.
    """
    if case.state is not CaseState.PRE_CHECKING:
        raise IllegalTransition(case.state)
    since = deemed_accepted_on(case, occasion=occasion)
    clock = start_clock(occasion.calendar, accepted_on=since or occasion.today, promised=case.promised_days)
    latest = occasion.calendar.add_working_days(occasion.today, case.promised_days) if since else clock.due_on
    if tolerance_days is not None:
        latest = min(latest, occasion.calendar.add_working_days(occasion.today, tolerance_days))
    after = materials.tolerate(
        case.materials, tolerated, promised_by=promised_by, today=occasion.today, latest=latest
    )
    tolerance = None
    if promised_by is not None:
        codes = tuple(each.code for each in after if each.state is MaterialState.TOLERATED)
        tolerance = Tolerance(missing=codes, promised_by=promised_by, agreed_at=occasion.at)
    transition = moved(
        replace(case, materials=after, tolerance=tolerance, accepted_at=occasion.at, clock=clock),
        EventKind.ACCEPTED,
        actor=actor,
        was=case.state,
        to=CaseState.ACCEPTED,
        note=None if tolerance is None else f"容缺受理,承诺最迟于 {tolerance.promised_by} 补齐",
        audit=Audit(
            action=Permission.CASE_ACCEPT,
            details={} if tolerance is None else {"tolerated": list(tolerance.missing)},
        ),
        announce=Announcement.ACCEPTED,
    )
    return answered(transition, case, occasion=occasion)


def complete(
    case: CaseFacts,
    *,
    outcome: CaseOutcome,
    opinion: str | None = None,
    basis: str | None = None,
    result_number: str | None = None,
    collected: bool = False,
    before_supplied: bool = False,
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """办结. A refusal states why and cites its legal basis. ``collected``: the helper receives the result.

    ``before_supplied``: the item lets its result be issued before promised materials are there. It then stands on
    condition that they come in time; a refusal never does.

    Raises:
        IllegalTransition: The case is not being done.
        ToleranceOpen: Promised materials are not there yet, and the item or the outcome wants them (DOMAIN D10).
        PromiseOver: Nor did they come by the day for which they were promised.
        HandoverPending: Nobody knows yet who answers for the result.
        PapersOut: Papers of the applicant are still in somebody's hands (invariant 7).
        AuthorisationRequired: The result of an AGENCY case is collected without authority (invariant 5).
        InvalidInput: A refusal without reasons or basis (invariant 16).
    """
    if case.state not in BEING_DONE:
        raise IllegalTransition(case.state)
    refused = outcome is CaseOutcome.REFUSED
    condition = None
    if case.tolerance_open:
        condition = conditions.attach(case, allowed=before_supplied and not refused, today=occasion.today)
    if case.handover_pending:
        raise HandoverPending
    if case.papers_out:
        raise PapersOut(case.papers_out)
    if collected and case.help is HelpKind.AGENCY:
        receiving = frozenset({AuthorisationScope.RECEIVE_RESULT})
        require_authority(case.authorisation, receiving, today=occasion.today)
    reasons = free_words(opinion, fields=("input.opinion",))
    ground = free_words(basis, fields=("input.basis",))
    if refused and not (reasons and ground):
        raise InvalidInput(
            "A refusal states its reasons and cites a legal basis.",
            "不予办理应说明理由并引用依据。",
            fields=tuple(
                field for field, said in (("input.opinion", reasons), ("input.basis", ground)) if not said
            ),
        )
    assert case.clock is not None  # every state in which a case is being done comes after acceptance
    notes = [*([condition.note] if condition else []), *(["结果由帮办人员代领"] if collected else [])]
    return moved(
        replace(
            case,
            completed_at=occasion.at,
            clock=case.clock.completed(occasion.calendar.moment(occasion.today)),
            outcome=outcome,
            result_standing=None if condition is None else ResultStanding.CONDITIONAL,
            opinion=reasons,
            decision_basis=ground if refused else None,
            result_number=bounded(result_number, fields=("input.resultNumber",), longest=100),
        ),
        EventKind.COMPLETED,
        actor=actor,
        was=case.state,
        to=CaseState.COMPLETED,
        note=";".join(notes) or None,
        audit=Audit(
            action=Permission.CASE_COMPLETE,
            details={"outcome": outcome.value, **(condition.details if condition else {})},
        ),
        announce=Announcement.COMPLETED,
    )
