"""Runs over the fleet, and what is done to tasks, in the API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from graphql import get_named_type
from sqlalchemy import Uuid, and_
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.features.fleet.service import ask_drift, ask_migration
from bangban.features.fleet.task_graphql import Task, visible_task
from bangban.features.fleet.tasks import halt_for, may_read, resume_for
from bangban.features.fleet.values import Wish
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.context import Context, Info
from bangban.kernel.graphql.platform_writing import platform_answer_of
from bangban.kernel.graphql.roots import mutation, subscription
from bangban.kernel.graphql.watching import watch
from bangban.kernel.graphql.writing import read_platform_row, selected_below
from bangban.kernel.jobs.tables import Halt
from bangban.kernel.jobs.tasks import CHANGED, TaskUnknown
from bangban.kernel.planner.parameters import as_uuid
from bangban.kernel.planner.sources import Rows


@strawberry.input(description="How a run over the fleet is to go about it 迁移方式.")
class MigrateFleetInput:
    workers: int | None = strawberry.field(
        default=None, description="Districts at a time; as the settings say if left out 同时迁移的地区数."
    )
    canary: int = strawberry.field(
        default=0, description="So many districts first, the rest only if none of them failed 先行地区数."
    )
    only: list[str] | None = strawberry.field(
        default=None, description="Slugs of the districts; every one if left out 仅限地区."
    )


@strawberry.input(description="Which districts are to be compared 比对范围.")
class CheckDriftInput:
    only: list[str] | None = strawberry.field(
        default=None, description="Slugs of the districts; every one if left out 仅限地区."
    )


@strawberry.input(description="The task that is meant 所指任务.")
class TaskInput:
    task_id: strawberry.ID = strawberry.field(description="Its identifier 标识.")


def actor_of(context: Context) -> str:
    """Who acts, as the trail names people."""
    principal = context.principal
    kind = principal.kind.value.lower()
    return kind if principal.id is None else f"{kind}:{principal.id}"


def _this(rows: Rows) -> Any:
    return and_(rows.c.id == rows.request.bind("task_id", Uuid()), visible_task(rows))


async def _task_of(info: Info, do: Callable[[AsyncSession], Awaitable[UUID]]) -> Any:
    return await platform_answer_of(
        info, do, where=_this, tag="task", values=lambda task_id: {"task_id": task_id}
    )


@strawberry.type
class FleetMutation:
    @mutation(
        "Bring districts that lag up to date, as a task 迁移地区库.",
        Permission.FLEET_MANAGE,
        needs_district=False,
    )
    async def migrate_fleet(
        self,
        info: Info,
        input: Annotated[MigrateFleetInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the API's name
    ) -> Task:
        context = info.context
        only = None if input.only is None else tuple(input.only)
        wish = Wish(workers=input.workers, canary=input.canary, only=only)

        async def do(db: AsyncSession) -> UUID:
            return await ask_migration(
                db,
                context.services.tenancy.names,
                wish,
                actor=actor_of(context),
                now=context.now,
                request_id=context.request_id,
            )

        return cast("Task", await _task_of(info, do))

    @mutation(
        "Compare districts' schemas with what they should be, as a task 比对地区库结构.",
        Permission.FLEET_MANAGE,
        needs_district=False,
    )
    async def check_drift(
        self,
        info: Info,
        input: Annotated[CheckDriftInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the API's name
    ) -> Task:
        context = info.context

        async def do(db: AsyncSession) -> UUID:
            return await ask_drift(
                db,
                context.services.tenancy.names,
                None if input.only is None else tuple(input.only),
                actor=actor_of(context),
                now=context.now,
                request_id=context.request_id,
            )

        return cast("Task", await _task_of(info, do))

    @mutation(
        "Let a task stop at its next step, to go on later 暂停任务.",
        Permission.TASK_MANAGE,
        needs_district=False,
    )
    async def pause_task(
        self,
        info: Info,
        input: Annotated[TaskInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the API's name
    ) -> Task:
        return cast("Task", await _halted(info, input, Halt.PAUSE))

    @mutation(
        "Let a paused or failed task go on where it stopped 恢复任务.",
        Permission.TASK_MANAGE,
        needs_district=False,
    )
    async def resume_task(
        self,
        info: Info,
        input: Annotated[TaskInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the API's name
    ) -> Task:
        context, task_id = info.context, as_uuid(input.task_id, ("input", "taskId"))

        async def do(db: AsyncSession) -> UUID:
            return await resume_for(
                db,
                context.services.tenancy.names,
                context.principal,
                task_id,
                actor=actor_of(context),
                now=context.now,
                request_id=context.request_id,
            )

        return cast("Task", await _task_of(info, do))

    @mutation("End a task at its next step, for good 取消任务.", Permission.TASK_MANAGE, needs_district=False)
    async def cancel_task(
        self,
        info: Info,
        input: Annotated[TaskInput, strawberry.argument(description="What to do 输入.")],  # noqa: A002 - the API's name
    ) -> Task:
        return cast("Task", await _halted(info, input, Halt.CANCEL))


async def _halted(info: Info, given: TaskInput, halt: Halt) -> Any:
    context, task_id = info.context, as_uuid(given.task_id, ("input", "taskId"))

    async def do(db: AsyncSession) -> UUID:
        return await halt_for(
            db,
            context.services.tenancy.names,
            context.principal,
            task_id,
            halt,
            actor=actor_of(context),
            now=context.now,
            request_id=context.request_id,
        )

    return await _task_of(info, do)


@strawberry.type
class FleetSubscription:
    @subscription("A task, now and after every step 任务进度.", Permission.TASK_READ, needs_district=False)
    async def task_progress(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its identifier 标识.")],  # noqa: A002 - the API's name
    ) -> AsyncGenerator[Task, None]:
        task_id, context = as_uuid(id, ("id",)), info.context
        children, type_ = selected_below(info), get_named_type(info._raw_info.return_type)  # noqa: SLF001 - Strawberry's Info hides the core one
        async with context.services.tenancy.platform() as db:
            slug = await may_read(db, context.principal, task_id)

        async def read() -> Any:
            (await context.grants()).require(Permission.TASK_READ)  # it may have been taken back meanwhile
            found = await read_platform_row(context, type_, children, _this, tag="task", task_id=task_id)
            if found is None:
                raise TaskUnknown
            return found

        async for found in watch(context, slug=slug or "", kind=CHANGED, reference=str(task_id), read=read):
            yield cast("Task", found)
