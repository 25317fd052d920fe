"""What sample cases are played on: the areas, items, modes and people that a district really has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from bangban.features.cases.values import HelpMode
from bangban.features.catalog.values import Audience, Channel, ServiceKind
from bangban.features.demo.script import Window
from bangban.features.guidance.rules import Way
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.grants import Grants
from bangban.kernel.access.paths import is_root, is_within
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.levels import AreaLevel


@dataclass(frozen=True, slots=True)
class Place:
    """An area where somebody may live."""

    id: UUID
    path: str
    level: AreaLevel


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A service item that holds all through the window."""

    code: str
    kind: ServiceKind
    audience: tuple[Audience, ...]
    promised: int  # working days
    channels: frozenset[Channel]
    handled_at: frozenset[AreaLevel]
    checked_at: frozenset[AreaLevel]
    owed: tuple[str, ...]  # materials that the applicant hands in
    tolerable: dict[str, int | None]  # those of them that may follow, with their own limit in working days
    before_supplied: bool  # whether its result may be issued before they do


@dataclass(frozen=True)
class Member:
    """Somebody of the staff who has an account all through the window."""

    principal: Principal
    grants: Grants

    def may(self, permission: Permission, path: str, *, levels: frozenset[AreaLevel] | None = None) -> bool:
        """Whether an assignment allows it over this area, at one of the levels where that is asked."""
        scope = self.grants.scope(permission)
        if not (scope.whole or any(is_within(path, each) for each in scope.paths)):
            return False
        return levels is None or any(
            each.level in levels for each in self.grants.require_at(permission, path)
        )

    def depth(self, path: str) -> int:
        """How near the nearest assignment that covers an area is to it."""
        return max(
            (each.area_path.count(".") for each in self.principal.assignments if each.covers(path)),
            default=-1,
        )


@dataclass(frozen=True)
class Stage:
    """All that sample cases need of a district."""

    window: Window
    policy: CompiledPolicy
    modes: Mapping[HelpMode, tuple[str, ...]]  # and what each asks for
    places: tuple[Place, ...]
    items: tuple[Item, ...]
    members: tuple[Member, ...]
    staff: Mapping[UUID, Principal]  # everybody with an account, for as long as they have it
    partners: tuple[Member, ...] = ()  # clerks of partners, who take in what was delegated to their point
    ways: Mapping[str, Way] = field(default_factory=dict)  # by which questions lead to items and bundles
    posted: tuple[Place, ...] = field(init=False)  # where somebody is posted below the county
    staffed: tuple[Place, ...] = field(init=False)  # these, and all that lies within

    def __post_init__(self) -> None:
        posts = {
            held.area_path
            for member in self.members
            for held in member.principal.assignments
            if not is_root(held.area_path)
        }
        near = tuple(each for each in self.places if any(is_within(each.path, path) for path in posts))
        object.__setattr__(self, "posted", tuple(each for each in near if each.path in posts))
        object.__setattr__(self, "staffed", near)

    @property
    def plain_mode(self) -> HelpMode | None:
        """A mode that asks for nothing more, where there is one."""
        return next((mode for mode, asked in self.modes.items() if not asked), None)

    def able(
        self, permission: Permission, path: str, *, levels: frozenset[AreaLevel] | None = None
    ) -> tuple[Member, ...]:
        """Everybody who may do this over an area, the nearest first."""
        found = [each for each in self.members if each.may(permission, path, levels=levels)]
        return tuple(sorted(found, key=lambda each: -each.depth(path)))

    def pick(
        self,
        rng: Random,
        permission: Permission,
        path: str,
        *,
        levels: frozenset[AreaLevel] | None = None,
    ) -> Principal | None:
        """Somebody who may, rather the nearest than anybody, or None."""
        able = self.able(permission, path, levels=levels)
        if not able:
            return None
        nearest = [each for each in able if each.depth(path) == able[0].depth(path)]
        return rng.choice(nearest if rng.random() < 0.7 else able).principal

    def place(self, rng: Random) -> Place:
        """Where an applicant lives: near a post more often than not, since that is where one asks for help."""
        pools = (self.posted, self.staffed, self.places) if self.posted else (self.places,) * 3
        pool = rng.choices(pools, (2, 4, 4))[0]
        levels = sorted({each.level for each in pool}, key=lambda level: level.depth)
        # The county itself is nobody's address where there is anything below it.
        below = [level for level in levels if level is not AreaLevel.COUNTY] or levels
        level = rng.choices(below, [_WEIGHTS[each] for each in below])[0]
        return rng.choice([each for each in pool if each.level is level])


_WEIGHTS = {
    AreaLevel.COUNTY: 1,
    AreaLevel.TOWN: 3,
    AreaLevel.VILLAGE: 9,
    AreaLevel.GRID: 4,
    AreaLevel.MICRO_GRID: 2,
}
