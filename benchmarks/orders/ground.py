"""A district with fifty helpers in one grid, and as many open orders as are wanted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import insert

from bangban.features import all_tables  # noqa: F401 - the metadata must be whole
from bangban.features.accounts.residents import resident_of_phone
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.features.districts.platform import platform_work
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind, OrderState
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus, ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work
from bangban.kernel.vault.keyring import KeyRing, MasterKey

HELPERS: Final = 50
GRIDS: Final = 40
_SLUG: Final = "orders"
_SINCE: Final = dt.date(2026, 1, 1)
_PAGE: Final = 1_000


@dataclass
class Ground:
    """The district and its people."""

    tenancy: Tenancy
    district: District
    resident: Principal
    grids: list[UUID] = field(default_factory=list)
    helpers: list[Principal] = field(default_factory=list)

    async def open_orders(self, count: int) -> None:
        """Let so many more orders be open, spread over the grids."""
        now = dt.datetime.now(dt.UTC)
        async with platform_work(self.tenancy, self.district) as work:
            for start in range(0, count, _PAGE):
                rows = [self._row(start + n, now) for n in range(min(_PAGE, count - start))]
                await work.db.execute(insert(OrderRow.__table__), rows)

    def _row(self, n: int, now: dt.datetime) -> dict[str, object]:
        grid = self.grids[n % GRIDS]
        return {
            "id": new_id(),
            "stem": "BENCH-D",
            "kind": OrderKind.NEED,
            "state": OrderState.OPEN,
            "area_id": grid,
            "offered_to_area_id": grid,
            "resident_id": self.resident.id,
            "placed_at": now - dt.timedelta(seconds=n),
            "due_at": now + dt.timedelta(hours=2),
            "tries": 0,
        }


async def settle(admin: Endpoint) -> Ground:
    """Everything, in an empty database."""
    ring = KeyRing(MasterKey.fresh())
    installation = await Installation.prepare(admin, ring)
    levels = list(AreaLevel)[:4]
    await installation.create_district(
        NewDistrict(slug=_SLUG, name="测速区", brand="帮办", division_code=None, levels=levels)
    )
    await installation.set_status(_SLUG, DistrictStatus.LIVE)
    tenancy = await Tenancy.open(
        installation.application, names=installation.names, ring=ring, limits=Limits(write_connections=10)
    )
    district = tenancy.registry.get(_SLUG)
    async with platform_work(tenancy, district) as work:
        resident = await resident_of_phone(work, sample_phone(1))
        who = Principal(kind=PrincipalKind.RESIDENT, id=resident.id, district=_SLUG)
        ground = Ground(tenancy, district, who)
        await _fill(work, ground)
    tenancy.forget(_SLUG)
    return ground


async def _fill(work: Work, ground: Ground) -> None:
    work.db.add(
        ProfileRow(
            slug=_SLUG,
            name="测速区",
            brand="帮办",
            levels=list(ground.district.levels),
            circle_minutes=15,
            timezone=ground.district.timezone,
            number_prefix="BM",
        )
    )
    path = ""
    above: UUID | None = None
    for kind in (AreaKind.COUNTY, AreaKind.TOWN, AreaKind.VILLAGE):
        above, path = await _area(work, kind.value, kind, above, path)
    for n in range(GRIDS):
        grid, grid_path = await _area(work, f"grid-{n}", AreaKind.GRID, above, path)
        ground.grids.append(grid)
        if n == 0:
            for each in range(HELPERS):
                ground.helpers.append(await _helper(work, each, grid, grid_path))


async def _area(work: Work, key: str, kind: AreaKind, above: UUID | None, path: str) -> tuple[UUID, str]:
    area_id = new_id()
    own = f"{path}.{area_id.hex}" if path else area_id.hex
    level = LEVEL_OF_KIND[kind]
    work.db.add(
        AreaRow(
            id=area_id, key=key, name=key, full_name=key, level=level, kind=kind, parent_id=above, path=own
        )
    )
    await work.db.flush()
    return area_id, own


async def _helper(work: Work, n: int, area: UUID, path: str) -> Principal:
    staff_id, name = new_id(), f"样本{n}"
    work.db.add(StaffRow(id=staff_id, key=f"helper-{n}", name=name, login=f"helper-{n}"))
    await work.db.flush()
    work.db.add(
        AssignmentRow(id=new_id(), staff_id=staff_id, role=Role.HELPER.value, area_id=area, since=_SINCE)
    )
    held = Assignment(
        role=Role.HELPER, area_id=AreaId(area), area_path=path, level=AreaLevel.GRID, since=_SINCE
    )
    return Principal(kind=PrincipalKind.STAFF, id=staff_id, district=_SLUG, name=name, assignments=(held,))
