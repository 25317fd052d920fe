"""逾期未告知即为受理 (行政许可法 Art. 32, DOMAIN 3.3): silence counts as acceptance from the day the papers came in.

It holds for licences 行政许可, other matters follow rules of their own. The law leaves five working days to accept, to
tell at once all that is missing, or to decline; a district that wants it sooner warns earlier and changes no right of
the applicant. So whoever answers later can neither stop the clock by a notice nor start it anew: the clock of the case
counts from the day of receipt once it is accepted, and the late answer is a breach on record.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from bangban.features.cases.rules.facts import CaseFacts, Occasion
from bangban.features.cases.rules.transition import Transition, Violation
from bangban.features.cases.values import CaseState

ANSWER_WORKING_DAYS: Final = 5
"""What the law leaves."""

LATE_ANSWER: Final = "LATE_ANSWER"
"""The kind of violation."""

_UNANSWERED: Final = frozenset({CaseState.SUBMITTED, CaseState.PRE_CHECKING})


def deemed_accepted_on(case: CaseFacts, *, occasion: Occasion) -> date | None:
    """The day from which the law counts the case as accepted; None where it was answered in time, or still may be.

    It stays the same whatever comes after. Papers that a notice in time had asked for begin the days anew.
    """
    if case.counts_from is not None:
        return case.counts_from
    if not case.licence or case.received_on is None or case.state not in _UNANSWERED:
        return None
    received = max(case.received_on, occasion.calendar.epoch)
    answer_by = occasion.calendar.add_working_days(received, ANSWER_WORKING_DAYS)
    return received if answer_by < occasion.today else None


def answered(transition: Transition, case: CaseFacts, *, occasion: Occasion) -> Transition:
    """The answer to ``case``; where it comes too late, with the day from which it counts, on record as a breach."""
    since = deemed_accepted_on(case, occasion=occasion)
    if since is None:
        return transition
    words = f"逾{ANSWER_WORKING_DAYS}个工作日未答复,依行政许可法第三十二条自收到材料之日({since})起即为受理"
    event = replace(transition.event, note=";".join(filter(None, [transition.event.note, words])))
    details = {**transition.audit.details, "countsFrom": since.isoformat(), "law": "LAW-32"}
    breach = transition.violation
    if case.counts_from is None:  # the first answer, which is the late one
        kind, noted = (LATE_ANSWER, None) if breach is None else (breach.kind, breach.note)
        breach = Violation(kind=kind, note=";".join(filter(None, [noted, words])))
    return replace(
        transition,
        case=replace(transition.case, counts_from=since),
        event=event,
        audit=replace(transition.audit, details=details),
        violation=breach,
    )
