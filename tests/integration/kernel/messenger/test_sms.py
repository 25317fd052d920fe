"""Short messages: signed, once for each key, tried again where the gateway fails, and in no log."""

from __future__ import annotations

import asyncio
import traceback

import pytest
from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import CODE, PHONE, heard, letter, listening

from bangban.kernel.messenger import Message
from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.http_calls import TRIES, client
from bangban.kernel.messenger.sms import SmsChannel, SmsGateway, signature

SECRET = "a-secret-of-the-gateway"


def deliver(url: str, message: Message, *, timeout: float = 5.0) -> None:
    async def go() -> None:
        async with client(timeout) as http:
            channel = SmsChannel(http, SmsGateway(url=url, key_id="key-1", secret=SECRET, pause=0.001))
            await channel.deliver(message, message.to)

    asyncio.run(go())


def test_a_request_is_signed_and_says_what_to_tell_whom(gateway: Gateway) -> None:
    deliver(f"{gateway.url}/send", letter())
    (call,) = gateway.calls
    assert call.path == "/send"
    assert call.json == {
        "to": PHONE,
        "text": letter().text,
        "template": "sign_in_code",
        "district": "zouping",
        "language": "zh-CN",
    }
    assert call.headers["x-key-id"] == "key-1"
    assert call.headers["x-signature"] == signature(SECRET, call.headers["x-timestamp"], call.body)
    assert call.headers["x-signature"] != signature("another", call.headers["x-timestamp"], call.body)
    assert SECRET.encode() not in call.body


def test_a_gateway_that_fails_is_asked_again_with_the_same_key(gateway: Gateway) -> None:
    gateway.answers = [(500, {}), (503, {})]
    deliver(gateway.url, letter())
    assert {call.headers["idempotency-key"] for call in gateway.calls} == {"zouping-000000000007"}
    assert len(gateway.calls) == TRIES


def test_not_without_end(gateway: Gateway) -> None:
    gateway.usual = (502, {})
    with pytest.raises(NotSent, match="502"):
        deliver(gateway.url, letter())
    assert len(gateway.calls) == TRIES


@pytest.mark.parametrize("status", [400, 410, 422])
def test_what_the_gateway_refuses_is_not_asked_again(gateway: Gateway, status: int) -> None:
    gateway.usual = (status, {"to": PHONE})
    with pytest.raises(Undeliverable, match=str(status)):
        deliver(gateway.url, letter())
    assert len(gateway.calls) == 1


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429])
def test_what_is_about_the_gateway_waits_for_the_outbox(gateway: Gateway, status: int) -> None:
    gateway.usual = (status, {})
    with pytest.raises(NotSent, match=str(status)):
        deliver(gateway.url, letter())
    assert len(gateway.calls) == 1


def test_a_gateway_that_says_no_in_so_many_words(gateway: Gateway) -> None:
    gateway.usual = (200, {"accepted": False})
    with pytest.raises(NotSent):
        deliver(gateway.url, letter())


@pytest.mark.parametrize("answer", [b"ok", b"", b"\xff\xfe"])
def test_an_answer_that_is_no_json_is_an_answer(gateway: Gateway, answer: bytes) -> None:
    gateway.usual = (200, answer)
    deliver(gateway.url, letter())


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[broken/", "gopher://127.0.0.1/"])
def test_nobody_there(url: str) -> None:
    with pytest.raises(NotSent):
        deliver(url, letter())


def test_of_no_failure_anything_is_heard(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    listening(caplog)
    said = ""
    for answers in ([(200, {})], [(400, {"to": PHONE})], [(500, {})] * 3):
        gateway.answers = list(answers)
        try:
            deliver(f"{gateway.url}/{PHONE}", letter())
        except (NotSent, Undeliverable):
            said += traceback.format_exc()
    said += heard(caplog, capsys)
    for secret in (PHONE, CODE, SECRET, letter().text):
        assert secret not in said
    assert "Traceback" in said
