"""导办值班: who guides at a point, and when (DOMAIN A01, K03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from bangban.features.areas.tables import AreaRow
from bangban.features.hall.problems import no_such
from bangban.features.hall.service.loading import load_point
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.vocabulary import Permission, Reach, Role
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LONGEST_SHIFT: Final = timedelta(hours=14)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A turn at the desk. ``ends_at`` is no part of it any more."""

    guide_id: UUID
    begins_at: datetime
    ends_at: datetime
    desk: str | None = None
    lead: bool = False


async def plan_shift(work: Work, *, point_id: UUID, shift: Shift) -> UUID:
    """Put somebody on the rota who may greet at that point.

    Raises:
        NotFound: No such point.
        InvalidInput: The hours are upside down, too long, or over already; or the guide may not greet there.
    """
    point = await load_point(work, point_id, Permission.HALL_MANAGE)
    if not timedelta(0) < shift.ends_at - shift.begins_at <= LONGEST_SHIFT or shift.ends_at <= work.now:
        raise InvalidInput(
            "A shift ends after it begins, within 14 hours, and is not over already.",
            "值班的结束应晚于开始,不超过 14 小时,且尚未过去。",
            fields=("input.endsAt",),
        )
    await _require_guide(work, shift.guide_id, point.area_path)
    row = GuideShiftRow(
        id=new_id(),
        point_id=point.id,
        guide_id=shift.guide_id,
        desk=(shift.desk or "").strip()[:60] or None,
        day=local_today(work.district.zone, shift.begins_at),
        begins_at=shift.begins_at,
        ends_at=shift.ends_at,
        lead=shift.lead,
    )
    work.db.add(row)
    work.record(
        action=Permission.HALL_MANAGE,
        object=f"guide-shift:{row.id}",
        area_id=point.area_id,
        details={"guide": str(shift.guide_id)},
    )
    return row.id


async def cancel_shift(work: Work, *, shift_id: UUID) -> UUID:
    """Take somebody off the rota. Raises NotFound."""
    work.grants.require(Permission.HALL_MANAGE)
    row = await work.db.scalar(select(GuideShiftRow).where(GuideShiftRow.id == shift_id).with_for_update())
    unknown = no_such("shift", "该班次", "shiftId")
    if row is None:
        raise unknown
    point = await load_point(work, row.point_id, Permission.HALL_MANAGE, hiding=unknown)
    row.cancelled_at = row.cancelled_at or work.now
    work.record(action=Permission.HALL_MANAGE, object=f"guide-shift:{row.id}", area_id=point.area_id)
    return row.id


async def _require_guide(work: Work, staff_id: UUID, area_path: str) -> None:
    """Raises InvalidInput for somebody who could not greet at the point today."""
    posts = await work.db.execute(
        select(AssignmentRow.role, AssignmentRow.since, AssignmentRow.until, AreaRow.level, AreaRow.path)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.id == staff_id, StaffRow.active)
    )
    for role, since, until, level, path in posts:
        if (
            role in set(Role)
            and since <= work.today
            and (until is None or until >= work.today)
            and is_within(area_path, path)
            and work.policy.allows(Role(role), Reach.of(level), Permission.HALL_GREET)
        ):
            return
    raise InvalidInput(
        "This person may not greet visitors at this point.",
        "此人无权在该服务点导办。",
        fields=("input.guideId",),
    )
