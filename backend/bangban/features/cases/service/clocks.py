"""A case's clock between its row and the kernel's value.

The row keeps ``suspended_ordinal`` and ``completed_ordinal`` as the number that the light is measured at, the
first working day not before the day the clock stopped, and in ``stopped_used`` what was used by then. A clock
that stopped for good without a result, as in a withdrawn case, stands at ``completed_ordinal`` as well.
"""

from __future__ import annotations

from typing import Any

from bangban.kernel.clock import CaseClock


def find_clock(row: Any) -> CaseClock | None:
    """The clock of an accepted case, or None. ``row`` has the columns of ``CaseRow``."""
    if row.accepted_ordinal is None or row.due_ordinal is None or row.due_on is None:
        return None
    paused = row.suspended_ordinal is not None
    return CaseClock(
        promised=row.promised_days,
        accepted_ordinal=row.accepted_ordinal,
        due_ordinal=row.due_ordinal,
        due_on=row.due_on,
        provisional=row.due_provisional,
        paused_days=row.paused_days,
        stopped_ordinal=row.suspended_ordinal if paused else row.completed_ordinal,
        stopped_used=row.stopped_used,
        paused=paused,
    )


def keep_clock(row: Any, clock: CaseClock | None) -> None:
    """Write the clock to the row."""
    if clock is None:
        return
    row.accepted_ordinal = clock.accepted_ordinal
    row.due_ordinal = clock.due_ordinal
    row.due_on = clock.due_on
    row.due_provisional = clock.provisional
    row.paused_days = clock.paused_days
    row.suspended_ordinal = clock.stopped_ordinal if clock.paused else None
    row.completed_ordinal = None if clock.paused else clock.stopped_ordinal
    row.stopped_used = clock.stopped_used
