"""Long work in the API: for operators; a district's administrators see their own district's work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, Text, and_, case, true

from bangban.kernel.access.principals import PrincipalKind
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.graphql.enums import describe
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.planner.fields import column, one, paged
from bangban.kernel.planner.paging import Connection
from bangban.kernel.planner.reads import Predicate, reads
from bangban.kernel.planner.sources import Listing, Order, Rows

describe(
    TaskState,
    "State of a task 任务状态.",
    {
        TaskState.WAITING: "Waiting for a worker, or for another try 等待.",
        TaskState.RUNNING: "Being worked on 进行中.",
        TaskState.PAUSED: "Paused; goes on when resumed 已暂停.",
        TaskState.DONE: "Done 完成.",
        TaskState.FAILED: "Failed; may be resumed 失败.",
        TaskState.CANCELLED: "Cancelled 已取消.",
    },
)


def visible_task(rows: Rows) -> Predicate:
    """Operators see every task; anybody else those of the request's own district, and no other's by any name."""
    if rows.request.principal_kind == PrincipalKind.OPERATOR:
        return true()
    return rows.c.district == rows.request.bind("district_slug", Text())


def _problem(rows: Rows) -> ColumnElement[Any]:
    chinese = rows.request.bind("language", Text()) == "zh-CN"
    return case((chinese, rows.c.problem_zh), else_=rows.c.problem_en)


@reads(TaskRow, platform=True)
@strawberry.type(description="Long work that outlives its worker 后台任务.")
class Task:
    id: strawberry.ID = column("Identifier 标识.")
    kind: str = column("What is done, such as fleet.migrate 任务类型.")
    district: str | None = column("The district it is for; null: the platform 地区标识.")
    state: TaskState = column("State 状态.")
    stopping: bool = column(
        "Whether somebody wants it to stop at its next step 正在停下.", lambda r: r.c.halt.is_not(None)
    )
    step: str | None = column("The step it is at 当前步骤.")
    done: int = column("How much of the step is done 已完成数.")
    total: int = column("How much there is 总数.")
    tries: int = column("How often it was begun 开始次数.")
    asked_by: str = column("Who asked for it, as kind and identifier 发起人.")
    asked_at: datetime = column("When it was asked for 发起时间.")
    started_at: datetime | None = column("When it was first begun 开始时间.")
    finished_at: datetime | None = column("When it ended 结束时间.")
    problem: str | None = column("Why it failed 失败原因.", _problem)


def _task(
    root: Rows,
    id: Annotated[strawberry.ID, strawberry.argument(description="Its identifier 标识.")],  # noqa: A002 - the API's name
) -> Predicate:
    return and_(root.c.id == id, visible_task(root))


def _tasks(
    root: Rows,
    kind: Annotated[str | None, strawberry.argument(description="Of this kind 任务类型.")] = None,
    district: Annotated[str | None, strawberry.argument(description="For this district 地区标识.")] = None,
    state: Annotated[TaskState | None, strawberry.argument(description="In this state 状态.")] = None,
) -> Listing:
    where: list[Predicate] = [visible_task(root)]
    for given, compared in ((kind, root.c.kind), (district, root.c.district), (state, root.c.state)):
        if given is not None:
            where.append(compared == given)
    return Listing(Order("tasks", (root.c.asked_at, root.c.id), descending=True), tuple(where))


@strawberry.type
class TaskQuery:
    task: Task | None = one(
        "A task, for operators or its district's administrators 后台任务.",
        _task,
        requires=Permission.TASK_READ,
        platform=True,
    )
    tasks: Connection[Task] = paged(
        "Tasks, the latest first, for operators or their district's administrators 后台任务列表.",
        _tasks,
        requires=Permission.TASK_READ,
        platform=True,
    )
