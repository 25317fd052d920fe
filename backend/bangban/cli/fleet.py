"""``bangban fleet``: where the districts' schemas stand, runs of migrations, and what is not as it should be.

Exit codes: 0 all is well, 1 something was found or refused, 3 the run was paused or cancelled on its way.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from bangban.cli.fleet_following import end, follow
from bangban.cli.fleet_plan import plan_json, plan_table
from bangban.cli.opening import open_installation
from bangban.cli.speaking import Lang, print_json, run, said
from bangban.features.fleet.service import (
    ask_drift,
    ask_migration,
    pause_migration,
    resume_migration,
    standing,
)
from bangban.features.fleet.values import DRIFT, MIGRATE, Standing, Wish
from bangban.kernel.jobs.tables import TaskRow, TaskState
from bangban.kernel.jobs.tasks import open_task_of
from bangban.kernel.tenancy.fleet.planning import Plan, plan
from bangban.kernel.tenancy.fleet.rules import check_history

app = typer.Typer(
    no_args_is_help=True, help="The fleet of districts 地区库: status, plan, migrate, check, drift."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON 输出 JSON")]
Only = Annotated[
    list[str] | None, typer.Option("--only", help="This district; may be repeated 仅此地区,可重复")
]

ACTOR: Final = "system"


# ---------------------------------------------------------------------- looking


@app.command()
def status(*, as_json: Json = False, lang: Lang = "") -> None:
    """统计各地区的版本状况,指出迁移失败的地区,不做任何迁移
    / Count districts by where they stand, and name those whose migration failed. Migrates nothing."""
    found = run(_standing(), lang=lang)
    if as_json:
        print_json(asdict(found))
    else:
        _show(found, lang)
    if found.failed:
        raise typer.Exit(1)


async def _standing() -> Standing:
    async with open_installation(migrating=False) as (_, tenancy, _messenger), tenancy.platform() as db:
        return await standing(db)


def _show(found: Standing, lang: str) -> None:
    typer.echo(
        said(
            lang,
            f"版本 {found.head}:共 {found.districts} 个地区,最新 {found.current},落后 {found.lagging},"
            f"失败 {found.failed},更新 {found.ahead},结构有出入 {found.drifted}。",
            f"Head {found.head}: {found.districts} districts, {found.current} there, {found.lagging} behind,"
            f" {found.failed} failed, {found.ahead} ahead, {found.drifted} drifted.",
        )
    )
    if not found.failures:
        return
    titles = (
        ("地区", "district"),
        ("停在", "stands at"),
        ("次数", "tries"),
        ("问题", "problem"),
        ("时间", "at"),
    )
    table = Table(*(said(lang, *title) for title in titles))
    for each in found.failures:
        table.add_row(
            each.slug, each.revision, str(each.tries), each.problem or "", f"{each.at:%Y-%m-%d %H:%M}"
        )
    Console().print(table)


@app.command("plan")
def show_plan(*, only: Only = None, as_json: Json = False, lang: Lang = "") -> None:
    """说明一次升级会做什么:地区、版本、各迁移锁定的对象与大致时长
    / Say what a run would do: districts, revisions, and what each migration locks for about how long."""
    found = run(_plan(only), lang=lang)
    if as_json:
        print_json(plan_json(found))
        return
    typer.echo(
        said(
            lang,
            f"{len(found.slugs)} 个地区将升级到 {found.head}。",
            f"{len(found.slugs)} districts to {found.head}.",
        )
    )
    if not found.steps:
        return
    Console().print(plan_table(found, lang))


async def _plan(only: list[str] | None) -> Plan:
    async with open_installation(migrating=False) as (installation, _, _messenger):
        engine = installation.admin.engine(size=0)
        try:
            async with engine.connect() as connection:
                return await plan(connection, installation.names, only=only)
        finally:
            await engine.dispose()


@app.command()
def check(*, as_json: Json = False, lang: Lang = "") -> None:
    """按先扩后收的规则检查本版本的全部地区迁移,不需要数据库
    / Hold every district migration of this release to the rules of expand and contract. Needs no database."""
    faults = check_history()
    if as_json:
        print_json([asdict(fault) for fault in faults])
    else:
        for fault in faults:
            typer.echo(f"{fault.revision}: {fault.rule}: {said(lang, fault.zh, fault.en)}", err=True)
        typer.echo(said(lang, f"{len(faults)} 处不合规则。", f"{len(faults)} faults."))
    if faults:
        raise typer.Exit(1)


# ---------------------------------------------------------------------- doing


@app.command()
def migrate(
    *,
    workers: Annotated[int | None, typer.Option(help="Districts at a time 同时迁移的地区数")] = None,
    canary: Annotated[int, typer.Option(help="So many first, the rest if none failed 先行地区数")] = 0,
    only: Only = None,
    as_json: Json = False,
    lang: Lang = "",
) -> None:
    """将落后的地区升级到最新版本,加入别处已开始的任务,接续中断的任务
    / Bring districts that lag to the head. A run that was begun elsewhere is joined; a killed one resumed."""
    wish = Wish(workers=workers, canary=canary, only=tuple(only) if only else None)
    end(run(_migrate(wish, lang, quiet=as_json), lang=lang), as_json=as_json, lang=lang)


async def _migrate(wish: Wish, lang: str, *, quiet: bool) -> TaskRow:
    async with open_installation(migrating=False) as opened:
        async with opened.tenancy.platform() as db:
            there = await open_task_of(db, MIGRATE, None)
            if there is not None and there.state is not TaskState.PAUSED:
                task_id = there.id
            else:
                task_id = await ask_migration(
                    db, opened.tenancy.names, wish, actor=ACTOR, now=datetime.now(UTC)
                )
        return await follow(opened, task_id, lang, quiet=quiet)


@app.command()
def drift(*, only: Only = None, as_json: Json = False, lang: Lang = "") -> None:
    """逐项比对各地区模式与其版本应有的结构,不做任何修改
    / Compare districts' schemas with what their revision should be, item by item. Changes none of them."""
    end(run(_drift(only, lang, quiet=as_json), lang=lang), as_json=as_json, lang=lang)


