"""Short messages 短信 over a gateway's HTTP interface: signed JSON, one request a message.

``POST`` of ``{"to", "text", "template", "district", "language"}`` with the headers ``X-Key-Id``, ``X-Timestamp``
(seconds), ``X-Signature`` (HMAC-SHA256 over ``timestamp.body``, in hexadecimal) and ``Idempotency-Key``. Any 2xx
counts as taken.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Final

import httpx

from bangban.kernel.messenger.channel import NotSent
from bangban.kernel.messenger.http_calls import post
from bangban.kernel.messenger.message import Message

_NAME: Final = "sms"


@dataclass(frozen=True, kw_only=True)
class SmsGateway:
    """Where short messages are handed over, and what requests are signed with."""

    url: str
    key_id: str
    secret: str = field(repr=False)
    pause: float = 0.2  # seconds before a second try


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the gateway compares with ``X-Signature``."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class SmsChannel:
    """Short messages by phone number."""

    def __init__(self, http: httpx.AsyncClient, gateway: SmsGateway) -> None:
        self._http, self._gateway = http, gateway

    async def deliver(self, message: Message, to: str) -> None:
        """Hand one short message over. Raises ``Undeliverable``, ``NotSent``."""
        body = json.dumps(
            {
                "to": to,
                "text": message.text,
                "template": message.template.value,
                "district": message.district,
                "language": message.language,
            },
            ensure_ascii=False,
        ).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Key-Id": self._gateway.key_id,
            "X-Timestamp": timestamp,
            "X-Signature": signature(self._gateway.secret, timestamp, body),
        }
        if message.key is not None:
            headers["Idempotency-Key"] = f"{message.district or 'platform'}-{message.key}"
        answer = await post(
            self._http, _NAME, self._gateway.url, content=body, headers=headers, pause=self._gateway.pause
        )
        # Some gateways answer 200 and say in the body that they did not take it.
        if isinstance(answer, dict) and answer.get("accepted") is False:
            raise NotSent(_NAME, "not accepted")
