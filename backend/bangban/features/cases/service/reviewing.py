"""The timer of 初审: until when an application is to be reviewed (DOMAIN C02)."""

from __future__ import annotations

from uuid import UUID

from bangban.features.cases.rules.assistance import assistance_of
from bangban.features.cases.rules.transition import Announcement
from bangban.kernel.clock.office_time import after_office_time
from bangban.kernel.tenancy.work import Work


def await_review(work: Work, case_id: UUID) -> None:
    """From now on the case waits for its review; the timer looks whether it came."""
    assistance = assistance_of(work.settings)
    local = work.now.astimezone(work.district.zone)
    due = after_office_time(work.calendar, assistance.office_hours, local, assistance.review_wait)
    work.announce(Announcement.REVIEW_DUE, str(case_id), due=due)
