"""App messages of enterprise WeChat: one token for all, a new one when it is over, and nothing of it in a log."""

from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest
from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import CODE, heard, letter, listening

from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.http_calls import client
from bangban.kernel.messenger.wecom import EnterpriseApp, WeComChannel

SECRET, USERID = "the-app's-secret", "zhang.san"
TOKEN = {"errcode": 0, "access_token": "token-1", "expires_in": 7200}
ANOTHER = {"errcode": 0, "access_token": "token-2", "expires_in": 7200}
DONE = {"errcode": 0, "errmsg": "ok", "msgid": "m1"}
ASK = "/cgi-bin/gettoken?corpid=corp-1&corpsecret=the-app%27s-secret"
SEND = "/cgi-bin/message/send?access_token="


def deliver(gateway: Gateway, times: int = 1) -> None:
    async def go() -> None:
        app = EnterpriseApp(corp_id="corp-1", secret=SECRET, agent_id=1000002, url=gateway.url, pause=0.001)
        async with client(5.0) as http:
            channel = WeComChannel(http, app, clock=lambda: 0.0)
            await asyncio.gather(*(channel.deliver(letter(), USERID) for _ in range(times)))

    asyncio.run(go())


def sent(gateway: Gateway) -> list[str]:
    return [call.path for call in gateway.calls]


def test_a_message_goes_to_one_member_and_twice_the_same_is_passed_over(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN), (200, DONE)]
    deliver(gateway)
    assert sent(gateway) == [ASK, f"{SEND}token-1"]
    assert gateway.calls[1].json == {
        "touser": USERID,
        "msgtype": "text",
        "agentid": 1000002,
        "text": {"content": letter().text},
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


def test_one_token_serves_many_even_at_once(gateway: Gateway) -> None:
    gateway.answers = [(200, TOKEN)]
    gateway.usual = (200, DONE)
    deliver(gateway, 5)
    assert sent(gateway).count(ASK) == 1
    assert sent(gateway).count(f"{SEND}token-1") == 5


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_counts_no_more_is_renewed_once(gateway: Gateway, code: int) -> None:
    gateway.answers = [(200, TOKEN), (200, {"errcode": code}), (200, ANOTHER), (200, DONE)]
    deliver(gateway)
    assert sent(gateway) == [ASK, f"{SEND}token-1", ASK, f"{SEND}token-2"]
    over = (200, {"errcode": code})
    gateway.answers = [(200, TOKEN), over, (200, ANOTHER), over]
    with pytest.raises(NotSent, match=str(code)):
        deliver(gateway)


@pytest.mark.parametrize(
    "answer",
    [{"errcode": 60111}, {"errcode": 81013, "errmsg": USERID}, {"errcode": 0, "invaliduser": USERID}],
)
def test_who_cannot_be_reached_is_not_tried_again(gateway: Gateway, answer: Any) -> None:
    gateway.answers = [(200, TOKEN), (200, answer)]
    with pytest.raises(Undeliverable):
        deliver(gateway)


@pytest.mark.parametrize("answer", [{"errcode": -1}, {"errcode": 45009}, {"errcode": "x"}, [1], b"<html>"])
def test_what_may_pass_waits_for_the_outbox(gateway: Gateway, answer: Any) -> None:
    gateway.answers = [(200, TOKEN), (200, answer)]
    with pytest.raises(NotSent):
        deliver(gateway)


def test_of_no_failure_anything_is_heard(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    listening(caplog)
    said = ""
    for last in (DONE, {"errcode": 60111, "errmsg": USERID}, {"errcode": -1}):
        gateway.answers = [(200, TOKEN), (200, last)]
        try:
            deliver(gateway)
        except (NotSent, Undeliverable):
            said += traceback.format_exc()
    said += heard(caplog, capsys)
    for secret in (USERID, CODE, SECRET, "token-1", letter().text):
        assert secret not in said
    assert "Traceback" in said
