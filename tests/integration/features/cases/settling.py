"""A small district for casework, with its people and an item of each kind."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from tests.integration.features.cases.casework import COUNTY_ITEM, ITEM, SINCE, Run, World
from tests.items import sample_item

from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.features.catalog.tables import ServiceMaterialRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.principals import Assignment, Principal, PrincipalKind
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

AREAS: tuple[tuple[str, AreaKind, str | None], ...] = (
    ("county", AreaKind.COUNTY, None),
    ("town-a", AreaKind.TOWN, "county"),
    ("town-b", AreaKind.TOWN, "county"),
    ("village-a", AreaKind.VILLAGE, "town-a"),
    ("grid-a", AreaKind.GRID, "village-a"),
)
PEOPLE: tuple[tuple[str, Role, str], ...] = (
    ("clerk", Role.WINDOW_CLERK, "county"),
    ("dispatcher", Role.DISPATCHER, "county"),
    ("supervisor", Role.SUPERVISOR, "county"),
    ("auditor", Role.AUDITOR, "county"),
    ("admin", Role.ADMIN, "county"),
    ("clerk-a", Role.WINDOW_CLERK, "town-a"),
    ("clerk-b", Role.WINDOW_CLERK, "town-b"),
    ("helper-a", Role.HELPER, "village-a"),
    ("grid-helper", Role.HELPER, "grid-a"),
)


def settle(tenancy: Tenancy, district: District, run: Run) -> World:
    """Fill an empty district."""
    world = World(tenancy=tenancy, district=district, run=run)
    world.listen()
    world.people["admin"] = Principal(kind=PrincipalKind.STAFF, id=uuid4(), district=district.slug)
    world.act("admin", _fill, world=world)
    tenancy.forget(district.slug)
    for n, name in enumerate(("resident", "stranger"), start=1):
        world.resident(name, n)
    return world


async def _fill(work: Work, *, world: World) -> None:
    db, district = work.db, work.district
    db.add(
        ProfileRow(
            slug=district.slug,
            name=district.name,
            brand=district.brand,
            levels=list(district.levels),
            circle_minutes=15,
            timezone=district.timezone,
            number_prefix="TS",
        )
    )
    for key, kind, parent in AREAS:
        area_id = new_id()
        above = world.areas[parent] if parent else None
        row = AreaRow(
            id=area_id,
            key=key,
            name=key,
            full_name=key,
            level=LEVEL_OF_KIND[kind],
            kind=kind,
            parent_id=above and above.id,
            path=f"{above.path}.{area_id.hex}" if above else area_id.hex,
        )
        world.areas[key] = row
        db.add(row)
        await db.flush()
    for name, role, area in PEOPLE:
        await hire(work, world, name, role, area)
    for code, levels in ((ITEM, [AreaLevel.COUNTY, AreaLevel.TOWN]), (COUNTY_ITEM, [AreaLevel.COUNTY])):
        await _publish(db, code, levels)


async def hire(work: Work, world: World, name: str, role: Role, area: str) -> None:
    """Somebody with a role at an area, known by name."""
    staff_id, at = new_id(), world.areas[area]
    work.db.add(StaffRow(id=staff_id, key=name, name=f"样本{name}", login=name))
    await work.db.flush()
    work.db.add(AssignmentRow(id=new_id(), staff_id=staff_id, role=role.value, area_id=at.id, since=SINCE))
    world.people[name] = Principal(
        kind=PrincipalKind.AUDITOR if role is Role.AUDITOR else PrincipalKind.STAFF,
        id=staff_id,
        district=world.district.slug,
        name=f"样本{name}",
        assignments=(
            Assignment(role=role, area_id=AreaId(at.id), area_path=at.path, level=at.level, since=SINCE),
        ),
    )


async def _publish(db: AsyncSession, code: str, handled_at: list[AreaLevel]) -> None:
    item_id = new_id()
    db.add(
        sample_item(
            code,
            id=item_id,
            handled_at=handled_at,
            pre_checked_at=[AreaLevel.VILLAGE],
            effective_from=SINCE,
            details={"materials": {"LEASE": {"tolerable_days": 5}}},
        )
    )
    await db.flush()
    for position, (material, required, tolerable, core, source) in enumerate(
        (
            ("FORM", True, False, True, "APPLICANT"),
            ("LEASE", True, True, False, "APPLICANT"),
            ("PHOTO", True, True, False, "APPLICANT"),
            ("LETTER", False, False, False, "APPLICANT"),
            ("SHARED", True, False, False, "SHARED_DATA"),
        )
    ):
        db.add(
            ServiceMaterialRow(
                id=new_id(),
                item_id=item_id,
                position=position,
                code=material,
                name=f"样本材料 {material}",
                required=required,
                tolerable=tolerable,
                core=core,
                originals=1,
                copies=0,
                source=source,
            )
        )
