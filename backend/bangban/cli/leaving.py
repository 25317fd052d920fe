"""``bangban district leave | stay | drop``: a district's way out, and the way back while there is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from bangban.cli.archive_options import COMMAND_LINE, STEPS, Slug, files, folder, passphrase_of
from bangban.cli.opening import open_installation
from bangban.cli.progress import step_progress
from bangban.cli.speaking import Lang, run, said
from bangban.features.archives.keys import checked_passphrase
from bangban.features.archives.service.leaving import (
    ask_for_drop,
    begin_leaving,
    cancel_leaving,
    locked_key,
)
from bangban.features.archives.tasks import archive_handlers
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskState
from bangban.settings import settings

app = typer.Typer()


@app.command("leave")
def leave(slug: Slug, lang: Lang = "") -> None:
    """关闭要退出的地区,并写出供其带走的归档
    / Close a district that leaves, and write the archive that it takes along."""
    run(_leave(slug, lang), lang=lang)


async def _leave(slug: str, lang: str) -> None:
    passphrase = checked_passphrase(passphrase_of(lang, confirm=True))
    async with open_installation() as (installation, tenancy, _):
        now = datetime.now(UTC)
        given = locked_key(installation.ring, passphrase)
        async with tenancy.platform() as db:
            task = await begin_leaving(db, tenancy, slug, given=given, by=COMMAND_LINE, now=now)
        await tenancy.registry.refresh(slug)
        facts = await _work(installation, tenancy, task, slug, lang)
    until = (now + _cooling()).date()
    typer.echo(f"{folder() / facts['file']}\nSHA-256 {facts['sha256']}")
    typer.echo(
        said(
            lang,
            f"{slug} 已申请退出,可在 {until} 前撤回(bangban district stay {slug})。",
            f"{slug} is leaving. It may change its mind until {until} (bangban district stay {slug}).",
        )
    )


@app.command("stay")
def stay(slug: Slug, lang: Lang = "") -> None:
    """撤回退出,地区恢复使用 / Take back that a district leaves; it is live again."""
    run(_stay(slug, lang), lang=lang)


async def _stay(slug: str, lang: str) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        async with tenancy.platform() as db:
            await cancel_leaving(db, tenancy, slug, by=COMMAND_LINE, now=datetime.now(UTC))
        typer.echo(said(lang, f"{slug} 已恢复服务。", f"{slug} stays, and is live again."))


@app.command("drop")
def drop(
    slug: Slug,
    confirm: Annotated[str, typer.Option("--confirm", help="The slug once more 再次填写地区标识")] = "",
    lang: Lang = "",
) -> None:
    """移除已退出地区的模式、角色与登记,须过冷静期并有归档
    / Remove a district that left: schema, roles, registry. Only after its cooling-off period, with its archive."""
    run(_drop(slug, confirm, lang), lang=lang)


async def _drop(slug: str, confirm: str, lang: str) -> None:
    async with open_installation() as (installation, tenancy, _):
        async with tenancy.platform() as db:
            task = await ask_for_drop(
                db,
                tenancy,
                slug,
                confirmed=confirm,
                by=COMMAND_LINE,
                cooling=_cooling(),
                now=datetime.now(UTC),
            )
        await _work(installation, tenancy, task, slug, lang)
        typer.echo(said(lang, f"{slug} 已移除。", f"{slug} is gone."))


async def _work(installation: Any, tenancy: Any, task: Any, slug: str, lang: str) -> dict[str, Any]:
    """Work on a task here, or follow whoever does; its result. Exit code 1 where it did not get done."""
    handlers = archive_handlers(installation, tenancy, folder=folder(), cooling=_cooling(), files=files())
    runner = TaskRunner(tenancy, installation.application, handlers)
    with step_progress(Console(stderr=True)) as progress:
        bar = progress.add_task(slug, total=None)

        def tell(step: str, done: int, total: int) -> None:
            name = said(lang, *STEPS.get(step, (step, step)))
            progress.update(bar, description=f"{slug} · {name}", completed=done, total=max(total, 1))

        row = await runner.run_here(task, tell=tell)
    if row.state is not TaskState.DONE:
        typer.echo(said(lang, row.problem_zh or row.state, row.problem_en or row.state), err=True)
        raise typer.Exit(1)
    return row.result or {}


def _cooling() -> timedelta:
    return timedelta(days=settings().leaving_days)
