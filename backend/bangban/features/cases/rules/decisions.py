"""受理—办结—评价: a case is accepted, gets its result, and is rated by its applicant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from bangban.features.cases.problems import (
    AlreadyRated,
    HandoverPending,
    IllegalTransition,
    NotRatedMeanwhile,
    OnlyTheApplicant,
    PapersOut,
    RatedToday,
    ToleranceOpen,
)
from bangban.features.cases.rules import materials
from bangban.features.cases.rules.authority import require_authority
from bangban.features.cases.rules.facts import (
    BEING_DONE,
    LIVE,
    Actor,
    CaseFacts,
    EventKind,
    InterimRating,
    Occasion,
    Rating,
    Tolerance,
    said,
)
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    Grade,
    HelpKind,
    MaterialState,
    RatingPhase,
)
from bangban.features.profiles.values import RatingMoment
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock import start_clock
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

    Raises:
        IllegalTransition: The case is not pre-checked, or accepted already.
        MaterialsMissing, NotTolerable, PromiseOutsideLimit, InvalidInput: as ``materials.tolerate``.
        BeyondCalendar: The due day lies outside even the provisional calendar.
    """
    if case.state is not CaseState.PRE_CHECKING:
        raise IllegalTransition(case.state)
    clock = start_clock(occasion.calendar, accepted_on=occasion.today, promised=case.promised_days)
    latest = clock.due_on
    if tolerance_days is not None:
        latest = min(latest, occasion.calendar.add_working_days(occasion.today, tolerance_days))
    after = materials.tolerate(
        case.materials, tolerated, promised_by=promised_by, today=occasion.today, latest=latest
    )
    tolerance = None
    if promised_by is not None:
        codes = tuple(each.code for each in after if each.state is MaterialState.TOLERATED)
        tolerance = Tolerance(missing=codes, promised_by=promised_by, agreed_at=occasion.at)
    return moved(
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


def complete(
    case: CaseFacts,
    *,
    outcome: CaseOutcome,
    opinion: str | None = None,
    basis: str | None = None,
    result_number: str | None = None,
    collected: bool = False,
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """办结. A refusal states why and cites its legal basis. ``collected``: the helper receives the result.

    Raises:
        IllegalTransition: The case is not being done.
        ToleranceOpen: Promised materials are not there yet (DOMAIN D10).
        HandoverPending: Nobody knows yet who answers for the result.
        PapersOut: Papers of the applicant are still in somebody's hands (invariant 7).
        AuthorisationRequired: The result of an AGENCY case is collected without authority (invariant 5).
        InvalidInput: A refusal without reasons or basis (invariant 16).
    """
    if case.state not in BEING_DONE:
        raise IllegalTransition(case.state)
    if case.tolerance_open:
        raise ToleranceOpen(
            materials.named(each for each in case.materials if each.state is MaterialState.TOLERATED)
        )
    if case.handover_pending:
        raise HandoverPending
    if case.papers_out:
        raise PapersOut(case.papers_out)
    if collected and case.help is HelpKind.AGENCY:
        receiving = frozenset({AuthorisationScope.RECEIVE_RESULT})
        require_authority(case.authorisation, receiving, today=occasion.today)
    reasons, ground = said(opinion), said(basis)
    refused = outcome is CaseOutcome.REFUSED
    if refused and not (reasons and ground):
        raise InvalidInput(
            "A refusal states its reasons and cites a legal basis.",
            "不予办理应说明理由并引用依据。",
            fields=("input.opinion",),
        )
    assert case.clock is not None  # every state in which a case is being done comes after acceptance
    return moved(
        replace(
            case,
            completed_at=occasion.at,
            clock=case.clock.completed(occasion.calendar.moment(occasion.today)),
            outcome=outcome,
            opinion=reasons,
            decision_basis=ground if refused else None,
            result_number=said(result_number),
        ),
        EventKind.COMPLETED,
        actor=actor,
        was=case.state,
        to=CaseState.COMPLETED,
        note="结果由帮办人员代领" if collected else None,
        audit=Audit(action=Permission.CASE_COMPLETE, details={"outcome": outcome.value}),
        announce=Announcement.COMPLETED,
    )


def rate(
    case: CaseFacts, *, grade: Grade, comment: str | None = None, actor: Actor, occasion: Occasion
) -> Transition:
    """评价: once, after completion, by the applicant (DOMAIN 3.5, invariant 13).

    Raises:
        OnlyTheApplicant: Staff cannot rate.
        AlreadyRated: There is a rating.
        IllegalTransition: The case is not completed.
        PapersOut: The result is still on its way to the applicant.
    """
    if actor.is_staff:
        raise OnlyTheApplicant
    if case.rating is not None:
        raise AlreadyRated
    if case.state is not CaseState.COMPLETED:
        raise IllegalTransition(case.state)
    if case.papers_out:
        raise PapersOut(case.papers_out)
    return moved(
        replace(case, rating=Rating(grade=grade, comment=said(comment), rated_at=occasion.at)),
        EventKind.RATED,
        actor=actor,
        was=case.state,
        to=CaseState.CLOSED,
        audit=Audit(action=Permission.CASE_RATE),  # the grade is the rater's, and confidential (3.5)
    )


def rate_meanwhile(
    case: CaseFacts,
    *,
    grade: Grade,
    comment: str | None = None,
    moments: Collection[RatingMoment],
    actor: Actor,
    occasion: Occasion,
) -> Transition:
    """边办边评: by the applicant while the case is open, where the district rates so (DOMAIN H01, invariant 13).

    Nothing of the case changes. Once a day, since each rating is told to who holds the case, and nobody shall be
    flooded. ``moments`` are those of the district's scheme.

    Raises:
        OnlyTheApplicant: Staff cannot rate.
        NotRatedMeanwhile: The district's scheme has no such rating.
        IllegalTransition: The case is completed or has ended otherwise.
        RatedToday: There is one of today.
    """
    if actor.is_staff:
        raise OnlyTheApplicant
    if RatingMoment.DURING not in moments:
        raise NotRatedMeanwhile
    if case.state not in LIVE:
        raise IllegalTransition(case.state)
    if case.interim_rating is not None and case.interim_rating.rated_on == occasion.today:
        raise RatedToday
    rating = InterimRating(grade=grade, comment=said(comment), rated_at=occasion.at, rated_on=occasion.today)
    return moved(
        replace(case, interim_rating=rating),
        EventKind.RATED_DURING,
        actor=actor,
        was=case.state,
        to=case.state,
        audit=Audit(action=Permission.CASE_RATE, details={"phase": RatingPhase.DURING.value}),
        announce=Announcement.RATED_DURING,
    )
