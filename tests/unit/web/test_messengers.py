"""A process's messenger is what its settings say, and half a channel is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bangban.kernel.messenger import FileMessenger, Messenger
from bangban.kernel.messenger.routing import Form, Router
from bangban.settings import Settings
from bangban.web.messengers import ChannelUnknown, ChannelUnset, open_messenger

SECRET = "not-to-be-seen"


def opened(**given: Any) -> Messenger:
    async def go() -> Messenger:
        async with open_messenger(Settings(**given)) as messenger:
            return messenger

    return asyncio.run(go())


def test_without_a_channel_messages_are_files(tmp_path: Path) -> None:
    messenger = opened(var=tmp_path)
    assert isinstance(messenger, FileMessenger)
    assert messenger.folder == tmp_path / "outbox"


@pytest.mark.parametrize(
    "given",
    [
        {"smtp_host": "mail.test"},
        {"sms_url": "http://sms.test", "sms_secret": SecretStr(SECRET)},
        {"wechat_app_id": "app", "wechat_secret": SecretStr(SECRET), "wechat_template": "t"},
        {"wecom_corp_id": "corp", "wecom_secret": SecretStr(SECRET), "wecom_agent_id": 7},
    ],
)
def test_with_one_they_are_routed(given: dict[str, Any]) -> None:
    assert isinstance(opened(**given), Router)


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"sms_url": "http://sms.test"}, "BANGBAN_SMS_SECRET"),
        ({"wechat_app_id": "app", "wechat_template": "t"}, "BANGBAN_WECHAT_SECRET"),
        ({"wechat_app_id": "app", "wechat_secret": SecretStr(SECRET)}, "BANGBAN_WECHAT_TEMPLATE"),
        ({"wecom_corp_id": "corp", "wecom_agent_id": 7}, "BANGBAN_WECOM_SECRET"),
        ({"wecom_corp_id": "corp", "wecom_secret": SecretStr(SECRET)}, "BANGBAN_WECOM_AGENT_ID"),
    ],
)
def test_half_a_channel_is_refused_by_the_setting_it_lacks(given: dict[str, Any], lacking: str) -> None:
    with pytest.raises(ChannelUnset, match=lacking):
        opened(**given)


def test_a_route_leads_somewhere() -> None:
    with pytest.raises(ChannelUnknown, match="pigeon"):
        opened(message_districts={"rushan": {Form.PHONE: ["pigeon"]}})


def test_a_secret_may_stand_in_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    assert isinstance(opened(sms_url="http://sms.test", sms_secret_file=file), Router)
    monkeypatch.setenv("BANGBAN_SMS_SECRET", SECRET)
    monkeypatch.setenv("BANGBAN_MESSAGE_ROUTES", '{"phone": ["sms", "file"]}')
    chosen = Settings()
    assert chosen.message_routes == {Form.PHONE: ["sms", "file"]}
    assert SECRET not in repr(chosen) + str(chosen)
