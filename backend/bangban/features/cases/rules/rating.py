"""评价: an applicant rates a case, once when it is completed, and meanwhile where the district rates so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bangban.features.cases.paper_problems import PapersOut, ResultConditional
from bangban.features.cases.problems import (
    AlreadyRated,
    IllegalTransition,
    NotRatedMeanwhile,
    OnlyTheApplicant,
    RatedToday,
)
from bangban.features.cases.rules.facts import LIVE, Actor, CaseFacts, InterimRating, Occasion, Rating
from bangban.features.cases.rules.results import require_given_out
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import CaseState, EventKind, Grade, RatingPhase
from bangban.features.profiles.values import RatingMoment
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import free_words


def rate(
    case: CaseFacts, *, grade: Grade, comment: str | None = None, actor: Actor, occasion: Occasion
) -> Transition:
    """评价: once, after completion, by the applicant (DOMAIN 3.5, invariant 13).

    Raises:
        OnlyTheApplicant: Staff cannot rate.
        AlreadyRated: There is a rating.
        IllegalTransition: The case is not completed.
        ResultConditional: Its result stands on a condition, so that the case is not over.
        ResultHeld: The result waits for those of other cases.
        PapersOut: The result is still on its way to the applicant.
    """
    if actor.is_staff:
        raise OnlyTheApplicant
    if case.rating is not None:
        raise AlreadyRated
    if case.state is not CaseState.COMPLETED:
        raise IllegalTransition(case.state)
    if case.conditional:
        raise ResultConditional
    require_given_out(case)
    if case.papers_out:
        raise PapersOut(case.papers_out)
    return moved(
        replace(
            case,
            rating=Rating(
                grade=grade, comment=free_words(comment, fields=("input.comment",)), rated_at=occasion.at
            ),
        ),
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
    rating = InterimRating(
        grade=grade,
        comment=free_words(comment, fields=("input.comment",)),
        rated_at=occasion.at,
        rated_on=occasion.today,
    )
    return moved(
        replace(case, interim_rating=rating),
        EventKind.RATED_DURING,
        actor=actor,
        was=case.state,
        to=case.state,
        audit=Audit(action=Permission.CASE_RATE, details={"phase": RatingPhase.DURING.value}),
        announce=Announcement.RATED_DURING,
    )
