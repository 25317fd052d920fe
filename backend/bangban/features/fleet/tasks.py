"""What callers may do to tasks: operators to every one, a district's administrators to what their own people began."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.access.principals import Principal, PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.jobs.tables import Halt, TaskRow
from bangban.kernel.jobs.tasks import TaskUnknown, get_task, halt_task, resume_task
from bangban.kernel.problems import Forbidden
from bangban.kernel.tenancy.names import Names


async def may_read(db: AsyncSession, principal: Principal, task_id: UUID) -> str | None:
    """The district that a task is for, None for the platform's. Raises TaskUnknown, for others' tasks too."""
    return (await _visible(db, principal, task_id)).district


async def _visible(db: AsyncSession, principal: Principal, task_id: UUID) -> TaskRow:
    row = await get_task(db, task_id)
    operator = principal.kind is PrincipalKind.OPERATOR
    if not operator and (row.district is None or row.district != principal.district):
        raise TaskUnknown
    return row


async def _manageable(db: AsyncSession, principal: Principal, task_id: UUID) -> TaskRow:
    row = await _visible(db, principal, task_id)
    # What the platform does for a district, such as erasing what is due, is not the district's to stop.
    if principal.kind is not PrincipalKind.OPERATOR and not row.asked_by.startswith("staff:"):
        raise Forbidden(permission=Permission.TASK_MANAGE)
    return row


async def halt_for(
    db: AsyncSession,
    names: Names,
    principal: Principal,
    task_id: UUID,
    halt: Halt,
    *,
    actor: str,
    now: datetime,
    request_id: str,
) -> UUID:
    """Pause or cancel a task. Raises TaskUnknown, Forbidden, TaskOver."""
    row = await _manageable(db, principal, task_id)
    await halt_task(db, names, task_id, halt, now=now)
    await record_platform(
        db,
        actor=actor,
        action=f"task:{halt.value.lower()}",
        object=f"task:{task_id}",
        details={"kind": row.kind, "district": row.district},
        request_id=request_id,
        now=now,
    )
    return task_id


async def resume_for(
    db: AsyncSession,
    names: Names,
    principal: Principal,
    task_id: UUID,
    *,
    actor: str,
    now: datetime,
    request_id: str,
) -> UUID:
    """Let a paused or failed task go on. Raises TaskUnknown, Forbidden, TaskOver."""
    row = await _manageable(db, principal, task_id)
    await resume_task(db, names, task_id)
    await record_platform(
        db,
        actor=actor,
        action="task:resume",
        object=f"task:{task_id}",
        details={"kind": row.kind, "district": row.district},
        request_id=request_id,
        now=now,
    )
    return task_id
