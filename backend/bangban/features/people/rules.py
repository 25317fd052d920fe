"""The rules of posts and teams. Pure: periods of days with both ends included, and who holds what in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar
from uuid import UUID

from bangban.features.people.problems import AuditorApart, DatesReversed, PeopleFault, PeopleFaulty
from bangban.kernel.access.roles import HELD_ROLES, Role

HOLDABLE_ROLES = HELD_ROLES | {Role.PORTAL}
"""Roles that an assignment may name; a portal's is held nowhere in particular but given like the others."""


class TeamKind(StrEnum):
    """Kind of team 队伍类型 (DOMAIN C06)."""

    CENTRE = "CENTRE"
    DEPARTMENT = "DEPARTMENT"
    TOWN = "TOWN"
    PARK = "PARK"
    PROJECT = "PROJECT"  # 项目工作群 (D04)


Period = tuple[date, date | None]


class Dated(Protocol):
    """Something that holds from ``since`` to ``until``, both days included."""

    @property
    def since(self) -> date: ...

    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A period that is stored, or is to be: of an assignment or of a membership.

    ``what`` names what is held by whom: (staff, role, area) or (team, staff).
    """

    id: UUID
    what: tuple[UUID | str, ...]
    since: date
    until: date | None = None
    lead: bool = False
    full_time: bool = True
    point_id: UUID | None = None  # where somebody is posted
    label: str = field(default="", compare=False)  # what a fault calls it


@dataclass(slots=True)
class HeldPlan:
    """What an import writes of one kind of periods."""

    created: list[Held] = field(default_factory=list)
    changed: list[Held] = field(default_factory=list)
    unchanged: int = 0
    unnamed: list[Held] = field(default_factory=list)


T = TypeVar("T", bound=Dated)


def counts_on(period: Dated, day: date) -> bool:
    """Whether ``day`` lies within the period."""
    return period.since <= day and (period.until is None or day <= period.until)


def overlap(one: Dated, other: Dated) -> bool:
    """Whether the periods share a day."""
    return (other.until is None or one.since <= other.until) and (
        one.until is None or other.since <= one.until
    )


def first_overlap(periods: Iterable[T]) -> T | None:
    """The first period that begins before an earlier one has ended, or None."""
    before: T | None = None
    for period in sorted(periods, key=lambda each: each.since):
        if before is not None and overlap(before, period):
            return period
        if before is None or before.until is not None:
            before = period
    return None


def check_dates(since: date, until: date | None) -> None:
    """Raises ``DatesReversed`` where a period ends before it begins."""
    if until is not None and until < since:
        raise DatesReversed(since=since, until=until, fields=("input.until",))


def check_apart(held: Iterable[tuple[str, Dated]]) -> None:
    """Raises ``AuditorApart`` where somebody would audit and do something else on the same day."""
    roles = list(held)
    audits = [period for role, period in roles if role == Role.AUDITOR]
    others = [period for role, period in roles if role != Role.AUDITOR]
    if any(overlap(audit, other) for audit in audits for other in others):
        raise AuditorApart(fields=("input.role",))


def plan_periods(stored: Iterable[Held], wished: Sequence[Held]) -> HeldPlan:
    """What to write so that the wished periods are stored.

    A wished period is the stored one of the same thing that begins on the same day, or else one that it
    overlaps. Stored ones that nothing wished for stay, and are listed. Raises ``PeopleFaulty`` where the
    outcome would hold one thing twice on a day.
    """
    plan = HeldPlan()
    kept: dict[tuple[UUID | str, ...], list[Held]] = {}
    for period in stored:
        kept.setdefault(period.what, []).append(period)
    after: dict[tuple[UUID | str, ...], list[Held]] = {}
    # Those that begin on the same day find each other first, whatever the order of the file.
    exact = {(period.what, period.since) for periods in kept.values() for period in periods}
    for wish in sorted(wished, key=lambda each: (each.what, each.since) not in exact):
        candidates = kept.get(wish.what, [])
        found = next((each for each in candidates if each.since == wish.since), None) or next(
            (each for each in candidates if overlap(each, wish)), None
        )
        if found is None:
            plan.created.append(wish)
            after.setdefault(wish.what, []).append(wish)
            continue
        candidates.remove(found)
        now = replace(wish, id=found.id)
        after.setdefault(wish.what, []).append(now)
        if now == found:
            plan.unchanged += 1
        else:
            plan.changed.append(now)
    plan.unnamed = [period for periods in kept.values() for period in periods]
    for period in plan.unnamed:
        after.setdefault(period.what, []).append(period)
    twice = [clash for periods in after.values() if (clash := first_overlap(periods))]
    if twice:
        raise PeopleFaulty(tuple(_overlapping(each.label, each.since) for each in twice))
    return plan


def _overlapping(key: str, since: date) -> PeopleFault:
    return PeopleFault(
        key, f"自 {since} 起的时段与另一时段重叠。", f"the period from {since} overlaps another."
    )
