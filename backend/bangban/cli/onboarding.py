"""``bangban onboarding``: see who applied to join, approve or reject, follow and retry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from bangban.cli.opening import open_installation
from bangban.cli.progress import step_progress, told
from bangban.cli.speaking import Lang, run, said
from bangban.features.districts.deciding import PROVISION, approve_in, reject_in, retry_in
from bangban.features.districts.platform import PLATFORM
from bangban.features.districts.service import OPEN_STATES, get_row, list_onboardings
from bangban.features.districts.tables import OnboardingRow, OnboardingState
from bangban.kernel.jobs.runner import TaskRunner
from bangban.kernel.jobs.tables import TaskState
from bangban.kernel.jobs.tasks import open_task_of
from bangban.settings import settings
from bangban.web.tasks import task_handlers

app = typer.Typer(
    no_args_is_help=True, help="Applications to join 入驻申请: list, approve, reject, follow, retry."
)

Id = Annotated[UUID, typer.Argument(help="The application's id 申请编号")]

STATE_NAMES = {
    OnboardingState.APPLIED: ("联系人待核实", "contact not verified"),
    OnboardingState.VERIFIED: ("待审批", "waiting for approval"),
    OnboardingState.PROVISIONING: ("开通中", "being provisioned"),
    OnboardingState.CONFIGURING: ("配置中", "being configured"),
    OnboardingState.READY: ("待上线", "ready"),
    OnboardingState.LIVE: ("已上线", "live"),
    OnboardingState.REJECTED: ("已驳回", "rejected"),
    OnboardingState.FAILED: ("失败", "failed"),
}
STANDS_STILL = ("未完成;可用 bangban onboarding retry 继续。", "not done; bangban onboarding retry goes on.")
PLATFORM_ACTOR = f"operator:{PLATFORM.id}"
"""How the trail names whoever has the installation's own shell."""


@app.command("list")
def list_applications(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too 含已审批的")] = False,
    lang: Lang = "",
) -> None:
    """列出待审批的入驻申请,最新的在前 / List applications that wait for a decision, the newest first."""
    run(_list(everything=everything, lang=lang), lang=lang)


async def _list(*, everything: bool, lang: str) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        rows = await list_onboardings(tenancy, states=tuple(OnboardingState) if everything else OPEN_STATES)
        titles = (
            ("编号", "id"),
            ("标识", "slug"),
            ("名称", "name"),
            ("联系人", "contact"),
            ("申请时间", "applied"),
            ("状态", "state"),
        )
        table = Table(*(said(lang, *title) for title in titles))
        table.columns[0].min_width = 36  # the id is there to be copied
        for row in rows:
            table.add_row(
                str(row.id),
                row.slug,
                row.name,
                row.contact_masked,
                f"{row.applied_at:%Y-%m-%d %H:%M}",
                said(lang, *STATE_NAMES[row.state]),
            )
        Console().print(table)


@app.command()
def approve(onboarding_id: Id, lang: Lang = "") -> None:
    """批准入驻申请并开通地区,由本机或先着手的进程完成
    / Grant an application, and make its district: here, or wherever it is begun first."""
    run(_decide(onboarding_id, approve_in, lang), lang=lang)


@app.command()
def retry(onboarding_id: Id, lang: Lang = "") -> None:
    """让失败的入驻从停下的地方继续 / Let an onboarding that failed go on where it stopped."""
    run(_decide(onboarding_id, retry_in, lang), lang=lang)


@app.command()
def follow(onboarding_id: Id, lang: Lang = "") -> None:
    """查看入驻进度直至地区就绪,无人处理时由本命令接手
    / See how far an onboarding is, until its district is there. Takes the work up if nobody does it."""
    run(_decide(onboarding_id, None, lang), lang=lang)


async def _decide(
    onboarding_id: UUID, decide: Callable[..., Awaitable[OnboardingRow]] | None, lang: str
) -> None:
    async with open_installation() as opened:
        installation, tenancy, messenger = opened
        async with tenancy.platform() as db:
            if decide is not None:
                await decide(db, tenancy, onboarding_id, actor=PLATFORM_ACTOR, now=datetime.now(UTC))
            row = await get_row(db, onboarding_id)
            task = await open_task_of(db, PROVISION, row.slug)
        if task is not None and row.state is OnboardingState.PROVISIONING:
            handlers = task_handlers(installation, tenancy, messenger=messenger, settings=settings())
            runner = TaskRunner(tenancy, installation.application, handlers)
            with step_progress(Console(stderr=True)) as progress:
                ended = await runner.run_here(task.id, tell=told(progress, row.slug, lang))
            if ended.state is not TaskState.DONE:
                problem = said(lang, ended.problem_zh or "", ended.problem_en or "")
                typer.echo(f"{row.slug}: {said(lang, *STANDS_STILL)} {problem}".strip(), err=True)
                raise typer.Exit(1)
            async with tenancy.platform() as db:
                row = await get_row(db, onboarding_id)
        typer.echo(f"{row.slug}: {said(lang, *STATE_NAMES[row.state])}")


@app.command()
def reject(
    onboarding_id: Id,
    reason: Annotated[str, typer.Argument(help="Why; the applicant reads it 原因")],
    lang: Lang = "",
) -> None:
    """驳回入驻申请,其地区标识可再次使用 / Turn an application down; its slug is free again."""
    run(_reject(onboarding_id, reason, lang), lang=lang)


async def _reject(onboarding_id: UUID, reason: str, lang: str) -> None:
    async with open_installation() as (_, tenancy, _messenger):
        async with tenancy.platform() as db:
            await reject_in(
                db, tenancy, onboarding_id, reason=reason, actor=PLATFORM_ACTOR, now=datetime.now(UTC)
            )
        typer.echo(said(lang, "已驳回。", "Rejected."))
