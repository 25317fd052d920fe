"""Who works for the district, where, as what, and from when to when."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.areas.latch import take_latch
from bangban.features.areas.rules import check_in_use
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.people.problems import (
    AssignmentOver,
    AssignmentOverlaps,
    AssignmentUnknown,
    LastAdmin,
    PlaceOnly,
    StaffInactive,
    StaffUnknown,
)
from bangban.features.people.rules import HOLDABLE_ROLES, Held, check_apart, check_dates, overlap
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.finding import check_posted_at
from bangban.features.places.problems import PostNeeded
from bangban.kernel.access.roles import Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LATCH: Final = "people"
"""The latch under which people are changed one after the other."""


async def get_staff(db: AsyncSession, staff_id: UUID, *, lock: bool = False) -> StaffRow:
    """The member of staff; raises ``StaffUnknown``. ``lock`` keeps other changes of theirs waiting."""
    query = select(StaffRow).where(StaffRow.id == staff_id).execution_options(populate_existing=True)
    row = await db.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None:
        raise StaffUnknown
    return row


async def assign(
    work: Work,
    *,
    staff_id: UUID,
    role: str,
    area_id: UUID,
    since: date | None = None,
    until: date | None = None,
    point_id: UUID | None = None,
) -> AssignmentRow:
    """Give somebody a role at an area from ``since`` (today by default) to ``until``, both included.

    ``point_id`` posts them at a service point of the area, as a partner's clerk must be. Raises ``StaffUnknown``,
    ``StaffInactive``, ``AreaUnknown``, ``AreaRetired``, ``PlaceOnly``, ``PostNeeded``, ``PointUnknown``,
    ``PostedElsewhere``, ``DatesReversed``, ``AssignmentOverlaps``, ``AuditorApart``, ``InvalidInput`` for a role
    that nobody can hold.
    """
    wished = Held(id=new_id(), what=(staff_id, role, area_id), since=since or work.today, until=until)
    area = await get_area(work.db, area_id)
    work.grants.require_at(Permission.STAFF_MANAGE, area.path)
    check_dates(wished.since, wished.until)
    if role not in HOLDABLE_ROLES:
        raise InvalidInput(f"There is no role {role} to hold.", f"没有角色“{role}”。", fields=("input.role",))
    check_in_use(area)
    if point_id is not None:
        await check_posted_at(work, point_id, area.path, field="input.pointId")
    elif role == Role.PARTNER_CLERK:
        raise PostNeeded(fields=("input.pointId",))
    if area.level not in work.district.levels:
        raise PlaceOnly(name=area.name, level=area.level, fields=("input.areaId",))
    person = await get_staff(work.db, staff_id, lock=True)
    if not person.active:
        raise StaffInactive(name=person.name)
    stored = await work.db.scalars(select(AssignmentRow).where(AssignmentRow.staff_id == staff_id))
    held = [_held(each) for each in stored]
    for other in held:
        if other.what == wished.what and overlap(other, wished):
            raise AssignmentOverlaps(since=other.since, role=role)
    check_apart([*((str(other.what[1]), other) for other in held), (role, wished)])
    row = AssignmentRow(
        id=wished.id,
        staff_id=staff_id,
        role=role,
        area_id=area_id,
        since=wished.since,
        until=wished.until,
        point_id=point_id,
    )
    work.db.add(row)
    await work.db.flush()
    _tell(work, row, {"given": role, "since": str(row.since), "until": str(row.until or "")})
    return row


async def end_assignment(work: Work, *, assignment_id: UUID, until: date) -> AssignmentRow:
    """Let an assignment end on ``until``, its last day.

    Raises ``AssignmentUnknown``, ``DatesReversed``, ``AssignmentOver`` where it ends earlier already, and
    ``LastAdmin`` where nobody would be left to manage the district.
    """
    await take_latch(work, LATCH)  # two who end each other's posts come one after the other
    query = (
        select(AssignmentRow, AreaRow)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .where(AssignmentRow.id == assignment_id)
        .with_for_update(of=(StaffRow, AssignmentRow))  # in this order, as whoever gives them something
    )
    found = (await work.db.execute(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise AssignmentUnknown
    row, area = found
    work.grants.require_at(Permission.STAFF_MANAGE, area.path)
    check_dates(row.since, until)
    if row.until is not None and row.until < until:
        raise AssignmentOver(until=row.until)
    if row.role == Role.ADMIN and area.parent_id is None:
        await check_admin_remains(work, assignment_id=row.id, until=until)
    if row.until != until:
        row.until = until
        await work.db.flush()
        _tell(work, row, {"ended": row.role, "until": str(until)})
    return row


async def check_admin_remains(
    work: Work,
    *,
    staff_id: UUID | None = None,
    assignment_id: UUID | None = None,
    until: date | None = None,
) -> None:
    """Without this person, or without this post after ``until``, somebody manages the whole district without end.

    Under the latch: of two who see each other as the one who remains, the later sees that nobody does. Raises
    ``LastAdmin``; not where the person is no administrator of the whole district.
    """
    today = work.today
    admins = (
        select(AssignmentRow.id, AssignmentRow.staff_id, AssignmentRow.since, AssignmentRow.until)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .where(
            AssignmentRow.role == Role.ADMIN,
            AreaRow.parent_id.is_(None),
            StaffRow.active,
            or_(AssignmentRow.until.is_(None), AssignmentRow.until >= today),
        )
    )
    rows = (await work.db.execute(admins)).all()
    going = [row for row in rows if staff_id == row.staff_id or assignment_id == row.id]
    staying = [row for row in rows if row not in going and row.until is None]
    if going and not any(row.since <= (until or today) for row in staying):
        raise LastAdmin


def _held(row: AssignmentRow) -> Held:
    return Held(id=row.id, what=(row.staff_id, row.role, row.area_id), since=row.since, until=row.until)


def _tell(work: Work, row: AssignmentRow, details: dict[str, str]) -> None:
    work.record(
        action=Permission.STAFF_MANAGE, object=f"staff:{row.staff_id}", area_id=row.area_id, details=details
    )
    work.announce("staff.changed", str(row.staff_id))
