"""Giving delegations, and ending them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import literal, or_, select, true

from bangban.features.areas.latch import take_latch
from bangban.features.areas.service import get_area
from bangban.features.areas.tables import AreaRow
from bangban.features.catalog.delegations import check_delegation, check_withdrawal
from bangban.features.catalog.problems import (
    BasisMissing,
    DelegationUnknown,
    RepresentativeUnfit,
    WithdrawalUnexplained,
)
from bangban.features.catalog.service.reading import current_item
from bangban.features.catalog.tables import DelegationRow
from bangban.features.catalog.values import DelegationScope, RunningCases
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.places.finding import get_point
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.database.base import LTree
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

LATCH: Final = "delegations"
LONGEST_TEXT: Final = 500  # of a basis or a reason


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelegation:
    """An item for an area or a point, from ``since`` to ``until``, both days included; or for a person there."""

    service_code: str
    from_area_id: UUID
    scope: DelegationScope
    since: date
    basis: str
    to_area_id: UUID | None = None
    to_point_id: UUID | None = None
    staff_id: UUID | None = None
    until: date | None = None
    provenance: str = "own"


async def delegate(work: Work, new: NewDelegation) -> UUID:
    """Give an item to a unit below its owner. Exactly one of ``to_area_id`` and ``to_point_id`` is given.

    Raises:
        Forbidden, AreaOutsideGrant: The caller does not keep the owner's delegations.
        ItemUnknown, AreaUnknown, PointUnknown, BasisMissing, and what ``check_delegation`` raises.
        RepresentativeUnfit: The person does not work for that area, or at that point.
    """
    work.grants.require(Permission.DELEGATION_MANAGE)
    await take_latch(work, LATCH)
    owner = await get_area(work.db, new.from_area_id, field="input.fromAreaId")
    work.grants.require_at(Permission.DELEGATION_MANAGE, owner.path)
    item = await current_item(work.db, new.service_code, max(new.since, work.today))
    if new.to_point_id is not None:
        unit_path = (await get_point(work, new.to_point_id, field="input.toPointId")).area_path
    else:
        assert new.to_area_id is not None  # the caller has made sure of one of them
        unit_path = (await get_area(work.db, new.to_area_id, field="input.toAreaId")).path
    if new.staff_id is not None:
        await _require_there(work, new, unit_path)
    basis = new.basis.strip()
    if not 0 < len(basis) <= LONGEST_TEXT:
        raise BasisMissing(fields=("input.basis",))
    check_delegation(
        owner_level=item.level,
        from_level=owner.level,
        from_path=owner.path,
        to_path=unit_path,
        to_area=new.to_area_id is not None,
        to_person=new.staff_id is not None,
        since=new.since,
        until=new.until,
        others=await _periods(work, new),
    )
    row = DelegationRow(
        id=new_id(),
        service_code=item.code,
        from_area_id=owner.id,
        to_area_id=new.to_area_id,
        to_point_id=new.to_point_id,
        staff_id=new.staff_id,
        scope=new.scope,
        since=new.since,
        until=new.until,
        basis=basis,
        provenance=new.provenance,
    )
    work.db.add(row)
    work.record(
        action=Permission.DELEGATION_MANAGE,
        object=f"delegation:{row.id}",
        area_id=owner.id,
        details={"service": item.code, "scope": new.scope.value}
        | ({} if new.staff_id is None else {"staff": str(new.staff_id)}),
    )
    return row.id


async def _require_there(work: Work, new: NewDelegation, unit_path: str) -> None:
    """Whoever is named has a post at the point, or for the area or below it, on a day on which it holds.

    Raises ``RepresentativeUnfit``.
    """
    held = AssignmentRow
    there = (
        held.point_id == new.to_point_id
        if new.to_point_id is not None
        else AreaRow.path.op("OPERATOR(ext.<@)", is_comparison=True)(literal(unit_path, LTree()))
    )
    posts = await work.db.execute(
        select(held.id)
        .join(AreaRow, AreaRow.id == held.area_id)
        .join(StaffRow, StaffRow.id == held.staff_id)
        .where(
            held.staff_id == new.staff_id,
            StaffRow.active,
            there,
            or_(held.until.is_(None), held.until >= new.since),
            true() if new.until is None else held.since <= new.until,
        )
        .limit(1)
    )
    if posts.first() is None:
        raise RepresentativeUnfit(fields=("input.staffId",))


async def put_delegations(work: Work, wished: Sequence[NewDelegation]) -> int:
    """Give what is not given yet; how many. One to the same unit from the same day on stands as it is, ended or not.

    Raises as ``delegate``.
    """
    rows = await work.db.execute(
        select(
            DelegationRow.service_code,
            DelegationRow.to_area_id,
            DelegationRow.to_point_id,
            DelegationRow.staff_id,
            DelegationRow.since,
        )
    )
    stored = {tuple(row) for row in rows}
    fresh = [
        each
        for each in wished
        if (each.service_code, each.to_area_id, each.to_point_id, each.staff_id, each.since) not in stored
    ]
    for each in fresh:
        await delegate(work, each)
    return len(fresh)


async def _periods(work: Work, new: NewDelegation) -> Sequence[tuple[date, date | None]]:
    """When the unit, or the person there, has the item already; a withdrawn delegation lasts until the day before."""
    row = DelegationRow
    rows = await work.db.execute(
        select(row.since, row.until, row.withdrawn_on).where(
            row.service_code == new.service_code,
            row.to_area_id == new.to_area_id if new.to_area_id else row.to_point_id == new.to_point_id,
            row.staff_id.is_not_distinct_from(new.staff_id),
        )
    )
    day = timedelta(days=1)
    return [
        (each.since, each.until if each.withdrawn_on is None else each.withdrawn_on - day) for each in rows
    ]


async def end_delegation(
    work: Work, delegation_id: UUID, *, on: date, running: RunningCases, reason: str
) -> DelegationRow:
    """Withdraw it from a day on; the row, whose unit has no say from then. Of two at once, one is refused.

    What becomes of the cases is the caller's to see to. Raises ``DelegationUnknown``, Forbidden, AreaOutsideGrant,
    ``WithdrawalUnexplained``, and what ``check_withdrawal`` raises.
    """
    work.grants.require(Permission.DELEGATION_MANAGE)
    row = await work.db.get(DelegationRow, delegation_id, with_for_update=True)
    if row is None:
        raise DelegationUnknown
    owner = await get_area(work.db, row.from_area_id)
    work.grants.require_at(Permission.DELEGATION_MANAGE, owner.path)
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_TEXT:
        raise WithdrawalUnexplained(fields=("input.reason",), most=LONGEST_TEXT)
    check_withdrawal(
        since=row.since,
        until=row.until,
        withdrawn_on=row.withdrawn_on,
        on=on,
        running=running,
        today=work.today,
    )
    row.withdrawn_on, row.withdrawn_at = on, work.now
    row.running, row.withdrawal_reason = running, why
    await work.db.flush()
    work.record(
        action=Permission.DELEGATION_MANAGE,
        object=f"delegation:{row.id}",
        area_id=owner.id,
        details={"service": row.service_code, "withdrawn_on": on.isoformat(), "running": running.value},
    )
    return row
