"""The messenger of a process, as its settings have it. Without any of them messages are files in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bangban.kernel.messenger.channel import Channel
from bangban.kernel.messenger.file_messenger import FileMessenger
from bangban.kernel.messenger.http_calls import client
from bangban.kernel.messenger.message import Messenger
from bangban.kernel.messenger.routing import FILE, Router
from bangban.kernel.messenger.sms import SmsChannel, SmsGateway
from bangban.kernel.messenger.smtp import SmtpChannel, SmtpServer
from bangban.kernel.messenger.wechat import OfficialAccount, WeChatChannel, WeChatLogin
from bangban.kernel.messenger.wecom import EnterpriseApp, WeComChannel
from bangban.kernel.vault.problems import StartProblem
from bangban.settings import Settings

CHANNELS: Final = (FILE, "smtp", "sms", "wechat", "wecom")


class ChannelUnset(StartProblem):
    """A channel that is set up halfway would lose messages."""

    zh = "消息通道 {channel} 缺少设置 {setting}。"
    en = "The channel {channel} lacks the setting {setting}."


class ChannelUnknown(StartProblem):
    """A route that leads nowhere."""

    zh = "没有消息通道“{channel}”,可用:{known}。"
    en = "There is no channel {channel!r} for messages; there are {known}."


@asynccontextmanager
async def open_messenger(settings: Settings) -> AsyncIterator[Messenger]:
    """The messenger. Raises ``ChannelUnset``, ``ChannelUnknown``."""
    routes, districts = settings.message_routes, settings.message_districts
    for each in (routes, *districts.values()):
        for channel in (name for names in each.values() for name in names):
            if channel not in CHANNELS:
                raise ChannelUnknown(channel=channel, known=", ".join(CHANNELS))
    files = FileMessenger(settings.outbox_folder)
    async with AsyncExitStack() as stack:
        channels = {FILE: files, **await _channels(settings, stack)}
        # Alone, the folder needs no routes.
        alone = len(channels) == 1
        yield files if alone else Router(channels, routes=routes, districts=districts)


async def _channels(settings: Settings, stack: AsyncExitStack) -> dict[str, Channel]:
    found: dict[str, Channel] = {}
    if settings.smtp_host is not None:
        found["smtp"] = SmtpChannel(
            SmtpServer(
                host=settings.smtp_host,
                port=settings.smtp_port,
                sender=settings.smtp_from,
                user=settings.smtp_user,
                password=_secret(settings.smtp_password, settings.smtp_password_file),
                starttls=settings.smtp_starttls,
                timeout=settings.smtp_timeout,
            )
        )
    if settings.sms_url is not None:
        secret = _secret(settings.sms_secret, settings.sms_secret_file)
        if not secret:
            raise ChannelUnset(channel="sms", setting="BANGBAN_SMS_SECRET")
        gateway = SmsGateway(url=settings.sms_url, key_id=settings.sms_key_id, secret=secret)
        http = await stack.enter_async_context(client(settings.sms_timeout))
        found["sms"] = SmsChannel(http, gateway)
    account = _official_account(settings)
    if account is not None:
        http = await stack.enter_async_context(client(settings.wechat_timeout))
        found["wechat"] = WeChatChannel(http, account)
    if settings.wecom_corp_id is not None:
        secret = _secret(settings.wecom_secret, settings.wecom_secret_file)
        for value, name in ((secret, "SECRET"), (settings.wecom_agent_id, "AGENT_ID")):
            if not value:
                raise ChannelUnset(channel="wecom", setting=f"BANGBAN_WECOM_{name}")
        app = EnterpriseApp(
            corp_id=settings.wecom_corp_id,
            secret=secret or "",
            agent_id=settings.wecom_agent_id,
            url=settings.wecom_url.rstrip("/"),
        )
        http = await stack.enter_async_context(client(settings.wecom_timeout))
        found["wecom"] = WeComChannel(http, app)
    return found


def _official_account(settings: Settings) -> OfficialAccount | None:
    if settings.wechat_app_id is None:
        return None
    secret = _secret(settings.wechat_secret, settings.wechat_secret_file)
    for value, name in ((secret, "SECRET"), (settings.wechat_template, "TEMPLATE")):
        if not value:
            raise ChannelUnset(channel="wechat", setting=f"BANGBAN_WECHAT_{name}")
    return OfficialAccount(
        app_id=settings.wechat_app_id,
        secret=secret or "",
        template_id=settings.wechat_template,
        field_name=settings.wechat_field,
        url=settings.wechat_url.rstrip("/"),
    )


@asynccontextmanager
async def open_wechat_login(settings: Settings) -> AsyncIterator[WeChatLogin | None]:
    """Who asks WeChat whom a resident's code is of; None where no Official Account is set. Raises ``ChannelUnset``."""
    account = _official_account(settings)
    if account is None:
        yield None
        return
    async with client(settings.wechat_timeout) as http:
        yield WeChatLogin(http, account)


def _secret(given: SecretStr | None, file: Path | None) -> str | None:
    """The secret itself, from the environment or from its file."""
    if given is not None:
        return given.get_secret_value()
    return None if file is None else file.read_text("utf-8").strip()
