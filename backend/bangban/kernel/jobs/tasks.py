"""Long work that outlives its worker: asked for in a transaction, done step by step, taken up again after a kill.

A task belongs to whoever holds its advisory lock, and PostgreSQL lets the lock go with the session: nobody waits
for a lease to run out after a SIGKILL. Handlers are idempotent, step by step, since one may be begun twice.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.kernel.database.telling import tell
from bangban.kernel.ids import new_id
from bangban.kernel.jobs.tables import OPEN, Halt, TaskRow, TaskState
from bangban.kernel.problems import ErrorCode, NotFound, Problem
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.tenancy import Tenancy

CHANGED: Final = "task.changed"
"""Notified with the task's id whenever it was asked for, moved on, or ended."""

_DAILY: Final = 0x6461696C << 32  # "dail": one asks at a time

_ONCE: Final = 0x6F6E6365 << 32  # "once"

Tell = Callable[[str, int, int], None]
"""Told of each step's name, how much of it is done, and of how much."""


class TaskUnknown(NotFound):
    """There is no such task, or it is not the caller's to see."""

    def __init__(self) -> None:
        super().__init__("task", "任务", fields=("input.taskId",))


class TaskOver(Problem):
    """A task that has ended, or stands still, cannot be halted; one that runs cannot be resumed."""

    code = ErrorCode.CONFLICT
    zh = "该任务的状态为 {state},不能这样做。"
    en = "This task is {state}; that cannot be done to it."


class TaskHalted(Exception):  # noqa: N818 - no error: somebody wanted it so
    """Raised inside a handler, between two steps, where somebody paused or cancelled the task."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(halt.value)
        self.halt = halt


@dataclass(kw_only=True)
class Task:
    """A task that is being worked on, for its handler."""

    id: UUID
    kind: str
    district: str | None
    given: dict[str, Any]
    asked_by: str
    asked_at: datetime
    tries: int
    tenancy: Tenancy = field(repr=False)
    tell: Tell = field(default=lambda _step, _done, _total: None, repr=False)

    async def step(self, name: str, done: int, total: int) -> None:
        """Note how far the task is, and tell whoever watches. Call it between units of work that stand alone.

        Raises ``TaskHalted`` where somebody wants the task to stop here, ``TaskUnknown`` where it is gone.
        """
        self.tell(name, done, total)
        await self._note(step=name, done=done, total=total)

    async def breathe(self) -> None:
        """Raises ``TaskHalted`` where somebody wants the task to stop here."""
        await self._note()

    async def _note(self, **values: Any) -> None:
        async with self.tenancy.platform() as db:
            if values:
                halt = await db.scalar(
                    update(TaskRow).where(TaskRow.id == self.id).values(values).returning(TaskRow.halt)
                )
                await announce(db, self.tenancy.names, self.id, self.district)
            else:
                halt = await db.scalar(select(TaskRow.halt).where(TaskRow.id == self.id))
        if halt is not None:
            raise TaskHalted(halt)


Handler = Callable[[Task], Awaitable[dict[str, Any] | None]]
"""Does a task, and gives what is kept as its result."""


async def ask(
    db: AsyncSession,
    names: Names,
    *,
    kind: str,
    given: dict[str, Any],
    actor: str,
    now: datetime,
    district: str | None = None,
) -> UUID:
    """Ask for a task in the caller's platform transaction. ``given`` holds no personal data and no secret."""
    row = TaskRow(id=new_id(), kind=kind, district=district, given=given, asked_by=actor, asked_at=now)
    db.add(row)
    await db.flush()
    await announce(db, names, row.id, district)
    return row.id


async def get_task(db: AsyncSession, task_id: UUID, *, lock: bool = False) -> TaskRow:
    """The task; raises ``TaskUnknown``."""
    row = await db.get(TaskRow, task_id, with_for_update=lock or None, populate_existing=True)
    if row is None:
        raise TaskUnknown
    return row


