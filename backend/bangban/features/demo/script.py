"""A sample case as a script: who does what, so many working days after what came before; then when exactly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from bangban.kernel.access.principals import Principal
from bangban.kernel.clock import WorkingCalendar

Do: TypeAlias = Callable[..., Awaitable[UUID]]
"""A use case of casework. The first of a script begins the case, or all the cases of an application for several."""

OPENING = time(8, 35)
_LATEST_START = 17 * 60 + 10 - (8 * 60 + 35)  # minutes after opening
_BETWEEN = (6, 38)  # minutes between two acts of one day


class Part(Enum):
    """Somebody who is known only once the case is under way."""

    APPLICANT = auto()
    HOLDER = auto()
    RECEIVER = auto()


Who: TypeAlias = Principal | Part


def nothing(_day: date) -> dict[str, Any]:
    """No arguments but the case."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act, ``days`` working days after the one before. ``how`` gives its arguments on the day it falls on.

    ``receivers`` are those whom a case may be handed to; the first who does not hold it gets it.
    """

    who: Who
    do: Do
    days: int = 0
    how: Callable[[date], dict[str, Any]] = nothing
    receivers: tuple[Principal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Act:
    """A step at its moment, as the ``order``-th of its case; ``day`` is the district's."""

    at: datetime
    case: int
    order: int
    day: date
    step: Step


class Extra(NamedTuple):
    """Cases that a district's settings give occasion for, beyond the ones that were asked for."""

    cases: int
    acts: list[Act]


@dataclass(frozen=True)
class Window:
    """The days that samples lie in, as ordinals of working days: from ``first`` to ``last``, before today."""

    calendar: WorkingCalendar
    zone: ZoneInfo
    now: datetime
    days: int = 90

    @property
    def today(self) -> date:
        """The day it is in the district."""
        return self.now.astimezone(self.zone).date()

    @property
    def first_day(self) -> date:
        """The day from which everything that takes part must have been there."""
        return self.today - timedelta(days=self.days)

    @property
    def first(self) -> int:
        return self.calendar.next_ordinal(self.first_day)

    @property
    def last(self) -> int:
        """The last working day before today, so that every act is over."""
        return self.calendar.ordinal(self.today - timedelta(days=1))

    @property
    def present(self) -> int:
        """What today's lights are measured at."""
        return self.calendar.next_ordinal(self.today)

    def moments(self, ordinals: Sequence[int], rng: Random) -> list[datetime]:
        """A moment in office hours for each act of a case, later than the one before it."""
        times: list[datetime] = []
        for index, ordinal in enumerate(ordinals):
            if index and ordinal == ordinals[index - 1]:
                times.append(
                    times[-1] + timedelta(minutes=rng.randint(*_BETWEEN), seconds=rng.randint(0, 59))
                )
                continue
            follow = sum(one == other == ordinal for one, other in pairwise(ordinals[index:]))
            start = rng.randint(0, max(0, _LATEST_START - follow * _BETWEEN[1]))
            opening = datetime.combine(self.calendar.date_of(ordinal), OPENING, tzinfo=self.zone)
            times.append((opening + timedelta(minutes=start, seconds=rng.randint(0, 59))).astimezone(UTC))
        return times


def ordinals_of(steps: Sequence[Step], *, fixed: int, at: int, last: int) -> list[int]:
    """The working day of each step such that the one with index ``fixed`` falls on ``at``, none after ``last``."""
    offsets: list[int] = []
    for step in steps:
        offsets.append(step.days + (offsets[-1] if offsets else 0))
    shift = at - offsets[fixed]
    return [min(offset + shift, last) for offset in offsets]


def acts_of(
    window: Window, steps: Sequence[Step], ordinals: Sequence[int], rng: Random, *, case: int
) -> list[Act]:
    """The steps of a case as acts, each on its working day."""
    moments = window.moments(ordinals, rng)
    days = [window.calendar.date_of(ordinal) for ordinal in ordinals]
    return [
        Act(at=at, case=case, order=order, day=day, step=step)
        for order, (at, day, step) in enumerate(zip(moments, days, steps, strict=True))
    ]
