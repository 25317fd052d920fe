"""主动告知: what usually follows a matter is told before its step ends, with the papers it takes (DOMAIN C14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.transition import Announcement, Audit, moved
from bangban.features.cases.service.loading import Loaded, load_case
from bangban.features.cases.service.saving import save
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock import CaseClock
from bangban.kernel.ids import CaseId
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

MORNING: Final = time(9)
"""When people are told of something that has the whole day, in the district's time."""

TOLD: Final = frozenset({CaseState.ACCEPTED, CaseState.IN_PROGRESS, CaseState.COMPLETED, CaseState.CLOSED})
"""States of a case in which there is a next step to tell of."""


def tell_next_steps(loaded: Loaded) -> None:
    """The case is completed: what follows is told now, unless its applicant knows."""
    if _follows(loaded) and loaded.facts.next_acknowledged_at is None:
        loaded.work.announce(Announcement.NEXT_STEPS, str(loaded.row.id))


def tell_next_steps_before(loaded: Loaded, clock: CaseClock | None) -> None:
    """The case is accepted: what follows is told some working days before it is due, if that is not today."""
    work = loaded.work
    if clock is None or not _follows(loaded):
        return
    day = work.calendar.date_of(clock.due_ordinal - assistance_of(work.settings).next_step_days)
    if day > work.today:
        due = datetime.combine(day, MORNING, work.district.zone)
        work.announce(Announcement.NEXT_STEPS, str(loaded.row.id), due=due)


async def acknowledge_next_steps(work: Work, *, number: str) -> CaseId:
    """已知悉: by the applicant, once.

    Raises:
        InvalidInput: Nothing usually follows this matter.
        IllegalTransition: The case is not accepted, ended early, or this was said before.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_ACKNOWLEDGE,))
    loaded.authorise(Permission.CASE_ACKNOWLEDGE)
    case = loaded.facts
    if not _follows(loaded):
        raise InvalidInput(
            "Nothing usually follows this matter.", "该事项没有后续事项。", fields=("input.number",)
        )
    if case.state not in TOLD or case.next_acknowledged_at is not None:
        raise IllegalTransition(case.state)
    transition = moved(
        replace(case, next_acknowledged_at=work.now),
        EventKind.NEXT_ACKNOWLEDGED,
        actor=loaded.actor,
        was=case.state,
        to=case.state,
        audit=Audit(action=Permission.CASE_ACKNOWLEDGE),
    )
    return await save(loaded, transition)


def _follows(loaded: Loaded) -> bool:
    return bool(assistance_of(loaded.work.settings).following(loaded.row.service_code))
