"""``bangban district erase-due``: erase personal data whose time is over, now instead of tonight."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from bangban.cli.opening import open_installation
from bangban.cli.progress import step_progress
from bangban.cli.speaking import Lang, run, said
from bangban.features.personal_data.daily import ERASING, erase_everywhere
from bangban.kernel.audit.platform import record_platform
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.jobs.tasks import ask


def erase_due(
    slugs: Annotated[
        list[str] | None, typer.Argument(help="The districts' slugs; all if left out 地区标识")
    ] = None,
    lang: Lang = "",
) -> None:
    """清除保存期届满的个人信息,可重复执行,中断后继续
    / Erase personal data whose retention period is over. Safe to repeat; goes on after an interruption."""
    row = run(_erase(slugs, lang), lang=lang)
    result = row.result or {}
    if row.state is not TaskState.DONE or result.get("refused"):
        problem = said(lang, row.problem_zh or "", row.problem_en or "")
        refused = " ".join(result.get("refused", ()))
        typer.echo(said(lang, f"未完成:{problem}{refused}", f"Not done: {problem}{refused}"), err=True)
        raise typer.Exit(1)
    typer.echo(
        said(
            lang,
            f"已清除 {result['cases']} 件办件、{result['accounts']} 个账户的个人信息。",
            f"Erased the personal data of {result['cases']} cases and {result['accounts']} accounts.",
        )
    )


async def _erase(slugs: list[str] | None, lang: str) -> TaskRow:
    async with open_installation() as (installation, tenancy, _):
        for slug in slugs or ():
            tenancy.registry.get(slug)
        given = {"districts": slugs} if slugs else {}
        async with tenancy.platform() as db:
            now = datetime.now(UTC)
            task_id = await ask(db, tenancy.names, kind=ERASING, given=given, actor="system:command", now=now)
            await record_platform(
                db,
                actor="system",
                action="personal-data:erase-due",
                object=f"task:{task_id}",
                details={"districts": slugs or "all"},
                now=now,
            )
        runner = TaskRunner(tenancy, installation.application, {ERASING: partial(erase_everywhere, tenancy)})
        with step_progress(Console(stderr=True)) as progress:
            bar = progress.add_task(said(lang, "清除到期个人信息", "erasing what is due"), total=None)
            return await runner.run_here(
                task_id,
                tell=lambda _, done, total: progress.update(bar, completed=done, total=max(total, 1)),
            )
