"""``bangban run``: everything from one command, with the sample districts."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import Annotated, TypeAlias

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bangban.cli import logs
from bangban.cli.loop import run_server
from bangban.cli.opening import bring_up, open_administration, ring_of
from bangban.cli.serve import check_port, serve_installation
from bangban.cli.serving import served_alone
from bangban.cli.speaking import speaks_chinese
from bangban.cli.wording import say
from bangban.features.demo.service import Demo, load_demo
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.key_file import make_file
from bangban.settings import Settings, settings

Report: TypeAlias = Callable[[str, str, int, int], None]
"""Told of a district's step, how much of it is done, and of how much."""


def run(
    cases: Annotated[
        int, typer.Option(min=0, help="每个地区的样例办件数 / Sample cases for each district.")
    ] = 300,
) -> None:
    """安装数据库、样例地区与样例办件,并启动 API / Set up and serve the sample districts."""
    chosen = settings()
    check_port(chosen.host, chosen.port)
    logs.set_up(chosen.var / "log" / "api.log")
    for told in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # in whatever way, end orderly; a shell's job ignores the first
        signal.signal(told, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), served_alone(chosen.var) as share:
        run_server(_run(chosen, cases, share))
    say("已停止。", "Stopped.")


async def _run(chosen: Settings, cases: int, share: Callable[[], None]) -> None:
    if chosen.master_key is None and not chosen.key_file.exists():
        ring = make_file(chosen.key_file)
        say(f"已生成主密钥 {chosen.key_file}", f"Made the master key {chosen.key_file}")
    else:
        ring = ring_of(chosen)
    say("正在启动 PostgreSQL …", "Starting PostgreSQL …")
    async with open_administration(chosen) as admin:
        installation = await Installation.prepare(admin, ring, citus=chosen.citus)
        await bring_up(chosen, installation)
        tenancy = await Tenancy.open(
            installation.application, names=installation.names, ring=ring, apart=installation.citus
        )
        try:
            with _progress() as report:
                demo = await load_demo(
                    installation,
                    tenancy,
                    tenants=chosen.tenants,
                    var=chosen.var,
                    cases=cases,
                    progress=report,
                )
        finally:
            await tenancy.close()
        share()
        _tell_kept(demo)
        await serve_installation(chosen, installation, listening=lambda: _welcome(chosen, demo))


@contextlib.contextmanager
def _progress() -> Iterator[Report]:
    """A progress bar for each district and step; plain lines where the output is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line
        return
    columns = (
        TextColumn("{task.description:<34}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(district: str, step: str, done: int, total: int) -> None:
            name = district or "platform"
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], description=f"{name} {step}", completed=done, total=total)

        yield report


def _line(district: str, step: str, done: int, total: int) -> None:
    if done == total:
        typer.echo(f"  {district or 'platform'} {step} {done}", err=True)


def _tell_kept(demo: Demo) -> None:
    """Districts that were there already stay as they are; how one is set to its file nevertheless."""
    for folder in demo.kept:
        say(
            f"{folder.name} 保持现状,与 {folder} 中的文件不同;执行 bangban district onboard {folder} 可按文件设置。",
            f"{folder.name} stays as it is, other than the files in {folder} say; "
            f"`bangban district onboard {folder}` sets it to them.",
        )


def _welcome(chosen: Settings, demo: Demo) -> None:
    base = f"http://{chosen.host}:{chosen.port}"
    accounts = chosen.var / "demo" / "accounts.json"
    if speaks_chinese():
        lines = [
            f"帮办已就绪:{demo.districts} 个地区,{demo.cases} 件样例办件。",
            f"  打开    {base}/graphql   (GraphiQL,无需外网)",
            f"  契约    {base}/schema.graphql",
            f"  账号    {accounts}   (每个地区、每种角色的登录名与密码)",
            f"  短信    {chosen.outbox_folder}/   (验证码与通知写成文件)",
            f"  试一试  curl -s {base}/graphql -H 'Content-Type: application/json' -H 'X-District: zouping' \\",
            '            -d \'{"query":"{ district { name brand } }"}\'',
            "按 Ctrl-C 停止。",
        ]
    else:
        lines = [
            f"Bangban is ready: {demo.districts} districts, {demo.cases} sample cases.",
            f"  open      {base}/graphql   (GraphiQL, no outside address)",
            f"  contract  {base}/schema.graphql",
            f"  accounts  {accounts}   (logins and passwords of every role in every district)",
            f"  messages  {chosen.outbox_folder}/   (sign-in codes and notices, as files)",
            f"  try       curl -s {base}/graphql -H 'Content-Type: application/json' -H 'X-District: zouping' \\",
            '              -d \'{"query":"{ district { name brand } }"}\'',
            "Ctrl-C stops everything.",
        ]
    typer.echo("\n".join(lines))
