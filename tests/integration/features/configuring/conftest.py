"""A district being set up, with all that its administrator would have made by then, row by row as a test wishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.conftest import Run, small_district
from tests.items import sample_item

from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import AreaKind
from bangban.features.catalog.values import Channel
from bangban.features.people.tables import AssignmentRow, StaffRow, TeamMemberRow, TeamRow
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

KINDS = {
    AreaLevel.COUNTY: AreaKind.COUNTY,
    AreaLevel.TOWN: AreaKind.TOWN,
    AreaLevel.VILLAGE: AreaKind.VILLAGE,
    AreaLevel.GRID: AreaKind.GRID,
    AreaLevel.MICRO_GRID: AreaKind.MICRO_GRID,
}
LONG_AGO = dt.date(2020, 1, 1)
READY = {"contact_phone": "12345", "modes": [{"mode": "ONLINE", "name": {"zh": "线上帮", "en": "Online"}}]}


@dataclass
class Setup:
    """A district in PROVISIONING, its administrator, and ways to fill it."""

    slug: str
    tenancy: Tenancy
    run: Run[Any]
    areas: dict[str, AreaRow] = field(default_factory=dict)

    @property
    def district(self) -> District:
        return self.tenancy.registry.get(self.slug)

    @property
    def admin(self) -> Principal:
        """Somebody who is administrator of the whole district."""
        return self.holder(Role.ADMIN, "county")

    def holder(self, role: Role, area: str) -> Principal:
        """Somebody who holds a role at an area."""
        at = self.areas[area]
        held = Assignment(role, AreaId(at.id), at.path, at.level, since=LONG_AGO)
        kind = PrincipalKind.AUDITOR if role is Role.AUDITOR else PrincipalKind.STAFF
        return Principal(kind=kind, id=new_id(), district=self.slug, assignments=(held,))

    async def write(
        self,
        do: Callable[[Work], Coroutine[Any, Any, Any]],
        who: Principal | None = None,
        now: dt.datetime | None = None,
    ) -> Any:
        """One transaction of somebody's, by default the administrator's, and now."""
        async with self.tenancy.write(self.district, who or self.admin, now=now) as work:
            return await do(work)

    def inside(
        self,
        do: Callable[[Work], Coroutine[Any, Any, Any]],
        who: Principal | None = None,
        now: dt.datetime | None = None,
    ) -> Any:
        """The same, from a test."""
        return self.run(self.write(do, who, now))

    def profile(self) -> ProfileRow:
        """The district's own profile as it is stored."""

        async def get(work: Work) -> ProfileRow | None:
            return await work.db.get(ProfileRow, 1)

        found: ProfileRow = self.inside(get)
        return found

    async def area(self, work: Work, name: str, level: AreaLevel, parent: str | None = None) -> AreaRow:
        above = self.areas[parent] if parent else None
        area_id = new_id()
        row = AreaRow(
            id=area_id,
            key=name,
            name=name,
            full_name=name,
            level=level,
            kind=KINDS[level],
            parent_id=above.id if above else None,
            path=f"{above.path}.{area_id.hex}" if above else area_id.hex,
        )
        work.db.add(row)
        await work.db.flush()
        self.areas[name] = row
        return row

    async def staff(
        self,
        work: Work,
        key: str,
        *posts: tuple[str, str],
        login: bool = True,
        active: bool = True,
        **dates: Any,
    ) -> UUID:
        """Somebody with posts of role and area."""
        staff_id = new_id()
        work.db.add(
            StaffRow(id=staff_id, key=key, name=f"样本{key}", login=key if login else None, active=active)
        )
        await work.db.flush()
        for role, area in posts:
            work.db.add(
                AssignmentRow(
                    id=new_id(),
                    staff_id=staff_id,
                    role=role,
                    area_id=self.areas[area].id,
                    **{"since": LONG_AGO, **dates},
                )
            )
        await work.db.flush()
        return staff_id

    async def team(self, work: Work, key: str, area: str, *members: UUID) -> None:
        """A team with members."""
        team_id = new_id()
        work.db.add(TeamRow(id=team_id, key=key, name=key, kind="TOWN", area_id=self.areas[area].id))
        await work.db.flush()
        for staff_id in members:
            work.db.add(TeamMemberRow(id=new_id(), team_id=team_id, staff_id=staff_id, since=LONG_AGO))
        await work.db.flush()

    async def item(
        self, work: Work, code: str, *handled_at: AreaLevel, promised: int = 1, until: dt.date | None = None
    ) -> None:
        work.db.add(
            sample_item(
                code,
                name=f"样本事项{code}",
                promised_working_days=promised,
                legal_working_days=promised,
                channels=[Channel.HALL],
                handled_at=list(handled_at),
                pre_checked_at=[AreaLevel.COUNTY],
                effective_from=LONG_AGO,
                effective_to=until,
            )
        )
        await work.db.flush()


@pytest.fixture
def new_setup(installation: Installation, tenancy: Tenancy, run: Run[Any]) -> Callable[..., Setup]:
    """Makes a district in PROVISIONING with a county and a profile."""

    def make(levels: tuple[AreaLevel, ...] = tuple(AreaLevel)[:4], **settings: Any) -> Setup:
        setup = Setup(f"c{uuid4().hex[:10]}", tenancy, run)

        async def fill() -> None:
            await installation.create_district(small_district(setup.slug))
            await tenancy.registry.refresh(setup.slug)
            platform = Principal(kind=PrincipalKind.OPERATOR, id=UUID(int=0))
            async with tenancy.write(setup.district, platform) as work:
                work.db.add(
                    ProfileRow(
                        slug=setup.slug,
                        name="测试区",
                        brand="帮办",
                        levels=list(levels),
                        circle_minutes=15,
                        timezone="Asia/Shanghai",
                        number_prefix="CFG",
                        settings=dict(settings),
                    )
                )
                await setup.area(work, "county", AreaLevel.COUNTY)

        run(fill())
        return setup

    return make


@pytest.fixture
def setup(new_setup: Callable[..., Setup]) -> Setup:
    """A district that has nothing but its county yet."""
    return new_setup()
