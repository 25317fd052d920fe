"""值班: who guides at a point or is on call there, and when (DOMAIN A01, A12, K03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.tables import DelegationRow
from bangban.features.hall.problems import TurnOver, TurnsOverlap, no_such
from bangban.features.hall.service.loading import load_point
from bangban.features.hall.tables import GuideShiftRow
from bangban.features.hall.turns import has_somebody
from bangban.features.hall.values import ShiftKind
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.tables import ServicePointRow
from bangban.kernel.access.paths import is_within
from bangban.kernel.access.roles import Reach, Role
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.clock.local_time import local_today
from bangban.kernel.identifiers.mentions import bounded
from bangban.kernel.ids import new_id
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work

LONGEST_DESK: Final = 60
LONGEST: Final[Mapping[ShiftKind, timedelta]] = {
    ShiftKind.GUIDE: timedelta(hours=14),
    ShiftKind.ON_CALL: timedelta(hours=24),
    ShiftKind.REPRESENTATIVE: timedelta(hours=14),
}
# A guide greets; whoever is on call is asked first, and answers for that (DOMAIN B01). A representative is who was
# delegated something, whatever their role.
_NEEDED: Final[Mapping[ShiftKind, Permission]] = {
    ShiftKind.GUIDE: Permission.HALL_GREET,
    ShiftKind.ON_CALL: Permission.ASKING_RECORD,
}

# Of two who plan for one person at once, the other waits, and sees the first one's turn when it looks for one.
_ONE_AT_A_TIME: Final[Mapping[str, Any]] = {"key_share": True, "of": StaffRow.__table__}


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A turn at the desk, or on call. ``ends_at`` is no part of it any more."""

    guide_id: UUID
    begins_at: datetime
    ends_at: datetime
    desk: str | None = None
    lead: bool = False
    kind: ShiftKind = ShiftKind.GUIDE


async def plan_shift(work: Work, *, point_id: UUID, shift: Shift) -> UUID:
    """Put somebody on the rota who may greet at that point, be asked there when on call, or decide on the spot.

    Raises:
        NotFound: No such point.
        InvalidInput: The hours are upside down, too long, or over already; nobody leads on call; the desk's name is
            too long; or the person may not do there on that day what the turn is for.
        TurnsOverlap: They are somewhere then already.
    """
    point = await load_point(work, point_id, Permission.HALL_MANAGE)
    longest = LONGEST[shift.kind]
    if not timedelta(0) < shift.ends_at - shift.begins_at <= longest or shift.ends_at <= work.now:
        hours = longest // timedelta(hours=1)
        raise InvalidInput(
            f"A shift ends after it begins, within {hours} hours, and is not over already.",
            f"值班的结束应晚于开始,不超过 {hours} 小时,且尚未过去。",
            fields=("input.endsAt",),
        )
    if shift.lead and shift.kind is not ShiftKind.GUIDE:
        raise InvalidInput(
            "Only guides lead a shift: the lead hears of crowds in the hall.",
            "只有导办值班才能带班。",
            fields=("input.lead",),
        )
    day = local_today(work.district.zone, shift.begins_at)
    if shift.kind is ShiftKind.REPRESENTATIVE:
        await _require_representative(work, shift.guide_id, day)
    else:
        await _require_able(work, shift.guide_id, point.area_path, _NEEDED[shift.kind], day)
    await _require_free(work, point.id, shift)
    row = GuideShiftRow(
        id=new_id(),
        point_id=point.id,
        guide_id=shift.guide_id,
        desk=bounded(shift.desk, fields=("input.desk",), longest=LONGEST_DESK),
        day=day,
        begins_at=shift.begins_at,
        ends_at=shift.ends_at,
        lead=shift.lead,
        kind=shift.kind,
    )
    work.db.add(row)
    work.record(
        action=Permission.HALL_MANAGE,
        object=f"guide-shift:{row.id}",
        area_id=point.area_id,
        details={"guide": str(shift.guide_id), "kind": shift.kind.value},
    )
    return row.id


async def cancel_shift(work: Work, *, shift_id: UUID) -> UUID:
    """Take somebody off the rota; a turn that runs ends now, and what was stays counted.

    Raises NotFound, and ``TurnOver`` for one that is over or was taken back already.
    """
    work.grants.require(Permission.HALL_MANAGE)
    row = await work.db.scalar(select(GuideShiftRow).where(GuideShiftRow.id == shift_id).with_for_update())
    unknown = no_such("shift", "该班次", "shiftId")
    if row is None:
        raise unknown
    point = await load_point(work, row.point_id, Permission.HALL_MANAGE, hiding=unknown, also_closed=True)
    if row.cancelled_at is not None or row.ends_at <= work.now:
        raise TurnOver
    if row.begins_at < work.now:
        row.ends_at = work.now
    else:
        row.cancelled_at = work.now
    work.record(action=Permission.HALL_MANAGE, object=f"guide-shift:{row.id}", area_id=point.area_id)
    return row.id


