"""``bangban onboarding``: see who applied to join, approve or reject."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from bangban.cli.district import Lang, run, said, step_progress, told
from bangban.features.accounts.passwords import Passwords
from bangban.features.districts.contact import open_contact
from bangban.features.districts.onboarding import approve as approve_onboarding
from bangban.features.districts.service import OPEN_STATES, list_onboardings
from bangban.features.districts.service import reject as reject_onboarding
from bangban.features.districts.tables import OnboardingState
from bangban.features.districts.templates import templates_in
from bangban.kernel.identifiers.masks import mask_phone
from bangban.settings import settings

app = typer.Typer(no_args_is_help=True, help="Applications to join 入驻申请: list, approve, reject.")

Id = Annotated[UUID, typer.Argument(help="The application's id 申请编号")]

STATE_NAMES = {
    OnboardingState.APPLIED: ("待审批", "waiting"),
    OnboardingState.VERIFIED: ("已批准", "approved"),
    OnboardingState.PROVISIONING: ("开通中", "being provisioned"),
    OnboardingState.CONFIGURING: ("配置中", "being configured"),
    OnboardingState.READY: ("待上线", "ready"),
    OnboardingState.LIVE: ("已上线", "live"),
    OnboardingState.REJECTED: ("已驳回", "rejected"),
    OnboardingState.FAILED: ("失败", "failed"),
}


@app.command("list")
def list_applications(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too 含已审批的")] = False,
    lang: Lang = "",
) -> None:
    """List applications that wait for a decision, the newest first."""
    run(_list(everything=everything, lang=lang), lang=lang)


async def _list(*, everything: bool, lang: str) -> None:
    from bangban.cli.opening import open_installation  # noqa: PLC0415 - opens a database: only when needed

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
            contact = open_contact(tenancy.ring, row.contact_sealed)
            table.add_row(
                str(row.id),
                row.slug,
                row.name,
                f"{contact.name} {mask_phone(contact.phone)}".strip(),
                f"{row.applied_at:%Y-%m-%d %H:%M}",
                said(lang, *STATE_NAMES[row.state]),
            )
        Console().print(table)


@app.command()
def approve(onboarding_id: Id, lang: Lang = "") -> None:
    """Grant an application: make the district, and send its administrator a first password."""
    run(_approve(onboarding_id, lang), lang=lang)


async def _approve(onboarding_id: UUID, lang: str) -> None:
    from bangban.cli.opening import open_installation  # noqa: PLC0415 - opens a database: only when needed

    passwords = Passwords()
    try:
        async with open_installation() as (installation, tenancy, messenger):
            with step_progress(Console(stderr=True)) as progress:
                outcome = await approve_onboarding(
                    installation,
                    tenancy,
                    onboarding_id,
                    templates=templates_in(settings().tenants),
                    messenger=messenger,
                    passwords=passwords,
                    progress=told(progress, str(onboarding_id), lang),
                )
            typer.echo(
                said(
                    lang,
                    f"{outcome.slug}:已上线,管理员的初始密码已发往联系人手机。",
                    f"{outcome.slug}: live; the administrator's first password went to the contact's phone.",
                )
            )
    finally:
        passwords.close()


@app.command()
def reject(onboarding_id: Id, lang: Lang = "") -> None:
    """Turn an application down; its slug is free again."""
    run(_reject(onboarding_id, lang), lang=lang)


async def _reject(onboarding_id: UUID, lang: str) -> None:
    from bangban.cli.opening import open_installation  # noqa: PLC0415 - opens a database: only when needed

    async with open_installation() as (_, tenancy, _messenger):
        await reject_onboarding(tenancy, onboarding_id)
        typer.echo(said(lang, "已驳回。", "Rejected."))
