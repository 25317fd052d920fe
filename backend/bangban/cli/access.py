"""``bangban access``: why somebody may do something, and what each role may do."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bangban.cli.principals import find_area_path, load_area_names, load_principal_by_login
from bangban.cli.speaking import Lang, said
from bangban.kernel.access.compiled import shipped_policy
from bangban.kernel.access.explain import Explanation
from bangban.kernel.access.explain import explain as explain_access
from bangban.kernel.access.guard import district_policy, read_own_lines
from bangban.kernel.access.roles import Role
from bangban.kernel.access.table import to_markdown
from bangban.kernel.access.vocabulary import Permission, find_permission
from bangban.kernel.problems import NotFound, Problem

app = typer.Typer(no_args_is_help=True, help="Access rights 权限: why somebody may, and what each role may.")

Former = Annotated[
    str | None, typer.Option("--language", hidden=True, help="What --lang was called up to 0.3.0 旧称")
]


@app.command()
def explain(
    login: Annotated[str, typer.Argument(help="The account's login, or district/login 登录名")],
    *,
    action: Annotated[str, typer.Argument(help="What is to be done, such as accept 操作")],
    object: Annotated[str, typer.Argument(help="What it is done to, such as case 对象")],  # noqa: A002 - shown in the help
    district: Annotated[str | None, typer.Option(help="The district's slug 地区标识")] = None,
    area: Annotated[str | None, typer.Option(help="Ask about the area with this code 区域代码")] = None,
    lang: Lang = "",
    language: Former = None,
) -> None:
    """说明某人能否做某事,由哪一任职、哪一行规则、哪一区域决定
    / Say whether somebody may do something, and which assignment, line and area decide it."""
    spoken = said(language or lang, "zh", "en")
    permission = find_permission(object, action)
    if permission is None:
        known = "\n".join(sorted(f"  {each.action} {each.object}" for each in Permission))
        raise typer.BadParameter(
            f"没有权限 {object}:{action}。There is no such permission. 现有 There are:\n{known}"
        )
    if district is None and "/" in login:
        district, login = login.split("/", 1)
    if district is None:
        raise typer.BadParameter("请指明地区。Name the district: --district SLUG, or SLUG/LOGIN.")
    try:
        text = asyncio.run(_explain(login, permission, district=district, code=area, language=spoken))
    except Problem as problem:
        typer.echo(problem.message(spoken), err=True)
        raise typer.Exit(1) from problem
    typer.echo(text)


@app.command()
def table(
    role: Annotated[Role | None, typer.Option(help="This role only 只看此角色")] = None,
    own: Annotated[
        Path | None, typer.Option(help="A file of a district's own lines to add, checked first 地区规则文件")
    ] = None,
    lang: Lang = "",
    language: Former = None,
) -> None:
    """以 Markdown 打印各角色在各层级的权限
    / Print what each role may do at each level, as Markdown. ✓ allowed, – not granted, ✗ denied for good."""
    policy = shipped_policy()
    if own is not None:
        try:
            text = own.read_text(encoding="utf-8")
            policy = district_policy(read_own_lines(text))
        except (OSError, UnicodeDecodeError) as problem:
            raise typer.BadParameter(f"无法读取。{own} cannot be read: {problem}") from problem
        except Problem as problem:
            typer.echo(problem.message(said(language or lang, "zh", "en")), err=True)
            raise typer.Exit(1) from problem
    typer.echo("\n\n".join(to_markdown(policy, each) for each in ([role] if role else Role)))


async def _explain(
    login: str, permission: Permission, *, district: str, code: str | None, language: str
) -> str:
    principal, policy = await load_principal_by_login(district=district, login=login)
    path = None
    if code is not None:
        path = await find_area_path(district=district, code=code)
        if path is None:
            raise NotFound("area", "该区域")
    explanation: Explanation = explain_access(
        principal,
        policy,
        permission,
        on=datetime.now(ZoneInfo("Asia/Shanghai")).date(),  # the one legal time of every district
        area_path=path,
    )
    names = await load_area_names(
        district=district, area_ids=[each.area_id for each in principal.assignments]
    )
    return explanation.text(language, area_names=names)
