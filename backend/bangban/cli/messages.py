"""``bangban messages test``: whether a channel to people works, tried with a message of no meaning."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from bangban.cli.speaking import Lang, said
from bangban.kernel.ids import new_id
from bangban.kernel.messenger import Message, Template
from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.routing import form_of
from bangban.settings import settings
from bangban.web.messengers import open_messenger

app = typer.Typer(help="消息通道 / channels to people", no_args_is_help=True)


@app.callback()
def messages() -> None:
    """Keep ``test`` a command of its own."""


@app.command("test")
def try_channel(
    to: Annotated[str, typer.Option(help="A phone, a mail address or wechat:OPENID 接收人")],
    district: Annotated[str, typer.Option(help="As which district; the platform if left out 地区标识")] = "",
    lang: Lang = "",
) -> None:
    """发送一条测试消息,其中的验证码无效,未能送出时退出码为 1
    / Send one message with a code that opens nothing. Exit code 1 where it was not handed over."""
    try:
        asyncio.run(_send(to, district or None))
    except (NotSent, Undeliverable) as error:
        why = str(error)
        typer.echo(said(lang, f"未送出:{why}", f"Not sent: {why}"), err=True)
        raise typer.Exit(1) from None
    form = form_of(to)[0].value
    typer.echo(said(lang, f"已交付({form})。", f"Handed over ({form})."))


async def _send(to: str, district: str | None) -> None:
    async with open_messenger(settings()) as messenger:
        await messenger.send(
            Message.of(
                Template.SIGN_IN_CODE,
                to=to,
                district=district,
                at=datetime.now(UTC),
                key=f"test-{new_id()}",
                brand="帮办",
                code="000000",
                minutes=1,
            )
        )
