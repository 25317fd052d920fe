"""跟踪帮 (DOMAIN C03): while a case is open, its applicant hears every few working days how it stands. Pure.

The days count from the application, from each check-in, and from where a suspended case goes on: while it stands still
there is nothing to tell, so nobody is chased.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bangban.features.cases.problems import IllegalTransition, NotTracked
from bangban.features.cases.rules.facts import LIVE, Actor, CaseFacts, Occasion
from bangban.features.cases.rules.transition import Announcement, Audit, Transition, moved
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.identifiers import refuse_unfit
from bangban.kernel.problems import InvalidInput

CHASED: Final = LIVE - {CaseState.SUSPENDED}
"""States of a tracked case in which its applicant is to hear of it."""

SHORTEST: Final = 5
LONGEST: Final = 200


def tracked(transition: Transition, *, days: int, occasion: Occasion) -> Transition:
    """The same, with the working days until the next check-in counted from now; as it is where nobody is tracked."""
    if not transition.case.tracked:
        return transition
    due_on = occasion.calendar.add_working_days(occasion.today, days)
    return replace(transition, case=replace(transition.case, check_in_due_on=due_on))


def told_of(check_ins: Iterable[datetime], *, every: timedelta) -> list[int]:
    """Of which of these, in their order, the applicant gets a message: the first, and from each the next one after
    ``every``. The others stand in the timeline alone."""
    told: list[int] = []
    last: datetime | None = None
    for place, at in enumerate(check_ins):
        if last is None or at >= last + every:
            told.append(place)
            last = at
    return told


def check_in(case: CaseFacts, *, words: str, days: int, actor: Actor, occasion: Occasion) -> Transition:
    """回访: the applicant is told how the case stands; ``days``: working days until the next time.

    Raises:
        NotTracked: It is not helped in the mode TRACKING.
        IllegalTransition: It stands still, or nobody works on it any more.
        InvalidInput: The words are too few or too many.
    """
    if not case.tracked:
        raise NotTracked(fields=("input.number",))
    if case.state not in CHASED:
        raise IllegalTransition(case.state)
    told = words.strip()
    refuse_unfit(told, fields=("input.said",))
    if not SHORTEST <= len(told) <= LONGEST:
        raise InvalidInput(
            f"Say how the case stands, in {SHORTEST} to {LONGEST} characters.",
            f"请填写办件进展,{SHORTEST} 至 {LONGEST} 个字。",
            fields=("input.said",),
        )
    transition = moved(
        case,
        EventKind.CHECKED_IN,
        actor=actor,
        was=case.state,
        to=case.state,
        note=told,
        audit=Audit(action=Permission.CASE_CHECK_IN),
        announce=Announcement.CHECKED_IN,
    )
    event = replace(transition.event, due_on=case.check_in_due_on)
    return tracked(replace(transition, event=event), days=days, occasion=occasion)
