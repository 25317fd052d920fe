"""The stage of a real district: what it has, and has had since the window's first day."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.accounts.principals import Duty, staff_principal
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.casework import SETTING_BEFORE_SUPPLIED
from bangban.features.cases.service.offered import SHARED_DATA
from bangban.features.cases.values import HelpMode
from bangban.features.catalog.tables import ServiceItemRow, ServiceMaterialRow
from bangban.features.demo.script import Window
from bangban.features.demo.stage import Item, Member, Place, Stage
from bangban.features.demo.ways import find_ways
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.people.training import training_needs
from bangban.kernel.access.grants import grants_of
from bangban.kernel.access.principals import Principal
from bangban.kernel.access.roles import Role
from bangban.kernel.tenancy.work import Work


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
        before_supplied=bool(row.details.get(SETTING_BEFORE_SUPPLIED)),
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
