"""The rule of delegation 下放/承接 (DOMAIN G07, L04, invariant 4). Pure.

Who may deal with an item is asked of the unit besides the role:

1. The item's own levels are what holds in the whole district: a unit at a level where it is handled may do all of
   it, one at a level where it is pre-checked may pre-check. Of an item that is ``delegated_only`` this is true at
   the level of its owner alone.
2. A live delegation lets the area it names, with all below it, or the one service point it names, do as much as its
   scope says, whatever the levels are.
3. One given to a person 首席代表 (DOMAIN A11) counts for that person alone, and while they act for that area or are
   posted at that point: they may decide on the spot what their unit may not.
4. A partner's point takes what was delegated to that very point, and only while the partner's agreement names the
   item and runs. A partner's clerk has nothing by levels or by areas.

A delegation is live from its first to its last day, and not from the day on which it was withdrawn. Withdrawn with
KEEP, it still holds for cases that began while it was live, on the day of the withdrawal too, until the moment
of it; one given to a person never does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bangban.features.catalog.problems import (
    DelegationDatesReversed,
    DelegationEnded,
    DelegationExists,
    DelegationMisplaced,
    ReturnAtOnce,
)
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.kernel.access.paths import is_within
from bangban.kernel.levels import AreaLevel


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """Where somebody works: the area of the role, and the point they are posted at. ``partner``: as its clerk.

    ``staff_id`` is who acts for it.
    """

    area_path: str
    level: AreaLevel
    point_id: object | None = None
    staff_id: object | None = None
    partner: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemLevels:
    """What an item's own text says of who deals with it; ``owner`` is the level of the power."""

    owner: AreaLevel
    handled_at: Collection[AreaLevel]
    pre_checked_at: Collection[AreaLevel]
    delegated_only: bool = False

    def scope_at(self, level: AreaLevel) -> DelegationScope | None:
        """How much a unit at this level may do by the item's text alone."""
        if self.delegated_only and level is not self.owner:
            return None
        if level in self.handled_at:
            return DelegationScope.FULL
        return DelegationScope.PRE_CHECK if level in self.pre_checked_at else None


@dataclass(frozen=True, slots=True)
class Begun:
    """The local day on which a case began, and the moment; ``at`` is None for one that begins now."""

    on: date
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """What a partner's agreement says of one item: whether it names it, and its first and last day."""

    names_item: bool
    since: date
    until: date

    def covers(self, day: date) -> bool:
        """Whether the item may be taken in on this day."""
        return self.names_item and self.since <= day <= self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegated:
    """A delegation of the item in question to an area or to a point, or to the person ``staff_id`` there.

    ``at_partner`` says that the point is a partner's, ``agreed`` what its agreement says, None without one.
    """

    scope: DelegationScope
    since: date
    id: UUID | None = None
    until: date | None = None
    withdrawn_on: date | None = None
    withdrawn_at: datetime | None = None
    running: RunningCases | None = None
    area_path: str | None = None
    point_id: object | None = None
    staff_id: object | None = None
    at_partner: bool = False
    agreed: Agreed | None = None

    def live_on(self, day: date) -> bool:
        """Whether it holds on this day."""
        return (
            self.since <= day
            and (self.until is None or day <= self.until)
            and (self.withdrawn_on is None or day < self.withdrawn_on)
        )

    def holds_for(self, begun: Begun, today: date) -> bool:
        """Whether it holds today for a case that began then: also where it was withdrawn and cases were kept."""
        if self.at_partner and (self.agreed is None or not self.agreed.covers(today)):
            return False
        kept = self.running is RunningCases.KEEP and self.withdrawn_on is not None and self.staff_id is None
        return self.live_on(today) or (kept and self._was_live_for(begun) and begun.on <= today)

    def _was_live_for(self, begun: Begun) -> bool:
        """Whether a case began while it was live: on the day of the withdrawal it still was, until that moment."""
        if begun.on == self.withdrawn_on and begun.at is not None and self.withdrawn_at is not None:
            return begun.at <= self.withdrawn_at
        return self.live_on(begun.on)

    def names(self, unit: Unit) -> bool:
        """Whether the unit is the one it was given to, or lies in it; and the person, where it names one."""
        if self.staff_id is not None and self.staff_id != unit.staff_id:
            return False
        if self.point_id is not None:
            return self.point_id == unit.point_id
        return not unit.partner and self.area_path is not None and is_within(unit.area_path, self.area_path)


def scope_of(
    unit: Unit, item: ItemLevels, delegations: Iterable[Delegated], *, begun: Begun, today: date
) -> DelegationScope | None:
    """How much of the item the unit may do today in a case that began then; None for nothing."""
    found = [] if unit.partner else [item.scope_at(unit.level)]
    found += [each.scope for each in delegations if each.names(unit) and each.holds_for(begun, today)]
    return max((scope for scope in found if scope is not None), key=lambda each: each.reach, default=None)


def counting(
    unit: Unit,
    delegations: Iterable[Delegated],
    wanted: DelegationScope,
    *,
    begun: Begun,
    today: date,
) -> Delegated | None:
    """The delegation by which the unit may do as much as ``wanted``; a person's own only where the unit has none."""
    found = [
        each
        for each in delegations
        if each.scope.includes(wanted) and each.names(unit) and each.holds_for(begun, today)
    ]
    return min(found, key=lambda each: (each.staff_id is not None, each.since), default=None)


def may_handle(
    unit: Unit,
    item: ItemLevels,
    delegations: Iterable[Delegated],
    wanted: DelegationScope,
    *,
    begun: Begun,
    today: date,
) -> bool:
    """Whether the unit may do as much as ``wanted``."""
    scope = scope_of(unit, item, delegations, begun=begun, today=today)
    return scope is not None and scope.includes(wanted)


# ---------------------------------------------------------------------- giving and taking back


def check_delegation(
    *,
    owner_level: AreaLevel,
    from_level: AreaLevel,
    from_path: str,
    to_path: str,
    to_area: bool,
    since: date,
    until: date | None,
    others: Iterable[tuple[date, date | None]],
    to_person: bool = False,
) -> None:
    """Whether an owner may delegate to a unit, or to a person there. ``others`` are the periods of those that stand.

    Raises:
        DelegationMisplaced: The owner's area is not at the item's level, or the unit does not lie below it. A person
            may work at the owner's own area.
        DelegationDatesReversed, DelegationExists.
    """
    below = is_within(to_path, from_path) and not (to_area and not to_person and to_path == from_path)
    if from_level is not owner_level or not below:
        raise DelegationMisplaced(fields=("input.fromAreaId",), level=owner_level)
    if until is not None and until < since:
        raise DelegationDatesReversed(fields=("input.until",))
    for begun, ended in others:
        if (ended is None or since <= ended) and (until is None or begun <= until):
            raise DelegationExists(fields=("input.since",), since=begun)


def check_withdrawal(
    *,
    since: date,
    until: date | None,
    withdrawn_on: date | None,
    on: date,
    running: RunningCases,
    today: date,
) -> None:
    """Whether a delegation can be withdrawn from a day on.

    Raises:
        DelegationEnded: It was withdrawn already, or ends before that day.
        DelegationDatesReversed: The day lies in the past.
        ReturnAtOnce: Cases are to go back, which they do today or not at all.
    """
    if withdrawn_on is not None or (until is not None and until < on):
        raise DelegationEnded(on=withdrawn_on or until)
    if on < today or on < since:
        raise DelegationDatesReversed(fields=("input.on",))
    if running is RunningCases.RETURN and on != today:
        raise ReturnAtOnce(fields=("input.on",))
