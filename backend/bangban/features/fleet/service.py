"""Use cases of the fleet: where it stands, runs and checks as tasks, and what the tasks do."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.fleet.problems import DistrictsUnknown, FleetBusy, NothingToHalt
from bangban.features.fleet.values import DRIFT, MIGRATE, MOST_NAMED, MOST_WORKERS, Failure, Standing, Wish
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.jobs.tables import Halt, TaskRow
from bangban.kernel.jobs.tasks import Handler, Task, ask, halt_task, open_task_of, resume_task
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.fleet.declared import known_revisions
from bangban.kernel.tenancy.fleet.drift import check_drift
from bangban.kernel.tenancy.fleet.outcome import Pace
from bangban.kernel.tenancy.fleet.running import migrate
from bangban.kernel.tenancy.fleet.tables import FindingKind, FleetFindingRow
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.names import Names
from bangban.kernel.tenancy.tables import DistrictRow

_MOST_FAILURES: Final = 50
_STEP_EVERY: Final = 0.25  # seconds between two notes of how far a run is


async def standing(db: AsyncSession) -> Standing:
    """Where the fleet stands now."""
    counted = await db.execute(
        select(DistrictRow.revision, func.count())
        .group_by(DistrictRow.revision)
        .order_by(DistrictRow.revision)
    )
    revisions = dict(counted.all())
    head, known = district_head(), known_revisions()
    behind = sum(count for revision, count in revisions.items() if revision in known and revision != head)
    # A failure counts as long as the district still stands where it failed.
    failed = (
        select(FleetFindingRow)
        .join(DistrictRow, DistrictRow.slug == FleetFindingRow.slug)
        .where(
            FleetFindingRow.kind == FindingKind.MIGRATION, FleetFindingRow.revision == DistrictRow.revision
        )
    )
    failures = await db.scalar(select(func.count()).select_from(failed.subquery())) or 0
    rows = await db.scalars(failed.order_by(FleetFindingRow.at.desc()).limit(_MOST_FAILURES))
    drifted = select(func.count()).where(FleetFindingRow.kind == FindingKind.DRIFT)
    return Standing(
        head=head,
        districts=sum(revisions.values()),
        current=revisions.get(head, 0),
        lagging=behind - failures,
        failed=failures,
        ahead=sum(count for revision, count in revisions.items() if revision not in known),
        drifted=await db.scalar(drifted) or 0,
        revisions=revisions,
        failures=tuple(Failure(row.slug, row.revision, row.tries, row.problem, row.at) for row in rows.all()),
    )


# ---------------------------------------------------------------------- asking for a run


async def ask_migration(
    db: AsyncSession, names: Names, wish: Wish, *, actor: str, now: datetime, request_id: str = "-"
) -> UUID:
    """Ask for a run over the fleet. Raises FleetBusy, InvalidInput, DistrictsUnknown."""
    if wish.workers is not None and not 1 <= wish.workers <= MOST_WORKERS:
        raise InvalidInput(
            f"Between 1 and {MOST_WORKERS} districts can be migrated at a time.",
            f"同时迁移的地区数应在 1 至 {MOST_WORKERS} 之间。",
            fields=("input.workers",),
        )
    if wish.canary < 0:
        raise InvalidInput(
            "The number of canaries cannot be negative.", "先行地区数不能为负。", fields=("input.canary",)
        )
    given = {"workers": wish.workers, "canary": wish.canary, "only": await _known(db, wish.only)}
    return await _asked(db, names, MIGRATE, given, actor=actor, now=now, request_id=request_id)


async def ask_drift(
    db: AsyncSession,
    names: Names,
    only: tuple[str, ...] | None,
    *,
    actor: str,
    now: datetime,
    request_id: str = "-",
) -> UUID:
    """Ask for a comparison of districts with what they should be. Raises as ``ask_migration``."""
    given = {"only": await _known(db, only)}
    return await _asked(db, names, DRIFT, given, actor=actor, now=now, request_id=request_id)


async def _asked(
    db: AsyncSession,
    names: Names,
    kind: str,
    given: dict[str, Any],
    *,
    actor: str,
    now: datetime,
    request_id: str,
) -> UUID:
    there = await open_task_of(db, kind, None)
    if there is not None:
        raise FleetBusy(state=there.state, task=there.id)
    task_id = await ask(db, names, kind=kind, given=given, actor=actor, now=now)
    await record_platform(
        db,
        actor=actor,
        action=Permission.FLEET_MANAGE,
        object=f"task:{task_id}",
        details={"kind": kind, "districts": "all" if given["only"] is None else len(given["only"])},
        request_id=request_id,
        now=now,
    )
    return task_id


async def _known(db: AsyncSession, only: tuple[str, ...] | None) -> list[str] | None:
    if only is None:
        return None
    if not only or len(only) > MOST_NAMED:
        raise InvalidInput(
            f"Name between 1 and {MOST_NAMED} districts, or none for all of them.",
            f"请指明 1 至 {MOST_NAMED} 个地区,或不指明以处理全部地区。",
            fields=("input.only",),
        )
    found = set(await db.scalars(select(DistrictRow.slug).where(DistrictRow.slug.in_(only))))
    unknown = [slug for slug in only if slug not in found]
    if unknown:
        raise DistrictsUnknown(unknown)
    return list(dict.fromkeys(only))


async def pause_migration(db: AsyncSession, names: Names, *, actor: str, now: datetime) -> TaskRow:
    """Let the open run stop after the districts that were begun. Raises NothingToHalt, TaskOver."""
    row = await _open_migration(db)
    halted = await halt_task(db, names, row.id, Halt.PAUSE, now=now)
    await record_platform(db, actor=actor, action="task:pause", object=f"task:{row.id}", now=now)
    return halted


async def resume_migration(db: AsyncSession, names: Names, *, actor: str, now: datetime) -> TaskRow:
    """Let a paused run go on. Raises NothingToHalt, TaskOver."""
    row = await _open_migration(db)
    resumed = await resume_task(db, names, row.id)
    await record_platform(db, actor=actor, action="task:resume", object=f"task:{row.id}", now=now)
    return resumed


async def _open_migration(db: AsyncSession) -> TaskRow:
    row = await open_task_of(db, MIGRATE, None)
    if row is None:
        raise NothingToHalt
    return row


# ---------------------------------------------------------------------- what the tasks do


def handlers(installation: Installation, pace: Pace) -> dict[str, Handler]:
    """Runs and checks, for workers that may administer the database. ``pace``: what a wish leaves open."""

    async def migrating(task: Task) -> dict[str, Any]:
        given = task.given
        wished = replace(pace, workers=given["workers"] or pace.workers, canary=given["canary"])
        outcome = await migrate(
            installation.admin, installation.names, pace=wished, only=given["only"], report=_steps(task)
        )
        return outcome.as_json()

    async def comparing(task: Task) -> dict[str, Any]:
        found = await check_drift(
            installation.admin,
            installation.names,
            only=task.given["only"],
            login=installation.citus,
            report=_steps(task),
        )
        return found.as_json()

    return {MIGRATE: migrating, DRIFT: comparing}


def _steps(task: Task) -> Callable[[str, int, int], Awaitable[None]]:
    """Notes a task's progress, though not each district of a fast run."""
    noted = 0.0

    async def step(stage: str, done: int, total: int) -> None:
        nonlocal noted
        if done == total or time.monotonic() - noted >= _STEP_EVERY:
            noted = time.monotonic()
            await task.step(stage, done, total)

    return step
