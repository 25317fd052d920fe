"""A case's clock between its row and the kernel's value.

The row keeps ``suspended_ordinal`` and ``completed_ordinal`` as the number that the light is measured at: the
first working day not before the day the clock stopped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bangban.features.cases.tables import CaseRow
from bangban.kernel.clock import CaseClock, WorkingCalendar


def find_clock(row: CaseRow, calendar: WorkingCalendar, *, suspended_on: date | None) -> CaseClock | None:
    """The clock of an accepted case, standing still since ``suspended_on`` if that is given."""
    if row.accepted_ordinal is None or row.due_ordinal is None or row.due_on is None:
        return None
    clock = CaseClock(
        promised=row.promised_days,
        accepted_ordinal=row.accepted_ordinal,
        due_ordinal=row.due_ordinal,
        due_on=row.due_on,
        provisional=row.due_provisional,
        paused_days=row.paused_days,
    )
    if suspended_on is None:
        return clock
    still = clock.suspended(calendar.moment(suspended_on))
    return replace(still, stopped_ordinal=row.suspended_ordinal)


def keep_clock(row: CaseRow, clock: CaseClock | None, *, completed: bool) -> None:
    """Write ``clock`` to the row; ``completed`` says that the case is completed with this very act."""
    if clock is None:
        return
    row.accepted_ordinal = clock.accepted_ordinal
    row.due_ordinal = clock.due_ordinal
    row.due_on = clock.due_on
    row.due_provisional = clock.provisional
    row.paused_days = clock.paused_days
    row.suspended_ordinal = clock.stopped_ordinal if clock.paused else None
    if completed:
        row.completed_ordinal = clock.stopped_ordinal
