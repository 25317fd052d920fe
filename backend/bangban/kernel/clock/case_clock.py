"""The clock of one case: when it is due, how much is used, and which light is on (DOMAIN B04, 3.3).

Everything is held as numbers of working days, so that SQL filters and sorts by the same arithmetic::

    used      = coalesce(stopped_used, greatest(0, :ordinal - accepted_ordinal - paused_days))
    remaining = due_ordinal - coalesce(stopped_ordinal, :next_ordinal)
    light     = OVERDUE if remaining < 0, then by lights.light_thresholds(promised)
    provisional = due_ordinal > :horizon_ordinal

where ``:ordinal`` and ``:next_ordinal`` are ``WorkingCalendar.moment(today)``. A store without
``stopped_used`` may put ``stopped_ordinal`` in the place of ``:ordinal``; a case that stopped on a day of
rest then shows one day more, that of the next working day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bangban.kernel.clock.lights import Light, light_for
from bangban.kernel.clock.working import Moment, WorkingCalendar


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension 中止: from a day, until the day it was lifted, or still going on."""

    since: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """The clock of an accepted case. ``stopped_*`` are set while it is paused and once it is completed."""

    promised: int  # working days
    accepted_ordinal: int
    due_ordinal: int
    due_on: dt.date
    provisional: bool
    paused_days: int = 0  # working days of the pauses that are over
    stopped_ordinal: int | None = None  # what the light is measured at
    stopped_used: int | None = None
    paused: bool = False

    def used(self, at: Moment) -> int:
        """Working days used up to ``at``: the day of acceptance and paused days do not count."""
        if self.stopped_used is not None:
            return self.stopped_used
        until = at.ordinal if self.stopped_ordinal is None else self.stopped_ordinal
        return max(0, until - self.accepted_ordinal - self.paused_days)

    def remaining(self, at: Moment) -> int:
        """Working days from ``at`` to the due day: 0 on that day, negative after it."""
        return self.due_ordinal - (at.next_ordinal if self.stopped_ordinal is None else self.stopped_ordinal)

    def light(self, at: Moment) -> Light:
        """The light at ``at``; a paused or completed case keeps that of the day it stopped."""
        return light_for(self.remaining(at), promised=self.promised)

    def suspended(self, at: Moment) -> CaseClock:
        """Stopped from ``at`` on.

        Raises:
            ValueError: The clock stands still already, so a second pause would overlap the first.
        """
        self._must_run()
        return replace(self, paused=True, stopped_ordinal=at.next_ordinal, stopped_used=self.used(at))

    def resumed(self, at: Moment, *, calendar: WorkingCalendar) -> CaseClock:
        """Running again from ``at``; the due day moves by the working days that were stopped.

        On working days that is ``ordinal(at) - ordinal(since)``. A pause that begins or ends on a day of rest
        moves the due day by the working days within it, so exactly what remained at its start remains at its
        end.

        Raises:
            ValueError: The clock is not paused, or ``at`` lies before the pause began.
            BeyondCalendar: The new due day lies outside the calendar.
        """
        if not self.paused or self.stopped_ordinal is None:
            raise ValueError("Only a paused clock can be resumed.")
        if at.next_ordinal < self.stopped_ordinal:
            raise ValueError("A pause cannot end before it began.")
        due = self.due_ordinal + at.next_ordinal - self.stopped_ordinal
        return replace(
            self,
            paused=False,
            # Whatever was used at the start of the pause is used at its end.
            paused_days=max(self.paused_days, at.ordinal - self.accepted_ordinal - self.used(at)),
            stopped_ordinal=None,
            stopped_used=None,
            due_ordinal=due,
            due_on=calendar.date_of(due),
            provisional=due > calendar.horizon_ordinal,
        )

    def completed(self, at: Moment) -> CaseClock:
        """Stopped for good at ``at``. Raises ``ValueError`` where the clock stands still already."""
        self._must_run()
        return replace(self, stopped_ordinal=at.next_ordinal, stopped_used=self.used(at))

    def _must_run(self) -> None:
        if self.stopped_ordinal is not None:
            raise ValueError("The clock stands still already.")


def start_clock(calendar: WorkingCalendar, *, accepted_on: dt.date, promised: int) -> CaseClock:
    """The clock of a case accepted on ``accepted_on`` with a limit of ``promised`` working days.

    It starts on the working day after acceptance. A promise of 0 is due on the day of acceptance, or on the
    next working day where that is a day of rest.

    Raises:
        BeyondCalendar: Acceptance or due day lie outside the calendar.
        ValueError: ``promised`` is negative.
    """
    if promised < 0:
        raise ValueError("A promise is a number of working days; it may not be negative.")
    accepted = calendar.moment(accepted_on)
    start = accepted.ordinal if promised else accepted.next_ordinal
    due = start + promised
    return CaseClock(
        promised=promised,
        accepted_ordinal=start,
        due_ordinal=due,
        due_on=calendar.date_of(due),
        provisional=due > calendar.horizon_ordinal,
    )


def recompute_due(
    calendar: WorkingCalendar,
    *,
    accepted_on: dt.date,
    promised: int,
    pauses: Iterable[Pause] = (),
    completed_on: dt.date | None = None,
) -> CaseClock:
    """The clock that these dates give under ``calendar``, whatever calendar they were first reckoned with.

    Only dates go in, so running it again changes nothing, and two servers agree.

    Raises:
        BeyondCalendar: A date lies outside the calendar.
        ValueError: Pauses overlap, run backwards, begin before acceptance or outlast completion.
    """
    clock = start_clock(calendar, accepted_on=accepted_on, promised=promised)
    latest = accepted_on
    for pause in sorted(pauses, key=lambda one: (one.since, one.until or dt.date.max)):
        if pause.since < latest or (pause.until is not None and pause.until < pause.since):
            raise ValueError("Pauses follow acceptance and each other, and end after they begin.")
        clock = clock.suspended(calendar.moment(pause.since))
        latest = pause.since
        if pause.until is not None:
            clock = clock.resumed(calendar.moment(pause.until), calendar=calendar)
            latest = pause.until
    if completed_on is None:
        return clock
    if completed_on < latest:
        raise ValueError("A case is completed after it was accepted and after its pauses.")
    return clock.completed(calendar.moment(completed_on))
