"""What sample cases are played on: the areas, items, modes and people that a district really has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.principals import Duty, staff_principal
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.application import SHARED_DATA
from bangban.features.cases.values import HelpMode
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.catalog.values import Audience, Channel, ServiceKind
from bangban.features.demo.script import Window
from bangban.features.demo.ways import find_ways
from bangban.features.guidance.rules import Way
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.people.training import training_needs
from bangban.kernel.access.compiled import CompiledPolicy
from bangban.kernel.access.grants import Grants, Principal, grants_of
from bangban.kernel.access.paths import is_root, is_within
from bangban.kernel.access.vocabulary import Permission, Role
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.work import Work


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


async def load_stage(work: Work, *, window: Window, modes: Mapping[HelpMode, tuple[str, ...]]) -> Stage:
    """What the district has, and has had since the window's first day."""
    people = await _people(work)
    lasting = [
        Member(principal, grants_of(principal, work.policy, on=window.today))
        for row, duties in people
        if (principal := _principal(work, row, [duty for duty in duties if _lasts(duty, window)])) is not None
    ]
    return Stage(
        window=window,
        policy=work.policy,
        modes=modes or {HelpMode.ONLINE: ()},
        places=await _places(work.db, window),
        items=await _items(work, window),
        ways=await find_ways(work, window),
        members=tuple(each for each in lasting if not _is_partner(each)),
        partners=tuple(each for each in lasting if _is_partner(each)),
        staff={
            row.id: principal
            for row, duties in people
            if (principal := _principal(work, row, duties)) is not None
        },
    )


async def _places(db: AsyncSession, window: Window) -> tuple[Place, ...]:
    rows = await db.execute(
        select(AreaRow.id, AreaRow.path, AreaRow.level)
        .where(or_(AreaRow.retired_on.is_(None), AreaRow.retired_on > window.today))
        .order_by(AreaRow.key)
    )
    return tuple(Place(*row) for row in rows)


async def _items(work: Work, window: Window) -> tuple[Item, ...]:
    """What is on offer throughout, but for the items that take a training: its staff have none in the past."""
    item, db, needs = ServiceItemRow, work.db, training_needs(work.settings)
    rows = await db.scalars(
        select(item)
        .where(
            item.code.not_in(needs.items),
            item.effective_from <= window.first_day,
            or_(item.effective_to.is_(None), item.effective_to > window.today),
        )
        .order_by(item.code)
    )
    found = rows.all()
    materials: dict[UUID, list[ServiceMaterialRow]] = {row.id: [] for row in found}
    for material in await db.scalars(
        select(ServiceMaterialRow)
        .where(ServiceMaterialRow.item_id.in_(materials))
        .order_by(ServiceMaterialRow.position)
    ):
        if material.required and material.source != SHARED_DATA:
            materials[material.item_id].append(material)
    return tuple(_item(row, materials[row.id]) for row in found)


def _item(row: ServiceItemRow, owed: list[ServiceMaterialRow]) -> Item:
    details = row.details.get("materials", {})
    return Item(
        code=row.code,
        kind=row.kind,
        audience=tuple(row.audience),
        promised=row.promised_working_days,
        channels=frozenset(row.channels),
        handled_at=frozenset(row.handled_at),
        checked_at=frozenset((*row.pre_checked_at, *row.handled_at)),
        owed=tuple(each.code for each in owed),
        tolerable={
            each.code: details.get(each.code, {}).get("tolerable_days")
            for each in owed
            if each.tolerable and not each.core
        },
    )


async def _people(work: Work) -> list[tuple[StaffRow, list[Duty]]]:
    """Everybody who has an account, with their assignments."""
    rows = await work.db.execute(
        select(
            StaffRow,
            AssignmentRow.role,
            AssignmentRow.area_id,
            AreaRow.path,
            AreaRow.level,
            AssignmentRow.since,
            AssignmentRow.until,
            AssignmentRow.point_id,
        )
        .select_from(StaffRow)
        .join(AssignmentRow, AssignmentRow.staff_id == StaffRow.id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.active, StaffRow.login.is_not(None))
        .order_by(StaffRow.key, AssignmentRow.role, AreaRow.key, AssignmentRow.since)
    )
    people: dict[UUID, tuple[StaffRow, list[Duty]]] = {}
    for staff, role, area_id, path, level, since, until, point_id in rows:
        duty = Duty(
            role=role,
            area_id=area_id,
            area_path=path,
            level=level,
            since=since,
            until=until,
            point_id=point_id,
        )
        people.setdefault(staff.id, (staff, []))[1].append(duty)
    return list(people.values())


def _is_partner(member: Member) -> bool:
    return any(held.role is Role.PARTNER_CLERK for held in member.principal.assignments)


def _lasts(duty: Duty, window: Window) -> bool:
    return duty.since <= window.first_day and (duty.until is None or duty.until >= window.today)


def _principal(work: Work, staff: StaffRow, duties: list[Duty]) -> Principal | None:
    return staff_principal(
        slug=work.district.slug, staff_id=staff.id, name=staff.name, language=staff.language, duties=duties
    )
