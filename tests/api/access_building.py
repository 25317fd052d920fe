"""Building the district of access_world: its areas, its item, and somebody in every role at every level."""

from __future__ import annotations

from tests.api.access_world import ITEM, SINCE, Area, World, area_of
from tests.api.casework import Run
from tests.api.clients import PASSWORD, Client
from tests.items import sample_item
from tests.passwords import set_operator_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.areas.values import LEVEL_OF_KIND, AreaKind
from bangban.features.catalog.tables import ServiceMaterialRow
from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.roles import HELD_ROLES, OperatorDuty
from bangban.kernel.ids import new_id
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.tables import DistrictStatus, ProfileRow
from bangban.kernel.tenancy.work import Work
from bangban.web.services import AppServices

KINDS = (AreaKind.TOWN, AreaKind.VILLAGE, AreaKind.GRID, AreaKind.MICRO_GRID)


async def hire_operators(world: World) -> None:
    """An operator of each duty, known by the duty's role."""
    passwords = Passwords(cost=Cost(1, 8, 1))
    async with world.services.tenancy.platform() as db:
        for duty in OperatorDuty:
            operator_id = await set_operator_password(
                db,
                passwords=passwords,
                login=f"{world.slug[:20]}-{duty.role}",
                name="样本",
                password=PASSWORD,
                duty=duty,
            )
            world.people[duty.role] = Principal(kind=PrincipalKind.OPERATOR, id=operator_id, duty=duty)
    passwords.close()


def build(slug: str, installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    """The district, live; every held role at an area of each level of branch a, ``helper TOWN`` and so on."""
    world = World(slug, services, run, api)

    async def provision() -> None:
        await installation.create_district(
            NewDistrict(slug=slug, name="样本区", brand="帮办", division_code=None, levels=list(AreaLevel))
        )
        await installation.set_status(slug, DistrictStatus.LIVE)
        await services.tenancy.registry.refresh(slug)
        services.tenancy.forget(slug)

    run(provision())
    world.inside(lambda work: _fill(work, world))
    services.tenancy.forget(slug)
    return world


async def _fill(work: Work, world: World) -> None:
    work.db.add(
        ProfileRow(
            slug=world.slug,
            name="样本区",
            brand="帮办",
            levels=list(AreaLevel),
            circle_minutes=15,
            timezone="Asia/Shanghai",
            number_prefix="AW",
        )
    )
    await _area(work, world, "county", AreaKind.COUNTY, None)
    for branch in ("a", "b"):
        parent = "county"
        for kind in KINDS:
            name = f"{kind.value.lower().replace('_', '-')}-{branch}"
            await _area(work, world, name, kind, parent)
            parent = name
    await _publish(work, world)
    for role in sorted(HELD_ROLES):
        for level in AreaLevel:
            await world.hire(work, f"{role} {level}", (role, area_of(level), SINCE, None))


async def _area(work: Work, world: World, name: str, kind: AreaKind, parent: str | None) -> None:
    area_id, above = new_id(), world.areas[parent] if parent else None
    path = f"{above.path}.{area_id.hex}" if above else area_id.hex
    world.areas[name] = Area(area_id, path, LEVEL_OF_KIND[kind])
    work.db.add(
        AreaRow(
            id=area_id,
            key=name,
            name=name,
            full_name=name,
            level=LEVEL_OF_KIND[kind],
            kind=kind,
            parent_id=above.id if above else None,
            path=path,
        )
    )
    await work.db.flush()


async def _publish(work: Work, world: World) -> None:
    work.db.add(
        sample_item(
            ITEM,
            id=world.item,
            handled_at=list(AreaLevel),
            pre_checked_at=list(AreaLevel),
            effective_from=SINCE,
        )
    )
    await work.db.flush()
    for position, code in enumerate(("FORM", "LEASE")):
        work.db.add(
            ServiceMaterialRow(
                id=new_id(),
                item_id=world.item,
                position=position,
                code=code,
                name=f"材料 {code}",
                required=True,
                tolerable=False,
                core=False,
                originals=1,
                copies=0,
                source="APPLICANT",
            )
        )