async def open_task_of(db: AsyncSession, kind: str, district: str | None) -> TaskRow | None:
    """The task of a kind that waits, runs or is paused for a district (None: for all), or None."""
    states = (*OPEN, TaskState.PAUSED)
    return await db.scalar(
        select(TaskRow)
        .where(
            TaskRow.kind == kind, TaskRow.district.is_not_distinct_from(district), TaskRow.state.in_(states)
        )
        .order_by(TaskRow.asked_at)
        .limit(1)
    )


async def halt_task(db: AsyncSession, names: Names, task_id: UUID, halt: Halt, *, now: datetime) -> TaskRow:
    """Pause or cancel a task: at once where nobody works on it, else at its next step.

    Raises ``TaskUnknown``, ``TaskOver``.
    """
    row = await get_task(db, task_id, lock=True)
    if row.state in (TaskState.DONE, TaskState.CANCELLED) or (halt is Halt.PAUSE and row.state not in OPEN):
        raise TaskOver(state=row.state)
    if row.state is TaskState.RUNNING:
        row.halt = halt
    else:
        row.state = TaskState.PAUSED if halt is Halt.PAUSE else TaskState.CANCELLED
        row.finished_at = None if halt is Halt.PAUSE else now
    await db.flush()
    await announce(db, names, row.id, row.district)
    return row


async def resume_task(db: AsyncSession, names: Names, task_id: UUID) -> TaskRow:
    """Let a paused or failed task go on where it stopped. Raises ``TaskUnknown``, ``TaskOver``."""
    row = await get_task(db, task_id, lock=True)
    if row.state not in (TaskState.PAUSED, TaskState.FAILED):
        raise TaskOver(state=row.state)
    row.state, row.halt, row.not_before, row.finished_at = TaskState.WAITING, None, None, None
    row.problem_zh = row.problem_en = None
    await db.flush()
    await announce(db, names, row.id, row.district)
    return row


async def ask_daily(tenancy: Tenancy, kind: str) -> None:
    """Ask for a task of this kind, over all districts, unless one was asked for since midnight UTC.

    Of several processes that do this at once one asks.
    """
    now = datetime.now(UTC)
    async with tenancy.platform() as db:
        await db.execute(select(func.pg_advisory_xact_lock(_DAILY | zlib.crc32(kind.encode()))))
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        since = select(TaskRow.id).where(
            TaskRow.kind == kind, TaskRow.district.is_(None), TaskRow.asked_at >= midnight
        )
        if await db.scalar(since.limit(1)) is None:
            await ask(db, tenancy.names, kind=kind, given={}, actor="system", now=now)


async def ask_once(db: AsyncSession, names: Names, *, kind: str, due: datetime, now: datetime) -> None:
    """See to it that a task of this kind, over all districts, waits for ``due`` at the latest.

    Of several processes that do this at once one asks; one that runs already is not counted, since it may have
    looked before there was something to do.
    """
    await db.execute(select(func.pg_advisory_xact_lock(_ONCE | zlib.crc32(kind.encode()))))
    waiting = await db.scalar(
        select(TaskRow)
        .where(TaskRow.kind == kind, TaskRow.district.is_(None), TaskRow.state == TaskState.WAITING)
        .order_by(TaskRow.asked_at)
        .limit(1)
        .with_for_update()
    )
    if waiting is None:
        task_id = await ask(db, names, kind=kind, given={}, actor="system", now=now)
        waiting = await db.get_one(TaskRow, task_id)
        waiting.not_before = due
    elif waiting.not_before is not None and waiting.not_before > due:
        waiting.not_before = due


async def announce(db: AsyncSession, names: Names, task_id: UUID, district: str | None) -> None:
    """Tell every process at commit that a task changed."""
    await tell(db, names.channel, slug=district or "", kind=CHANGED, reference=str(task_id))


async def open_ids(db: AsyncSession, *, kinds: list[str], now: datetime) -> list[UUID]:
    """Tasks that may be worked on now, the oldest first."""
    due = func.coalesce(TaskRow.not_before, now) <= now
    rows = await db.scalars(
        select(TaskRow.id)
        .where(TaskRow.state.in_(OPEN), TaskRow.kind.in_(kinds), due)
        .order_by(TaskRow.asked_at, TaskRow.id)
    )
    return list(rows)
