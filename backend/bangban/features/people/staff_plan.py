"""What an import of staff would do, what it is compared with, and what is wrong with its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from bangban.features.people.places import Places, Point
from bangban.features.people.rules import Held, HeldPlan
from bangban.features.people.tables import StaffRow
from bangban.kernel.sheets import Line, LineFault, Sheet

MOST_DIFFERENCES: Final = 1000  # nobody reads more; the counts tell of all
OUTSIDE: Final = ("不在您管理的区域内。", "This is outside the area that you manage.")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a line changes. Contacts are masked; ``before`` is None for what is new."""

    line: int
    person: str
    field: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team that a list may name; ``path`` is that of the area it serves, ``until`` its last day."""

    id: UUID
    key: str
    name: str
    path: str | None
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What an import is compared with. ``managed`` are those whom the caller keeps."""

    staff: Mapping[str, StaffRow]  # by number
    logins: Mapping[str, StaffRow]
    managed: frozenset[UUID]
    posts: Mapping[UUID, list[Held]]  # by person
    memberships: Mapping[UUID, list[Held]]  # by person
    paths: Mapping[UUID, str]  # of areas
    places: Places
    points: Iterable[Point]  # those that the list names, and where somebody of it is posted
    teams: Iterable[Team]


@dataclass(kw_only=True)
class StaffPlan:
    """Rows to add and to change, periods to write, and what is wrong with the lines of ``sheet``."""

    sheet: Sheet
    added: list[StaffRow] = field(default_factory=list)
    changed: list[StaffRow] = field(default_factory=list)
    unchanged: int = 0
    posts: HeldPlan = field(default_factory=HeldPlan)
    memberships: HeldPlan = field(default_factory=HeldPlan)
    differences: list[Difference] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)

    def say(self, line: Line, column: str | None, zh: str, en: str) -> None:
        """Note a fault of a line."""
        self.faults.append(self.sheet.fault(line, column, zh, en))

    def differ(self, line: Line, person: str, what: str, before: str | None, after: str) -> None:
        """Note what a line changes."""
        if len(self.differences) < MOST_DIFFERENCES:
            self.differences.append(Difference(line.number, person, what, before, after))
