"""The rules of the calendar as data: what a holiday notice may say, and what a new calendar makes of a case.

Pure. The calendar itself, and how a clock is reckoned from dates, is ``kernel.clock`` (DOMAIN 3.3, 3.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from bangban.features.calendar.problems import DayAlreadySo
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.clock import BeyondCalendar, CaseClock, Pause, WorkingCalendar, recompute_due


class LocalDay(NamedTuple):
    """A district's exception: whether the day is worked, and why."""

    working: bool
    reason: str


def require_change(day: date, *, working: bool, published: WorkingCalendar) -> None:
    """Refuse a district's first exception for a day that is so already. Raises DayAlreadySo, BeyondCalendar."""
    try:
        as_it_is = published.is_working(day)
    except BeyondCalendar as beyond:
        beyond.fields = ("input.day",)
        raise
    if as_it_is is working:
        raise DayAlreadySo(day, working=working)


class ClockColumns(NamedTuple):
    """What a running or suspended case keeps of its clock, named as in ``CaseRow``."""

    accepted_ordinal: int | None
    due_ordinal: int | None
    due_on: date | None
    due_provisional: bool
    paused_days: int
    suspended_ordinal: int | None
    stopped_used: int | None

    @classmethod
    def of(cls, clock: CaseClock) -> ClockColumns:
        """The columns of a clock that was not stopped for good."""
        return cls(
            accepted_ordinal=clock.accepted_ordinal,
            due_ordinal=clock.due_ordinal,
            due_on=clock.due_on,
            due_provisional=clock.provisional,
            paused_days=clock.paused_days,
            suspended_ordinal=clock.stopped_ordinal,
            stopped_used=clock.stopped_used,
        )


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """An accepted case whose clock runs or is paused, with the dates that it follows from."""

    id: UUID
    number: str
    state: CaseState
    promised_days: int
    accepted_at: datetime
    counts_from: date | None  # an earlier day that counts instead (行政许可法 Art. 32)
    stopped: tuple[tuple[EventKind, datetime], ...]  # SUSPENDED and RESUMED, in order
    kept: ClockColumns


def reckon(case: OpenCase, calendar: WorkingCalendar, *, zone: ZoneInfo) -> ClockColumns:
    """The clock that the case's dates give under ``calendar``; nothing that was reckoned before goes in.

    Raises:
        BeyondCalendar: A date lies outside the calendar.
        ValueError: The timeline is no alternation of suspensions and resumptions, or does not fit the state.
    """
    clock = recompute_due(
        calendar,
        accepted_on=case.counts_from or case.accepted_at.astimezone(zone).date(),
        promised=case.promised_days,
        pauses=pauses_of((kind, at.astimezone(zone).date()) for kind, at in case.stopped),
    )
    if clock.paused is not (case.state is CaseState.SUSPENDED):
        raise ValueError("The timeline and the state do not agree on whether the clock is paused.")
    return ClockColumns.of(clock)


def pauses_of(events: Iterable[tuple[EventKind, date]]) -> list[Pause]:
    """The pauses in a case's SUSPENDED and RESUMED events, the last of them perhaps still going on.

    Raises:
        ValueError: A pause begins within another, or ends without having begun.
    """
    pauses: list[Pause] = []
    since: date | None = None
    for kind, day in events:
        if (kind is EventKind.SUSPENDED) is (since is not None):
            raise ValueError("Suspensions and resumptions alternate.")
        if since is None:
            since = day
        else:
            pauses.append(Pause(since, day))
            since = None
    return pauses if since is None else [*pauses, Pause(since)]
