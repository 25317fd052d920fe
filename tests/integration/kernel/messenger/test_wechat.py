"""Template messages: one token for all, a new one when it is over, and nothing of it in a log."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import CODE, OPENID, heard, letter, listening

from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.http_calls import client
from bangban.kernel.messenger.wechat import OfficialAccount, WeChatChannel, WeChatCodeWrong, WeChatLogin

SECRET = "the-account's-secret"
TOKEN = {"access_token": "token-1", "expires_in": 7200}
ANOTHER = {"access_token": "token-2", "expires_in": 7200}
DONE = {"errcode": 0, "errmsg": "ok", "msgid": 1}


def deliver(
    gateway: Gateway, times: int = 1, *, at_once: bool = False, turn: Callable[[], float] | None = None
) -> None:
    async def go() -> None:
        account = OfficialAccount(
            app_id="app-1", secret=SECRET, template_id="tmpl-1", url=gateway.url, pause=0.001
        )
        async with client(5.0) as http:
            channel = WeChatChannel(http, account, clock=turn or (lambda: 0.0))
            each = [lambda: channel.deliver(letter(), OPENID)] * times
            if at_once:
                await asyncio.gather(*(one() for one in each))
            else:
                for one in each:
                    await one()

    asyncio.run(go())


def sent(gateway: Gateway) -> list[str]:
    return [call.path for call in gateway.calls]


SEND = "/cgi-bin/message/template/send?access_token="


def test_a_message_carries_its_text_in_the_templates_field(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN), (200, DONE)]
    deliver(gateway)
    asked, told = gateway.calls
    assert asked.path == "/cgi-bin/stable_token"
    assert asked.json == {
        "grant_type": "client_credential",
        "appid": "app-1",
        "secret": SECRET,
        "force_refresh": False,
    }
    assert told.path == f"{SEND}token-1"
    assert told.json == {
        "touser": OPENID,
        "template_id": "tmpl-1",
        "data": {"content": {"value": letter().text}},
        "client_msg_id": "zouping-000000000007",
    }


def test_one_token_serves_many_even_at_once(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN)]
    gateway.usual = (200, DONE)
    deliver(gateway, 5, at_once=True)
    assert sent(gateway).count("/cgi-bin/stable_token") == 1
    assert sent(gateway).count(f"{SEND}token-1") == 5


def test_a_token_near_its_end_is_not_used_any_more(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN), (200, DONE), (200, ANOTHER), (200, DONE)]
    moments = iter([0.0, 0.0, 6_901.0, 6_901.0, 6_901.0])
    deliver(gateway, 2, turn=lambda: next(moments))
    assert sent(gateway)[-1] == f"{SEND}token-2"


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_counts_no_more_is_renewed_and_the_message_goes_out(gateway: Gateway, code: int) -> None:
    gateway.answers = [(200, TOKEN), (200, {"errcode": code}), (200, ANOTHER), (200, DONE)]
    deliver(gateway)
    assert sent(gateway) == [
        "/cgi-bin/stable_token",
        f"{SEND}token-1",
        "/cgi-bin/stable_token",
        f"{SEND}token-2",
    ]
    assert gateway.calls[2].json["force_refresh"] is True


def test_a_token_is_renewed_once_for_a_message(gateway: Gateway) -> None:
    over = (200, {"errcode": 42001})
    gateway.answers = [(200, TOKEN), over, (200, ANOTHER), over]
    with pytest.raises(NotSent, match="42001"):
        deliver(gateway)


@pytest.mark.parametrize("code", [40003, 43004])
def test_who_cannot_be_reached_is_not_tried_again(gateway: Gateway, code: int) -> None:
    gateway.answers = [(200, TOKEN), (200, {"errcode": code, "errmsg": OPENID})]
    with pytest.raises(Undeliverable, match=str(code)):
        deliver(gateway)


@pytest.mark.parametrize("answer", [{"errcode": -1}, {"errcode": 45009}, {"errcode": "x"}, [1], b"<html>"])
def test_what_may_pass_waits_for_the_outbox(gateway: Gateway, answer: Any) -> None:
    gateway.answers = [(200, TOKEN), (200, answer)]
    with pytest.raises(NotSent):
        deliver(gateway)


@pytest.mark.parametrize("answer", [{"errcode": 40125}, {"access_token": 7}, {"access_token": ""}, {}])
def test_no_token_no_message(gateway: Gateway, answer: Any) -> None:
    gateway.usual = (200, answer)
    with pytest.raises(NotSent, match="no token"):
        deliver(gateway)


def test_of_no_failure_anything_is_heard(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    listening(caplog)
    said = ""
    for last in (DONE, {"errcode": 40003, "errmsg": OPENID}, {"errcode": -1}):
        gateway.answers = [(200, TOKEN), (200, last)]
        try:
            deliver(gateway)
        except (NotSent, Undeliverable):
            said += traceback.format_exc()
    said += heard(caplog, capsys)
    for secret in (OPENID, CODE, SECRET, "token-1", letter().text):
        assert secret not in said
    assert "Traceback" in said


ONE_TIME = "011samplecode"
WHO = "oSampleOpenIdOf28Characters1"


def openid(gateway: Gateway, code: str = ONE_TIME) -> str:
    async def go() -> str:
        account = OfficialAccount(
            app_id="app-1", secret=SECRET, template_id="tmpl-1", url=gateway.url, pause=0.001
        )
        async with client(5.0) as http:
            return await WeChatLogin(http, account).openid_of(code)

    return asyncio.run(go())


def test_a_code_says_who_somebody_is(gateway: Gateway) -> None:
    gateway.answers = [(200, {"openid": WHO, "access_token": "of-theirs", "scope": "snsapi_base"})]
    assert openid(gateway) == WHO
    (asked,) = sent(gateway)
    whose = f"appid=app-1&secret=the-account%27s-secret&code={ONE_TIME}&grant_type=authorization_code"
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
