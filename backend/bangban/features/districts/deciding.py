"""What operators decide about applications, and what follows: a task that makes the district."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.districts.problems import (
    ContactUnverified,
    OnboardingDecided,
    OnboardingExpired,
    ReasonWrong,
    SlugTaken,
)
from bangban.features.districts.service import OPEN_STATES, get_row, live_row_of
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.database.telling import tell
from bangban.kernel.jobs.tables import TaskState
from bangban.kernel.jobs.tasks import announce, ask, open_task_of, resume_task
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

PROVISION: Final = "provision"
"""The kind of the task that makes a district of an application."""

DISCARD: Final = "discard"
"""The kind of the task that removes what a rejected application left half made."""

PROFILE: Final = "profile"
"""The template of an onboarding that nobody applied for: it came from a folder, and is repeated from there."""

LONGEST_REASON: Final = 500


async def approve_in(
    db: AsyncSession,
    tenancy: Tenancy,
    onboarding_id: UUID,
    *,
    actor: str,
    now: datetime,
    request_id: str = "-",
) -> OnboardingRow:
    """Grant a verified application, once: its district is made by a task.

    Raises ``OnboardingUnknown``, ``ContactUnverified``, ``OnboardingExpired``, ``OnboardingDecided``.
    """
    row = await get_row(db, onboarding_id)
    if row.state is OnboardingState.APPLIED:
        late = row.held_until is not None and row.held_until <= now
        raise OnboardingExpired if late else ContactUnverified
    if row.state is not OnboardingState.VERIFIED:
        raise OnboardingDecided(state=row.state)
    await begin(db, tenancy, row, actor=actor, now=now)
    await _record(db, row, actor, now=now, request_id=request_id, details={"decided": "approved"})
    await _told(db, tenancy, row)
    return row


async def reject_in(
    db: AsyncSession,
    tenancy: Tenancy,
    onboarding_id: UUID,
    *,
    reason: str,
    actor: str,
    now: datetime,
    request_id: str = "-",
) -> OnboardingRow:
    """Turn an application down; its slug is free again, once what was half made of it is gone.

    Raises ``OnboardingUnknown``, ``OnboardingDecided``, ``ReasonWrong``.
    """
    said = reason.strip()
    if not 1 <= len(said) <= LONGEST_REASON or not said.isprintable():
        raise ReasonWrong(LONGEST_REASON)
    row = await get_row(db, onboarding_id)
    district = await db.get(DistrictRow, row.slug)
    mine = row.state is OnboardingState.FAILED and row.template != PROFILE
    half_made = district is not None and district.status is DistrictStatus.PROVISIONING and mine
    if row.state not in OPEN_STATES or (district is not None and not half_made):
        raise OnboardingDecided(state=row.state)
    row.state, row.reason, row.code_hash = OnboardingState.REJECTED, said, None
    if half_made:
        given = {"onboarding": str(row.id)}
        await ask(db, tenancy.names, kind=DISCARD, district=row.slug, given=given, actor=actor, now=now)
    await _record(db, row, actor, now=now, request_id=request_id, details={"decided": "rejected"})
    await _told(db, tenancy, row)
    return row


async def retry_in(
    db: AsyncSession,
    tenancy: Tenancy,
    onboarding_id: UUID,
    *,
    actor: str,
    now: datetime,
    request_id: str = "-",
) -> OnboardingRow:
    """Let an onboarding that failed, or whose task stands still, go on where it stopped.

    Raises ``OnboardingUnknown``, ``OnboardingDecided``, ``SlugTaken`` where somebody else asked for it since.
    """
    row = await get_row(db, onboarding_id)
    stuck = row.state in (OnboardingState.FAILED, OnboardingState.PROVISIONING)
    if not stuck or row.template == PROFILE:
        raise OnboardingDecided(state=row.state)
    if row.state is OnboardingState.FAILED and await live_row_of(db, row.slug) is not None:
        raise SlugTaken(row.slug)
    with db.no_autoflush:
        task = await open_task_of(db, PROVISION, row.slug)
    if task is None:
        await begin(db, tenancy, row, actor=actor, now=now)
    elif task.state is TaskState.PAUSED:
        await resume_task(db, tenancy.names, task.id)
    else:
        task.not_before = None
        await announce(db, tenancy.names, task.id, task.district)
    await _record(db, row, actor, now=now, request_id=request_id, details={"decided": "retried"})
    try:
        await _told(db, tenancy, row)
    except IntegrityError as taken:  # somebody asked for the slug at this very moment
        raise SlugTaken(row.slug) from taken
    return row


async def begin(db: AsyncSession, tenancy: Tenancy, row: OnboardingRow, *, actor: str, now: datetime) -> None:
    """Ask for the task that makes the district. The caller holds the row's lock."""
    row.state = OnboardingState.PROVISIONING
    given = {"onboarding": str(row.id)}
    await ask(db, tenancy.names, kind=PROVISION, district=row.slug, given=given, actor=actor, now=now)


async def _record(
    db: AsyncSession,
    row: OnboardingRow,
    actor: str,
    *,
    now: datetime,
    request_id: str,
    details: dict[str, Any],
) -> None:
    await record_platform(
        db,
        actor=actor,
        action=Permission.ONBOARDING_APPROVE,
        object=f"onboarding:{row.id}",
        details={"slug": row.slug, **details},
        request_id=request_id,
        now=now,
    )


async def _told(db: AsyncSession, tenancy: Tenancy, row: OnboardingRow) -> None:
    await db.flush()
    await tell(db, tenancy.names.channel, slug=row.slug, kind="onboarding.changed", reference=str(row.id))
