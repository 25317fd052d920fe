"""跟踪帮: when the applicant of a tracked case hears of it next, the timer of that, and the check-in (DOMAIN C03)."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, select

from bangban.features.cases.rules import tracking
from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.transition import Announcement, Transition
from bangban.features.cases.service.loading import load_case, occasion_of
from bangban.features.cases.service.saving import save
from bangban.features.cases.service.wording import check_wording
from bangban.features.cases.tables import CaseEventRow
from bangban.features.cases.values import EventKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.written import Given, Written
from bangban.kernel.ids import CaseId
from bangban.kernel.tenancy.work import Work

CHECK_INS: Final = Written(
    select(CaseEventRow.at, CaseEventRow.note)
    .where(CaseEventRow.case_id == Given("case_id", Uuid()), CaseEventRow.kind == EventKind.CHECKED_IN)
    .order_by(CaseEventRow.id)
)


def track(work: Work, transition: Transition) -> Transition:
    """The same, with the day of the next check-in by the district's settings, where the case is tracked."""
    days = assistance_of(work.settings).check_in_working_days
    return tracking.tracked(transition, days=days, occasion=occasion_of(work))


def await_check_in(work: Work, case_id: UUID, transition: Transition) -> None:
    """From now on its applicant waits to hear; the timer looks, as the office opens on that day, whether they did."""
    due_on = transition.case.check_in_due_on
    if due_on is not None:
        opens = assistance_of(work.settings).office_hours[0]
        due = datetime.combine(due_on, opens, work.district.zone)
        work.announce(Announcement.CHECK_IN_DUE, str(case_id), due=due)


async def record_check_in(work: Work, *, number: str, words: str) -> CaseId:
    """登记回访: the applicant is told these words, unless they were told others shortly before, and the next time is
    counted from today.

    Raises as ``tracking.check_in``, and Forbidden, NotFound, PhraseBanned.
    """
    loaded = await load_case(work, number=number, one_of=(Permission.CASE_CHECK_IN,))
    loaded.authorise(Permission.CASE_CHECK_IN)
    check_wording(loaded, said=words)
    transition = tracking.check_in(
        loaded.facts,
        words=words,
        days=assistance_of(work.settings).check_in_working_days,
        actor=loaded.actor,
        occasion=loaded.occasion,
    )
    case_id = await save(loaded, transition)
    await_check_in(work, case_id, transition)
    # All of them are seen here: each was written under the lock of its case.
    moments = [each.at for each in await work.run(CHECK_INS, case_id=case_id)]
    if tracking.told_of(moments, every=assistance_of(work.settings).check_in_pause)[-1] == len(moments) - 1:
        work.announce(Announcement.CHECK_IN_TOLD, str(case_id))
    return case_id
