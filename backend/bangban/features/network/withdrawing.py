"""Withdrawing a delegation 收回下放, and what becomes of the cases in hand: one transaction."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from bangban.features.areas.service import get_area
from bangban.features.cases.service import return_to_owner
from bangban.features.catalog.service.delegating import end_delegation
from bangban.features.catalog.values import RunningCases
from bangban.kernel.tenancy.work import Work


async def withdraw_delegation(
    work: Work, delegation_id: UUID, *, on: date | None, running: RunningCases, reason: str
) -> UUID:
    """Withdraw it from a day on, today if None. With RETURN the unit's running cases go to the owner at once.

    Raises as ``end_delegation`` and ``return_to_owner``.
    """
    row = await end_delegation(work, delegation_id, on=on or work.today, running=running, reason=reason)
    if running is RunningCases.RETURN:
        owner = await get_area(work.db, row.from_area_id)
        unit = None if row.to_area_id is None else await get_area(work.db, row.to_area_id)
        await return_to_owner(
            work,
            service_code=row.service_code,
            area_path=None if unit is None else unit.path,
            point_id=row.to_point_id,
            staff_id=row.staff_id,
            owner_path=owner.path,
            reason=reason.strip(),
        )
    return row.id
