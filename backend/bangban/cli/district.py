"""``bangban district``: check, onboard and export profiles, list districts, suspend, resume and bind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.cli.opening import open_installation
from bangban.cli.progress import step_progress, told
from bangban.cli.speaking import Lang, run, said
from bangban.features.configuring.exporting import export_profile
from bangban.features.directory import service
from bangban.features.districts.onboarding import onboard as onboard_district
from bangban.features.districts.platform import platform_work
from bangban.features.profiles.faults import ProfileFault, ProfileFaulty
from bangban.features.profiles.reader import TEMPLATE, check_profile, read_profile, read_template
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.settings import settings

app = typer.Typer(no_args_is_help=True, help="Districts 地区: check and onboard, list, suspend, resume.")


class Switch(StrEnum):
    """On or off 开关."""

    ON = "on"
    OFF = "off"


STATUS_NAMES = {
    DistrictStatus.PROVISIONING: ("开通中", "being set up"),
    DistrictStatus.LIVE: ("已上线", "live"),
    DistrictStatus.SUSPENDED: ("已暂停", "suspended"),
    DistrictStatus.LEAVING: ("退出中", "leaving"),
}


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Profile folders, such as tenants/zouping 资料目录")],
    lang: Lang = "",
) -> None:
    """检查地区配置,逐处指出文件、行号与原因,有误时退出码为 1
    / Check profiles; say file, line and reason of everything that is wrong. Exit code 1 if anything is."""
    failed = False
    for path in paths:
        faults = check_profile(path)
        for fault in faults:
            typer.echo(line_of(fault, lang), err=fault.severity == "error")
        errors = sum(fault.severity == "error" for fault in faults)
        warnings = len(faults) - errors
        failed = failed or errors > 0
        typer.echo(
            said(
                lang,
                f"{path}:{errors} 处错误,{warnings} 处提醒。",
                f"{path}: {errors} errors, {warnings} warnings.",
            )
        )
    if failed:
        raise typer.Exit(1)


def line_of(fault: ProfileFault, lang: str) -> str:
    """``file:line: reason``, as editors and terminals understand it."""
    kind = said(lang, "错误", "error") if fault.severity == "error" else said(lang, "提醒", "warning")
    return f"{fault.file}:{fault.line}: {kind}: {said(lang, fault.reason_zh, fault.reason_en)}"


@app.command()
def onboard(
    paths: Annotated[list[Path], typer.Argument(help="Profile folders 资料目录")],
    lang: Lang = "",
) -> None:
    """按配置开通地区或更新已有地区,可重复执行
    / Bring districts onto the platform, or up to date with their profiles. Safe to repeat."""
    run(_onboard(paths, lang), lang=lang)


async def _onboard(paths: list[Path], lang: str) -> None:
    console = Console(stderr=True)
    async with open_installation() as (installation, tenancy, _):
        for path in paths:
            try:
                profile = read_profile(path)
            except ProfileFaulty as faulty:
                for fault in faulty.faults:
                    typer.echo(line_of(fault, lang), err=True)
                raise
            with step_progress(console) as progress:
                title = said(lang, profile.name.zh, profile.slug)
                outcome = await onboard_district(
                    installation, tenancy, profile, progress=told(progress, title, lang)
                )
            typer.echo(
                said(lang, f"{outcome.slug}:无变化。", f"{outcome.slug}: unchanged.")
                if outcome.unchanged
                else said(lang, f"{outcome.slug}:已就绪。", f"{outcome.slug}: ready.")
            )


@app.command()
def export(
    slug: Annotated[str, typer.Argument(help="The district's slug 地区标识")],
    to: Annotated[
        Path, typer.Option("--to", help="Folder to write the profile's folder into 目标目录")
    ] = Path(),
    lang: Lang = "",
) -> None:
    """按现状导出地区配置到以地区标识命名的目录,并指出配置无法表达的内容
    / Write a district's profile, as it is now, into a folder of its slug. Says what a profile cannot hold."""
    run(_export(slug, to, lang), lang=lang)


