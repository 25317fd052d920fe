"""Which limits are over that no light shows: of answers before acceptance, of orders, batches, papers and the like.

Pure. Each says of one thing that is still open which duty there ought to be at a moment, and the day that its limit
ran to; or that there is none. Working days are the district's, and the day on which something began does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from bangban.features.supervision.rules import Supervision
from bangban.features.supervision.values import DutyKind
from bangban.kernel.clock import WorkingCalendar
from bangban.kernel.clock.office_time import OfficeHours, after_office_time


class Limit(NamedTuple):
    """A kind of duty, and the day that its limit ran to."""

    kind: DutyKind
    due_on: date


class Wanted(NamedTuple):
    """A duty that there ought to be: about a case, or about something else and then in an area."""

    case_id: UUID | None
    subject_id: UUID | None
    area_id: UUID | None
    kind: DutyKind
    due_on: date


def of_cases(found: Iterable[tuple[UUID, Limit | None]]) -> list[Wanted]:
    """The duties about cases whose limit is over, of those that were looked at."""
    return [Wanted(case_id, None, None, *limit) for case_id, limit in found if limit is not None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks:
    """What limits are reckoned with at one moment."""

    calendar: WorkingCalendar
    zone: tzinfo
    now: datetime
    hours: OfficeHours
    review: timedelta  # office time until an application is reviewed
    settings: Supervision

    @property
    def today(self) -> date:
        """The day it is in the district."""
        return self.now.astimezone(self.zone).date()

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment fell there."""
        return moment.astimezone(self.zone).date()

    def due(self, began: date, days: int) -> date:
        """The day that a limit of so many working days runs to; of what began before the calendar, its first ones."""
        return self.calendar.add_working_days(max(began, self.calendar.epoch), days)

    def passed(self, began: date, days: int) -> date | None:
        """The same, if it is over."""
        due = self.due(began, days)
        return due if due < self.today else None


def unanswered(clocks: Clocks, *, received_at: datetime, reviewed: bool) -> Limit | None:
    """Of an application, or of papers that a notice had asked for, to which nothing was said yet.

    It is reviewed within four hours of work, its applicant hears on the same day, and the law leaves five working
    days to accept it, to tell what is missing, or to decline (行政许可法 Art. 32). What counts most is told.
    """
    answered_by = clocks.passed(clocks.day_of(received_at), clocks.settings.acceptance_working_days)
    if answered_by is not None:
        return Limit(DutyKind.ACCEPTANCE_LATE, answered_by)
    review_by = after_office_time(
        clocks.calendar, clocks.hours, received_at.astimezone(clocks.zone), clocks.review
    )
    if review_by.date() < clocks.today:
        return Limit(DutyKind.FEEDBACK_LATE, review_by.date())
    if not reviewed and review_by <= clocks.now:
        return Limit(DutyKind.REVIEW_LATE, review_by.date())
    return None


def unseen(clocks: Clocks, *, received_at: datetime) -> Limit | None:
    """Of papers on which a result depends, which came in: somebody looks at them within four hours of work, too."""
    review_by = after_office_time(
        clocks.calendar, clocks.hours, received_at.astimezone(clocks.zone), clocks.review
    )
    return _over(DutyKind.REVIEW_LATE, review_by.date() if review_by <= clocks.now else None)


def unworked(clocks: Clocks, *, since: datetime) -> Limit | None:
    """Of an order that somebody has and does not work on, since it was taken or tried, or the agreed time was over.

    It goes to the lead, and if nothing happens to the supervisors (DOMAIN C06).
    """
    began, settings = clocks.day_of(since), clocks.settings
    if (stuck := clocks.passed(began, settings.order_supervised_working_days)) is not None:
        return Limit(DutyKind.ORDER_STUCK, stuck)
    return _over(DutyKind.ORDER_IDLE, clocks.passed(began, settings.order_working_days))


def unmended(clocks: Clocks, *, since: datetime) -> Limit | None:
    """Of a terminal that has a fault (DOMAIN F02)."""
    return _over(
        DutyKind.TERMINAL_FAULT, clocks.passed(clocks.day_of(since), clocks.settings.fault_working_days)
    )


def unforwarded(clocks: Clocks, *, since: datetime) -> Limit | None:
    """Of papers that somebody at a community has taken and still has (DOMAIN C09)."""
    return _over(
        DutyKind.PAPERS_HELD, clocks.passed(clocks.day_of(since), clocks.settings.papers_working_days)
    )


def unbegun(clocks: Clocks, *, due_on: date) -> Limit | None:
    """Of a batch with which the back office has not begun altogether (DOMAIN A08)."""
    return _over(DutyKind.BATCH_LATE, due_on if due_on < clocks.today else None)


def unapproved(clocks: Clocks, *, since: date) -> Limit:
    """Of a volunteer whom nobody has let in yet (DOMAIN C17): whoever may is told, and reminded once it is late."""
    due = clocks.due(since, clocks.settings.volunteer_working_days)
    return Limit(DutyKind.VOLUNTEER_LATE if due < clocks.today else DutyKind.VOLUNTEER_WAITING, due)


def unconfirmed(clocks: Clocks, *, due_on: date, late: bool) -> Limit | None:
    """Of a confirmation that a department owes (DOMAIN D16): it is warned, and supervised once it is late."""
    if late:
        return Limit(DutyKind.ANSWER_LATE, due_on)
    warned = clocks.due(clocks.today, clocks.settings.answer_warning_working_days)
    return Limit(DutyKind.ANSWER_DUE, due_on) if due_on <= warned else None


def unchecked(clocks: Clocks, *, due_on: date) -> Limit | None:
    """Of a tracked case whose applicant is to hear of it (DOMAIN C03): from when the office opens on that day on."""
    if due_on < clocks.today:
        return Limit(DutyKind.CHECK_IN_LATE, due_on)
    opens = datetime.combine(due_on, clocks.hours[0], clocks.zone)
    return Limit(DutyKind.CHECK_IN_DUE, due_on) if opens <= clocks.now else None


def unmoved(clocks: Clocks, *, until: date) -> Limit:
    """Of somebody whose post ends or ended on a day, and who has something that others have to go on with (C12)."""
    return Limit(DutyKind.POST_ENDED if until < clocks.today else DutyKind.POST_ENDING, until)


def _over(kind: DutyKind, due_on: date | None) -> Limit | None:
    return None if due_on is None else Limit(kind, due_on)


class Sheets(NamedTuple):
    """Papers of a case that went from one hand to another; None is no person's hand."""

    at: datetime
    code: str
    sheets: int
    giver: UUID | None
    receiver: UUID | None


def in_hand(moves: Iterable[Sheets]) -> dict[UUID, datetime]:
    """Who has papers after these moves, in order, and since when each has had some of what they have."""
    counts: Counter[tuple[UUID, str]] = Counter()
    since: dict[tuple[UUID, str], datetime] = {}
    for each in moves:
        for staff_id, sign in ((each.giver, -1), (each.receiver, 1)):
            if staff_id is None:
                continue
            pile = (staff_id, each.code)
            counts[pile] += sign * each.sheets
            if counts[pile] > 0:
                since.setdefault(pile, each.at)
            else:
                since.pop(pile, None)
    hands: dict[UUID, datetime] = {}
    for (staff_id, _), at in since.items():
        hands[staff_id] = min(at, hands.get(staff_id, at))
    return hands
