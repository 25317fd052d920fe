"""What it takes to measure row by row: an area, or wherever somebody may look, some days, and lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tests.api.truths import Fields

from bangban.kernel.access.vocabulary import Permission

Told = tuple[float | None, int | None, int | None]
"""Value, part and whole of an indicator."""
Line = tuple[tuple[str, str | None], Told]


def share(key: str, part: int, whole: int, label: str | None = None) -> Line:
    return (key, label), (part / whole if whole else None, part, whole)


def count(key: str, number: int, label: str | None = None) -> Line:
    return (key, label), (number, None, None)


def spared(key: str, made: list[int], apart: list[int]) -> Line:
    """What is spared; of nothing it is not known."""
    if not made:
        return (key, None), (None, None, None)
    return (key, None), (sum(apart) - sum(made), sum(made), sum(apart))


@dataclass
class Measuring:
    """One question, of one caller: an area or wherever they may look, and the days."""

    truth: Fields
    area_id: str | None
    since: date
    until: date

    def _here(self, area_id: UUID | None) -> bool:
        scope = self.truth.grants.scope(Permission.INDICATORS_READ)
        if area_id is None:
            return self.area_id is None and scope.whole
        return scope.covers(self.truth.area(area_id).path) and (
            self.area_id is None or self.truth.below(area_id, self.area_id)
        )

    def _among(self, table: type) -> list[Any]:
        """The rows of a table that lie in the areas."""
        return [each for each in self.truth.rows[table] if self._here(each.area_id)]

    def _within(self, moment: Any) -> bool:
        return self.since <= moment.astimezone(self.truth.district.zone).date() <= self.until

    def _on(self, day: date) -> bool:
        return self.since <= day <= self.until

    @staticmethod
    def _valid(row: Any, day: date) -> bool:
        return bool(row.since <= day and (row.until is None or row.until >= day))

    @property
    def _today(self) -> date:
        return self.truth.moment.day
