"""Following a run over the fleet on a terminal, and saying how it ended."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from bangban.cli.opening import Opened
from bangban.cli.speaking import print_json, said
from bangban.features.fleet.values import MIGRATE
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.settings import settings
from bangban.web.tasks import task_handlers

PAUSED: Final = 3
STAGES: Final = {"canary": ("先行地区", "canary"), "districts": ("地区", "districts")}
_DRIFT_SHOWN: Final = 20  # items of one district on a terminal; JSON has all of them


async def follow(opened: Opened, task_id: UUID, lang: str, *, quiet: bool) -> TaskRow:
    """Work on the task here, or watch whoever does, with a bar for each stage."""
    handlers = task_handlers(
        opened.installation, opened.tenancy, messenger=opened.messenger, settings=settings()
    )
    runner = TaskRunner(opened.tenancy, opened.installation.application, handlers)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet,
    ) as bars:
        shown: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in shown:
                shown[stage] = bars.add_task(said(lang, *STAGES.get(stage, (stage, stage))), total=total)
            bars.update(shown[stage], completed=done, total=total)

        return await runner.run_here(task_id, tell=tell)


def end(row: TaskRow, *, as_json: bool, lang: str) -> None:
    """Say how the task ended, and leave with its exit code."""
    result = row.result or {}
    if as_json:
        problem = said(lang, row.problem_zh or "", row.problem_en or "") or None
        print_json({"task": row.id, "state": row.state, "problem": problem, "result": row.result})
    elif row.state is TaskState.DONE:
        _say_result(row.kind, result, lang)
    else:
        problem = said(lang, row.problem_zh or "", row.problem_en or "")
        typer.echo(said(lang, f"任务 {row.state}。{problem}", f"Task {row.state}. {problem}"), err=True)
    if row.state in (TaskState.PAUSED, TaskState.CANCELLED):
        raise typer.Exit(PAUSED)
    if row.state is TaskState.FAILED or result.get("failures") or result.get("drifted"):
        raise typer.Exit(1)


def _say_result(kind: str, result: dict[str, Any], lang: str) -> None:
    if kind == MIGRATE:
        for each in result["failed"]:
            typer.echo(f"{each['slug']}: {each['problem']}", err=True)
        typer.echo(
            said(
                lang,
                f"已迁移 {result['moved']} 个地区,失败 {result['failures']},因先行失败而未动 {result['heldBack']}。",
                f"{result['moved']} districts migrated, {result['failures']} failed,"
                f" {result['heldBack']} held back after a canary failed.",
            )
        )
        return
    for slug, items in result["districts"].items():
        for item in items[:_DRIFT_SHOWN]:
            expected, found = item["expected"] or "-", item["found"] or "-"
            typer.echo(f"{slug}: {item['kind']} {item['object']}: {expected} → {found}", err=True)
        if len(items) > _DRIFT_SHOWN:
            typer.echo(f"{slug}: … {len(items) - _DRIFT_SHOWN}", err=True)
    typer.echo(
        said(
            lang,
            f"检查 {result['checked']} 个地区,结构有出入 {result['drifted']},版本较新 {result['unknown']}。",
            f"{result['checked']} districts checked, {result['drifted']} drifted, {result['unknown']} ahead.",
        )
    )