async def on_call_at(work: Work, area_id: UUID, moment: datetime) -> list[UUID]:
    """Who is on call at a moment for an area: at its own points, else at those of the nearest area above.

    Staff ids, each once, who began first before the others; empty where nobody is on call. Asks for no permission:
    callers do that.
    """
    here, above = aliased(AreaRow), aliased(AreaRow)
    found = await work.db.execute(
        select(GuideShiftRow.guide_id, func.ext.nlevel(above.path).label("depth"))
        .join(ServicePointRow, ServicePointRow.id == GuideShiftRow.point_id)
        .join(above, above.id == ServicePointRow.area_id)
        .join(here, above.path.op("OPERATOR(ext.@>)", is_comparison=True)(here.path))
        .where(
            here.id == area_id,
            has_somebody(GuideShiftRow),
            GuideShiftRow.kind == ShiftKind.ON_CALL,
            GuideShiftRow.begins_at <= moment,
            GuideShiftRow.ends_at > moment,
            GuideShiftRow.cancelled_at.is_(None),
        )
        .order_by(func.ext.nlevel(above.path).desc(), GuideShiftRow.begins_at, GuideShiftRow.id)
    )
    turns = found.all()
    return list(dict.fromkeys(each.guide_id for each in turns if each.depth == turns[0].depth))


async def _require_representative(work: Work, staff_id: UUID, day: date) -> None:
    """Raises InvalidInput for somebody who was delegated nothing of their own for that day (DOMAIN A11)."""
    given = DelegationRow
    own = (
        select(given.id)
        .join(StaffRow, StaffRow.id == given.staff_id)
        .where(
            given.staff_id == staff_id,
            StaffRow.active,
            given.since <= day,
            or_(given.until.is_(None), given.until >= day),
            or_(given.withdrawn_on.is_(None), given.withdrawn_on > day),
        )
    )
    if (await work.db.execute(own.limit(1).with_for_update(**_ONE_AT_A_TIME))).first() is None:
        raise InvalidInput(
            "Nothing was delegated to this person for that day.",
            "此人当日没有可在现场决定的事项。",
            fields=("input.guideId",),
        )


async def _require_free(work: Work, point_id: UUID, shift: Shift) -> None:
    """Raises ``TurnsOverlap`` for somebody, locked before, who is at a desk then, wherever it is, or on call there.

    Whoever is on call is asked by phone: they may be at a desk meanwhile, and on call for other points.
    """
    turn, kind = GuideShiftRow, func.coalesce(GuideShiftRow.kind, ShiftKind.GUIDE.value)
    if shift.kind is ShiftKind.ON_CALL:
        same = and_(kind == ShiftKind.ON_CALL.value, turn.point_id == point_id)
    else:
        same = kind != ShiftKind.ON_CALL.value
    found = await work.db.execute(
        select(turn.begins_at, turn.ends_at)
        .where(
            turn.guide_id == shift.guide_id,
            turn.cancelled_at.is_(None),
            turn.begins_at < shift.ends_at,
            turn.ends_at > shift.begins_at,
            same,
        )
        .order_by(turn.begins_at)
        .limit(1)
    )
    already = found.one_or_none()
    if already is not None:
        zone = work.district.zone
        raise TurnsOverlap(already.begins_at.astimezone(zone), already.ends_at.astimezone(zone))


async def _require_able(work: Work, staff_id: UUID, area_path: str, needed: Permission, day: date) -> None:
    """Raises InvalidInput for somebody who does not hold the permission at the point on the day of the turn."""
    posts = await work.db.execute(
        select(AssignmentRow.role, AssignmentRow.since, AssignmentRow.until, AreaRow.level, AreaRow.path)
        .join(StaffRow, StaffRow.id == AssignmentRow.staff_id)
        .join(AreaRow, AreaRow.id == AssignmentRow.area_id)
        .where(StaffRow.id == staff_id, StaffRow.active)
        .with_for_update(**_ONE_AT_A_TIME)
    )
    for role, since, until, level, path in posts:
        if (
            role in set(Role)
            and since <= day
            and (until is None or until >= day)
            and is_within(area_path, path)
            and work.policy.allows(Role(role), Reach.of(level), needed)
        ):
            return
    raise InvalidInput(
        "This person may not do at this point, on that day, what the shift is for.",
        "此人当日无权在该服务点承担该值班。",
        fields=("input.guideId",),
    )