async def _drift(only: list[str] | None, lang: str, *, quiet: bool) -> TaskRow:
    async with open_installation(migrating=False) as opened:
        async with opened.tenancy.platform() as db:
            there = await open_task_of(db, DRIFT, None)
            if there is not None and only is None:
                task_id = there.id
            else:
                task_id = await ask_drift(
                    db,
                    opened.tenancy.names,
                    tuple(only) if only else None,
                    actor=ACTOR,
                    now=datetime.now(UTC),
                )
        return await follow(opened, task_id, lang, quiet=quiet)


@app.command()
def pause(lang: Lang = "") -> None:
    """让进行中的任务在已开始的地区完成后暂停
    / Let the run that is under way stop after the districts that it has begun."""
    run(_halt(lang), lang=lang)


async def _halt(lang: str) -> None:
    async with open_installation(migrating=False) as (_, tenancy, _messenger), tenancy.platform() as db:
        row = await pause_migration(db, tenancy.names, actor=ACTOR, now=datetime.now(UTC))
        typer.echo(said(lang, f"任务 {row.id} 将暂停。", f"Task {row.id} will pause."))


@app.command()
def resume(*, as_json: Json = False, lang: Lang = "") -> None:
    """让暂停的任务继续并跟踪其进度 / Let a paused run go on, and follow it."""
    end(run(_resume(lang, quiet=as_json), lang=lang), as_json=as_json, lang=lang)


async def _resume(lang: str, *, quiet: bool) -> TaskRow:
    async with open_installation(migrating=False) as opened:
        async with opened.tenancy.platform() as db:
            row = await resume_migration(db, opened.tenancy.names, actor=ACTOR, now=datetime.now(UTC))
        return await follow(opened, row.id, lang, quiet=quiet)
