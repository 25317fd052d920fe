"""Running the steps of an onboarding one after the other, so that whoever comes after a kill goes on where it stopped.

What a step did is committed before the step is marked as done; so the one step that a kill can hit is done again,
which each of them allows. A step that is marked is not done again, as long as it would do the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

import asyncpg
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.districts.service import forget_steps, write_steps
from bangban.features.districts.tables import OnboardingRow, OnboardingState, OnboardingStepRow, StepState
from bangban.kernel.database.telling import tell
from bangban.kernel.problems import Conflict, Problem, Unavailable
from bangban.kernel.tenancy.momentary import is_momentary
from bangban.kernel.tenancy.tenancy import Tenancy

Told: TypeAlias = Callable[[str, int, int], Awaitable[None]]
"""Told of each step's name, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Step:
    """One step; ``do`` gives how much it did of ``total``. It may be done twice."""

    name: str
    total: int
    do: Callable[[], Awaitable[int]]


async def run_steps(
    tenancy: Tenancy,
    row: OnboardingRow,
    steps: Sequence[Step],
    *,
    digest: str,
    over: OnboardingState,
    told: Told,
) -> None:
    """Do what is not done yet, and leave the onboarding in the state ``over``.

    ``digest`` is of all that the steps are made from. Raises Unavailable where something passes by itself: the
    onboarding then waits to be taken up again. Whatever else a step refuses makes it FAILED, and is raised.
    """
    done = await _begin(tenancy, row, steps, digest)
    finished: Step | None = None
    count = 0
    for step in steps:
        if step.name in done:
            await told(step.name, step.total, step.total)
            continue
        await _mark(tenancy, row, finished=finished, count=count, begun=step)
        await told(step.name, 0, step.total)
        try:
            count = await step.do()
        except Exception as error:
            if _passes(error):
                raise Unavailable from error
            await _fail(tenancy, row, step, error)
            raise
        finished = step
        await told(step.name, count, step.total)
    await _mark(tenancy, row, finished=finished, count=count, over=over)


async def _begin(tenancy: Tenancy, row: OnboardingRow, steps: Sequence[Step], digest: str) -> set[str]:
    """The names of the steps that are done already, with all in their places."""
    # A district that is gone, or was never made, has nothing of what the marks say.
    await tenancy.registry.refresh(row.slug)
    begun = row.digest == digest and tenancy.registry.find(row.slug) is not None
    async with tenancy.platform() as db:
        if begun:
            names = await db.scalars(
                select(OnboardingStepRow.name).where(
                    OnboardingStepRow.onboarding_id == row.id, OnboardingStepRow.state == StepState.DONE
                )
            )
            done = set(names)
        else:
            await forget_steps(db, row.id)
            await write_steps(db, row.id, [step.name for step in steps])
            done = set()
        await _save(db, tenancy, row, state=OnboardingState.PROVISIONING, digest=digest)
    return done


async def _mark(
    tenancy: Tenancy,
    row: OnboardingRow,
    *,
    finished: Step | None,
    count: int,
    begun: Step | None = None,
    over: OnboardingState | None = None,
) -> None:
    """Between two steps: the one is done, the other begun; or all is over. One transaction."""
    now = datetime.now(UTC)
    async with tenancy.platform() as db:
        if finished is not None:
            await _set(
                db, row, finished, state=StepState.DONE, done=count, total=finished.total, finished_at=now
            )
        if begun is not None:
            await _set(
                db,
                row,
                begun,
                state=StepState.RUNNING,
                done=0,
                total=begun.total,
                started_at=now,
                finished_at=None,
                problem=None,
            )
        if over is None:
            await _save(db, tenancy, row)
        else:
            await _save(db, tenancy, row, state=over, digest=None)


async def _fail(tenancy: Tenancy, row: OnboardingRow, step: Step, error: Exception) -> None:
    async with tenancy.platform() as db:
        await _set(
            db, row, step, state=StepState.FAILED, finished_at=datetime.now(UTC), problem=_sentence(error)
        )
        await _save(db, tenancy, row, state=OnboardingState.FAILED)


async def _set(db: AsyncSession, row: OnboardingRow, step: Step, **values: object) -> None:
    await db.execute(
        update(OnboardingStepRow)
        .where(OnboardingStepRow.onboarding_id == row.id, OnboardingStepRow.name == step.name)
        .values(**values)
    )


async def _save(db: AsyncSession, tenancy: Tenancy, row: OnboardingRow, **values: object) -> None:
    """Store what changed of the onboarding itself, and tell whoever follows it."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        await db.execute(update(OnboardingRow).where(OnboardingRow.id == row.id).values(changed))
    await tell(db, tenancy.names.channel, slug=row.slug, kind="onboarding.changed", reference=str(row.id))
    for name, value in changed.items():
        setattr(row, name, value)


def _passes(error: Exception) -> bool:
    """Whether the same step may well succeed in a moment: the database or the messenger is away, a race was lost."""
    passing = (Unavailable, OSError, asyncpg.InterfaceError)
    return isinstance(error, passing) or type(error) is Conflict or is_momentary(error)


def _sentence(error: Exception) -> str:
    """What is kept of a failure: a refusal in both languages, of anything else no more than its kind."""
    if isinstance(error, Problem):
        return f"{error.message('zh')}\n{error.message('en')}"
    return f"内部错误({type(error).__name__})。\nInternal error ({type(error).__name__})."
