"""Channels that send with a token: one for all, a new one when it is over, and nothing of it in a log."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import CODE, heard, letter, listening
from tests.integration.kernel.messenger.token_channels import (
    ANOTHER,
    BOTH,
    DONE,
    SECRET,
    TOKEN,
    TokenChannel,
    sent,
)

from bangban.kernel.messenger.channel import NotSent, Undeliverable

OVER = [pytest.param(each, code, id=f"{name}-{code}") for name, each in BOTH.items() for code in each.over]
NEVER = [
    pytest.param(each, answer, id=f"{name}-{answer['errcode']}")
    for name, each in BOTH.items()
    for answer in each.never
]


@pytest.fixture(params=BOTH)
def channel(request: pytest.FixtureRequest) -> TokenChannel:
    return BOTH[request.param]


def test_one_token_serves_many_even_at_once(gateway: Gateway, channel: TokenChannel) -> None:
    gateway.answers = [(200, TOKEN)]
    gateway.usual = (200, DONE)
    channel.deliver(gateway, 5, at_once=True)
    assert sent(gateway).count(channel.ask) == 1
    assert sent(gateway).count(f"{channel.send}token-1") == 5


def test_a_token_near_its_end_is_not_used_any_more(gateway: Gateway, channel: TokenChannel) -> None:
    gateway.answers = [(200, TOKEN), (200, DONE), (200, ANOTHER), (200, DONE)]
    moments = iter([0.0, 0.0, 6_901.0, 6_901.0, 6_901.0])
    channel.deliver(gateway, 2, turn=lambda: next(moments))
    assert sent(gateway)[-1] == f"{channel.send}token-2"


@pytest.mark.parametrize(("channel", "code"), OVER)
def test_a_token_that_counts_no_more_is_renewed_once(
    gateway: Gateway, channel: TokenChannel, code: int
) -> None:
    over = (200, {"errcode": code})
    gateway.answers = [(200, TOKEN), over, (200, ANOTHER), (200, DONE)]
    channel.deliver(gateway)
    assert sent(gateway) == [channel.ask, f"{channel.send}token-1", channel.ask, f"{channel.send}token-2"]
    gateway.answers = [(200, TOKEN), over, (200, ANOTHER), over]
    with pytest.raises(NotSent, match=str(code)):
        channel.deliver(gateway)


@pytest.mark.parametrize(("channel", "answer"), NEVER)
def test_who_cannot_be_reached_is_not_tried_again(
    gateway: Gateway, channel: TokenChannel, answer: Any
) -> None:
    gateway.answers = [(200, TOKEN), (200, answer)]
    with pytest.raises(Undeliverable, match=str(answer["errcode"]) if answer["errcode"] else None):
        channel.deliver(gateway)


@pytest.mark.parametrize("answer", [{"errcode": -1}, {"errcode": 45009}, {"errcode": "x"}, [1], b"<html>"])
def test_what_may_pass_waits_for_the_outbox(gateway: Gateway, channel: TokenChannel, answer: Any) -> None:
    gateway.answers = [(200, TOKEN), (200, answer)]
    with pytest.raises(NotSent):
        channel.deliver(gateway)


@pytest.mark.parametrize("answer", [{"errcode": 40125}, {"access_token": 7}, {"access_token": ""}, {}])
def test_no_token_no_message(gateway: Gateway, channel: TokenChannel, answer: Any) -> None:
    gateway.usual = (200, answer)
    with pytest.raises(NotSent, match="no token"):
        channel.deliver(gateway)


def test_of_no_failure_anything_is_heard(
    gateway: Gateway,
    channel: TokenChannel,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    listening(caplog)
    said = ""
    refused = {"errcode": channel.never[0]["errcode"], "errmsg": channel.to}
    for last in (DONE, refused, {"errcode": -1}):
        gateway.answers = [(200, TOKEN), (200, last)]
        try:
            channel.deliver(gateway)
        except (NotSent, Undeliverable):
            said += traceback.format_exc()
    said += heard(caplog, capsys)
    for secret in (channel.to, CODE, SECRET, "token-1", letter().text):
        assert secret not in said
    assert "Traceback" in said
