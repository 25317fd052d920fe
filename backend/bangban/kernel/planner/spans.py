"""The days that two arguments of a field give, both included: the last ones if left out, and not too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from sqlalchemy import Date, DateTime
from sqlalchemy.dialects.postgresql import ARRAY

from bangban.kernel.planner.parameters import Facts, Given, Path, Recipe
from bangban.kernel.problems import ErrorCode, Problem

DAYS_OFF: Final = "days_off"
"""The days of a period without work, by the district's calendar: derived from its first and last day."""

ZONE: Final = "zone"
_FIRST: Final = date(2000, 1, 1)


class PeriodWrong(Problem):
    """A period that ends before it begins, is longer than may be asked for, or lies where nothing is."""

    code = ErrorCode.INVALID_INPUT
    zh = "统计期间须为起止日期有序、不超过 {most} 天的日期范围。"
    en = "A period runs from a day to the same or a later one, over {most} days at most."

    def __init__(self, most: int) -> None:
        super().__init__(fields=("since", "until"), most=most)


class Edge(StrEnum):
    """What of a period is asked for."""

    SINCE = "SINCE"
    UNTIL = "UNTIL"
    BEGINS = "BEGINS"  # the moment at which the first day begins where the district is
    ENDS = "ENDS"  # the moment at which the last day is over
    DAYS_OFF = "DAYS_OFF"


TYPES: Final[Mapping[Edge, Any]] = {
    Edge.SINCE: Date(),
    Edge.UNTIL: Date(),
    Edge.BEGINS: DateTime(timezone=True),
    Edge.ENDS: DateTime(timezone=True),
    Edge.DAYS_OFF: ARRAY(Date()),
}


@dataclass(frozen=True)
class PeriodEdge(Recipe):
    """One side of the period that the arguments ``since`` and ``until`` of the field at ``site`` give.

    ``usual`` days up to today where nothing is said, ``most`` days at most. Without ``site`` neither is given.
    """

    judges: ClassVar[bool] = True
    edge: Edge
    site: Path | None
    usual: int
    most: int

    @property
    def place(self) -> Given | None:
        return None if self.site is None else Given(self.site, ())

    def value(self, given: Any, facts: Facts) -> Any:
        since, until = self._days(given or {}, facts.values["today"])
        match self.edge:
            case Edge.SINCE:
                return since
            case Edge.UNTIL:
                return until
            case Edge.BEGINS:
                return datetime.combine(since, time.min, facts.values[ZONE])
            case Edge.ENDS:
                return datetime.combine(until + timedelta(days=1), time.min, facts.values[ZONE])
            case Edge.DAYS_OFF:
                return facts.derivations[DAYS_OFF]((since, until))

    def _days(self, given: Mapping[str, Any], today: date) -> tuple[date, date]:
        until = given.get("until") or today
        if not _FIRST <= until <= today + timedelta(days=self.most):
            raise PeriodWrong(self.most)
        since = given.get("since") or until - timedelta(days=self.usual - 1)
        if not timedelta(0) <= until - since < timedelta(days=self.most):
            raise PeriodWrong(self.most)
        return since, until
