"""``bangban operator``: the platform's own accounts, each with one duty. The first ones are made here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bangban.cli.opening import open_installation
from bangban.cli.speaking import Lang, run, said
from bangban.features.accounts.desk import Desk
from bangban.features.accounts.tables import OperatorRow
from bangban.features.operators import service
from bangban.features.operators.service import INVITED_FOR, Actor
from bangban.kernel.access.roles import OperatorDuty
from bangban.settings import settings

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True, help="Operators 平台管理员: add, list, invite, accept, disable, enable."
)

Login = Annotated[str, typer.Argument(help="The operator's login 登录名")]
Duty = Annotated[OperatorDuty, typer.Option(help="SYSTEM, SECURITY or AUDIT 职责", case_sensitive=False)]

DUTY_NAMES = {
    OperatorDuty.SYSTEM: ("系统管理员", "system"),
    OperatorDuty.SECURITY: ("安全管理员", "security"),
    OperatorDuty.AUDIT: ("审计管理员", "audit"),
}


@app.command()
def add(
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="Name 姓名")],
    duty: Duty,
    lang: Lang = "",
) -> None:
    """建立运维账号并打印一次性令牌,首个密码用 `bangban operator accept` 设置
    / Make an account and print its one-time token. `bangban operator accept` sets the first password with it."""

    async def do(db: AsyncSession, _: Desk) -> str:
        row, token = await service.create_operator(db, login=login, name=name, duty=duty, by=_administrator())
        return _token_told(row, token, lang)

    typer.echo(run(_within(do), lang=lang))


@app.command()
def invite(login: Login, lang: Lang = "") -> None:
    """再打印一个一次性令牌,用于重新设置密码
    / Print another one-time token, by which the password is set anew."""

    async def do(db: AsyncSession, _: Desk) -> str:
        found = await service.get_by_login(db, login)
        row, token = await service.invite_operator(db, found.id, by=_administrator())
        return _token_told(row, token, lang)

    typer.echo(run(_within(do), lang=lang))


@app.command()
def accept(lang: Lang = "") -> None:
    """用一次性令牌设置密码,两者均在提示后输入且不显示
    / Set a password with a one-time token. Both are asked for, and neither is shown."""
    token = typer.prompt(said(lang, "邀请口令", "Token"), hide_input=True)
    password = typer.prompt(said(lang, "密码", "Password"), hide_input=True, confirmation_prompt=True)

    async def do(db: AsyncSession, desk: Desk) -> str:
        row = await service.accept_invitation(
            db, desk, token=token, password=password, now=datetime.now(UTC), request_id="cli"
        )
        return said(lang, f"{row.login}:密码已设置。", f"{row.login}: the password is set.")

    typer.echo(run(_within(do), lang=lang))


@app.command()
def disable(login: Login, lang: Lang = "") -> None:
    """停用账号,其会话立即结束 / Close an account; its sessions end at once."""

    async def do(db: AsyncSession, desk: Desk) -> str:
        found = await service.get_by_login(db, login)
        row = await service.disable(db, desk, found.id, by=_administrator())
        return said(lang, f"{row.login}:已停用。", f"{row.login}: disabled.")

    typer.echo(run(_within(do), lang=lang))


@app.command()
def enable(login: Login, lang: Lang = "") -> None:
    """重新启用已停用的账号 / Open a closed account again."""

    async def do(db: AsyncSession, desk: Desk) -> str:
        found = await service.get_by_login(db, login)
        row = await service.enable(db, desk, found.id, by=_administrator())
        return said(lang, f"{row.login}:已启用。", f"{row.login}: enabled.")

    typer.echo(run(_within(do), lang=lang))


@app.command("list")
def list_operators(lang: Lang = "") -> None:
    """列出运维账号 / List the accounts."""

    async def do(db: AsyncSession, _: Desk) -> Table:
        titles = (("登录名", "login"), ("姓名", "name"), ("职责", "duty"), ("状态", "state"))
        table = Table(*(said(lang, *title) for title in titles))
        for row in await db.scalars(select(OperatorRow).order_by(OperatorRow.login)):
            state = ("启用", "enabled") if row.active else ("停用", "disabled")
            if row.active and row.password_hash is None:
                state = ("已邀请", "invited")
            table.add_row(row.login, row.name, said(lang, *DUTY_NAMES[row.duty]), said(lang, *state))
        return table

    Console().print(run(_within(do), lang=lang))


def _administrator() -> Actor:
    return Actor(id=None, now=datetime.now(UTC), request_id="cli")


def _token_told(row: OperatorRow, token: str, lang: str) -> str:
    hours = int(INVITED_FOR.total_seconds() // 3600)
    return said(
        lang,
        f"{row.login}({said(lang, *DUTY_NAMES[row.duty])}):一次性邀请口令,{hours} 小时内有效,只显示这一次:\n{token}",
        f"{row.login} ({said(lang, *DUTY_NAMES[row.duty])}): a one-time token, good for {hours} hours, shown"
        f" this once:\n{token}",
    )


async def _within(do: Callable[[AsyncSession, Desk], Awaitable[T]]) -> T:
    async with open_installation() as (_, tenancy, messenger):
        desk = Desk.of(tenancy, settings=settings(), messenger=messenger)
        try:
            async with tenancy.platform() as db:
                return await do(db, desk)
        finally:
            desk.passwords.close()
