"""What operators do to a district: suspend, resume, set quotas. In the platform's trail and the district's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.directory.problems import DistrictNotOpen, ReasonFaulty
from bangban.features.districts.platform import platform_work
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.problems import DistrictUnknown
from bangban.kernel.tenancy.quotas import Quotas
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

LONGEST_REASON: Final = 200
CHANGED: Final = "registry.changed"


async def suspend_district(
    db: AsyncSession,
    tenancy: Tenancy,
    slug: str,
    *,
    reason: str,
    actor: str,
    now: datetime,
    request_id: str = "-",
) -> DistrictRow:
    """Close a district to everybody but its auditors. Again with another reason only the reason changes.

    Raises ``DistrictUnknown``, ``DistrictNotOpen``, ``ReasonFaulty``.
    """
    said = " ".join(reason.split())
    if not 1 <= len(said) <= LONGEST_REASON or not said.isprintable():
        raise ReasonFaulty(LONGEST_REASON)
    row = await get_district(db, slug)
    if row.status not in (DistrictStatus.LIVE, DistrictStatus.SUSPENDED):
        raise DistrictNotOpen(status=row.status)
    if row.status is not DistrictStatus.SUSPENDED or row.suspended_why != said:
        row.status, row.suspended_why = DistrictStatus.SUSPENDED, said
        details = {"status": DistrictStatus.SUSPENDED.value, "reason": said}
        await _record(db, tenancy, row, details, actor=actor, now=now, request_id=request_id)
    return row


async def resume_district(
    db: AsyncSession, tenancy: Tenancy, slug: str, *, actor: str, now: datetime, request_id: str = "-"
) -> DistrictRow:
    """Open a suspended district again; an open one stays as it is.

    Raises ``DistrictUnknown``, ``DistrictNotOpen``.
    """
    row = await get_district(db, slug)
    if row.status not in (DistrictStatus.LIVE, DistrictStatus.SUSPENDED):
        raise DistrictNotOpen(status=row.status)
    if row.status is DistrictStatus.SUSPENDED:
        row.status, row.suspended_why = DistrictStatus.LIVE, None
        details = {"status": DistrictStatus.LIVE.value}
        await _record(db, tenancy, row, details, actor=actor, now=now, request_id=request_id)
    return row


async def set_quotas(
    db: AsyncSession,
    tenancy: Tenancy,
    slug: str,
    changes: Mapping[str, int | None],
    *,
    actor: str,
    now: datetime,
    request_id: str = "-",
) -> DistrictRow:
    """Change a district's quotas by name; None takes one away, what is not named stays.

    Raises ``DistrictUnknown``, ``InvalidInput``.
    """
    row = await get_district(db, slug)
    wanted: dict[str, Any] = {**row.quotas, **changes}
    quotas = Quotas.of(wanted).checked().as_json()
    if quotas != row.quotas:
        was, row.quotas = row.quotas, quotas
        await _record(
            db, tenancy, row, {"quotas": quotas, "was": was}, actor=actor, now=now, request_id=request_id
        )
    return row


async def get_district(db: AsyncSession, slug: str) -> DistrictRow:
    """The registry's row, locked; raises ``DistrictUnknown``."""
    row = await db.get(DistrictRow, slug, with_for_update=True, populate_existing=True)
    if row is None:
        raise DistrictUnknown(fields=("input.slug",))
    return row


async def _record(
    db: AsyncSession,
    tenancy: Tenancy,
    row: DistrictRow,
    details: dict[str, Any],
    *,
    actor: str,
    now: datetime,
    request_id: str,
) -> None:
    """In both trails. The district's entry is a transaction of its own role and commits first: where the platform's
    fails after all, the district's tells of an attempt, and never is something done that it knows nothing of."""
    await db.flush()
    await record_platform(
        db,
        actor=actor,
        action=Permission.DISTRICT_MANAGE,
        object=f"district:{row.slug}",
        details=details,
        request_id=request_id,
        now=now,
    )
    await tell(db, tenancy.names.channel, slug=row.slug, kind=CHANGED)
    district = tenancy.registry.find(row.slug)
    if district is not None:
        async with platform_work(tenancy, district, request_id=request_id, now=now) as work:
            work.record(
                action=Permission.DISTRICT_MANAGE,
                object=f"district:{row.slug}",
                details={**details, "by": actor},
            )
