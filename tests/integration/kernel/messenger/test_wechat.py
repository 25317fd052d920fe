"""Template messages of an Official Account, and signing in with a code of it; as of tokens: test_token_channels."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import OPENID, letter
from tests.integration.kernel.messenger.token_channels import (
    ANOTHER,
    DONE,
    SECRET,
    TOKEN,
    WECHAT,
    account,
    sent,
)

from bangban.kernel.messenger.channel import NotSent
from bangban.kernel.messenger.http_calls import client
from bangban.kernel.messenger.wechat import WeChatCodeWrong, WeChatLogin


def test_a_message_carries_its_text_in_the_templates_field(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN), (200, DONE)]
    WECHAT.deliver(gateway)
    asked, told = gateway.calls
    assert asked.json == {
        "grant_type": "client_credential",
        "appid": "app-1",
        "secret": SECRET,
        "force_refresh": False,
    }
    assert sent(gateway) == [WECHAT.ask, f"{WECHAT.send}token-1"]
    assert told.json == {
        "touser": OPENID,
        "template_id": "tmpl-1",
        "data": {"content": {"value": letter().text}},
        "client_msg_id": "zouping-000000000007",
    }


def test_a_token_that_counts_no_more_is_not_given_again(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN), (200, {"errcode": 42001}), (200, ANOTHER), (200, DONE)]
    WECHAT.deliver(gateway)
    assert gateway.calls[2].json["force_refresh"] is True


ONE_TIME = "011samplecode"
WHO = "oSampleOpenIdOf28Characters1"


def openid(gateway: Gateway, code: str = ONE_TIME) -> str:
    async def go() -> str:
        async with client(5.0) as http:
            return await WeChatLogin(http, account(gateway.url)).openid_of(code)

    return asyncio.run(go())


def test_a_code_says_who_somebody_is(gateway: Gateway) -> None:
    gateway.answers = [(200, {"openid": WHO, "access_token": "of-theirs", "scope": "snsapi_base"})]
    assert openid(gateway) == WHO
    (asked,) = sent(gateway)
    whose = f"appid=app-1&secret=its-own-secret%27s&code={ONE_TIME}&grant_type=authorization_code"
    assert asked == f"/sns/oauth2/access_token?{whose}"


@pytest.mark.parametrize("code", [40029, 40163, 42003])
def test_a_code_that_is_used_or_over_is_said_to_be(gateway: Gateway, code: int) -> None:
    gateway.answers = [(200, {"errcode": code, "errmsg": ONE_TIME})]
    with pytest.raises(WeChatCodeWrong):
        openid(gateway)


@pytest.mark.parametrize("code", ["", "short", "x" * 129, "with&more=1", "../../cgi-bin"])
def test_what_is_no_code_is_not_asked_about(gateway: Gateway, code: str) -> None:
    with pytest.raises(WeChatCodeWrong):
        openid(gateway, code)
    assert gateway.calls == []


@pytest.mark.parametrize("answer", [{"errcode": 40125}, {"openid": 7}, {"openid": "a b"}, {}, [1], b"<html>"])
def test_what_may_pass_is_no_refusal_of_a_code(gateway: Gateway, answer: Any) -> None:
    gateway.usual = (200, answer)
    with pytest.raises(NotSent):
        openid(gateway)