async def _export(slug: str, to: Path, lang: str) -> None:
    folder = to / slug
    if folder.exists() and any(folder.iterdir()):
        typer.echo(
            said(lang, f"{folder} 不是空目录,未作改动。", f"{folder} is not empty; nothing done."), err=True
        )
        raise typer.Exit(1)
    template = read_template(settings().tenants / TEMPLATE)
    async with (
        open_installation() as (_, tenancy, _messenger),
        platform_work(tenancy, tenancy.registry.get(slug), request_id="export") as work,
    ):
        exported = await export_profile(work, template)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in exported.files.items():
        (folder / name).write_text(text, encoding="utf-8")
        typer.echo(str(folder / name))
    for zh, en in exported.left_out:
        typer.echo(said(lang, f"未包含:{zh}。", f"Left out: {en}."))


@app.command("list")
def list_districts(lang: Lang = "") -> None:
    """列出本系统的地区 / List the districts of this installation."""
    run(_list(lang), lang=lang)


async def _list(lang: str) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        table = Table(
            *(
                said(lang, *title)
                for title in (("标识", "slug"), ("名称", "name"), ("状态", "status"), ("层级", "levels"))
            )
        )
        for district in tenancy.registry:
            status = said(lang, *STATUS_NAMES[district.status])
            table.add_row(district.slug, district.name, status, " ".join(district.levels))
        Console().print(table)


@app.command()
def suspend(
    slug: Annotated[str, typer.Argument(help="The district's slug 地区标识")],
    reason: Annotated[str, typer.Option(help="Told to whoever comes meanwhile 原因")] = "维护中 maintenance",
    lang: Lang = "",
) -> None:
    """停用在用地区,仅其审计员可以进入 / Close a live district to everybody but its auditors."""

    async def do(db: AsyncSession, tenancy: Tenancy, now: datetime) -> DistrictStatus:
        row = await service.suspend_district(
            db, tenancy, slug, reason=reason, actor="system", now=now, request_id="cli"
        )
        return row.status

    run(_do_to(do, slug=slug, lang=lang), lang=lang)


@app.command("trusted-documents")
def trusted_documents(
    slug: Annotated[str, typer.Argument(help="The district's slug 地区标识")],
    state: Annotated[Switch, typer.Argument(help="on or off 开或关")],
    lang: Lang = "",
) -> None:
    """要求匿名访问与门户只用可信查询,或取消该要求
    / Take nothing but trusted documents from anonymous callers and portals, or anything again."""
    run(_trusted_documents(slug, state is Switch.ON, lang), lang=lang)


async def _trusted_documents(slug: str, only: bool, lang: str) -> None:
    async with open_installation() as (installation, tenancy, _):
        tenancy.registry.get(slug)
        await installation.set_trusted_documents_only(slug, only=only)
        typer.echo(
            said(
                lang,
                f"{slug}:匿名访问与门户只接受可信查询。",
                f"{slug}: strangers and portals are bound to them.",
            )
            if only
            else said(
                lang, f"{slug}:匿名访问与门户不受限制。", f"{slug}: strangers and portals are not bound."
            )
        )


@app.command()
def resume(
    slug: Annotated[str, typer.Argument(help="The district's slug 地区标识")], lang: Lang = ""
) -> None:
    """恢复已停用的地区 / Open a suspended district again."""

    async def do(db: AsyncSession, tenancy: Tenancy, now: datetime) -> DistrictStatus:
        row = await service.resume_district(db, tenancy, slug, actor="system", now=now, request_id="cli")
        return row.status

    run(_do_to(do, slug=slug, lang=lang), lang=lang)


async def _do_to(
    do: Callable[[AsyncSession, Tenancy, datetime], Awaitable[DistrictStatus]], *, slug: str, lang: str
) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        async with tenancy.platform() as db:
            status = await do(db, tenancy, datetime.now(UTC))
        typer.echo(f"{slug}: {said(lang, *STATUS_NAMES[status])}")
