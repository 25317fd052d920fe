"""Template messages of a WeChat Official Account 微信公众号模板消息, to people known by their openid.

The access token is asked for once, with the interface that gives several processes the same one, kept until shortly
before it ends, and asked for anew when the platform says that it counts no more (40001, 40014, 42001).
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.http_calls import post
from bangban.kernel.messenger.message import Message

_NAME: Final = "wechat"
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_TOKEN_OVER: Final = frozenset({40001, 40014, 42001})
_NEVER: Final = frozenset({40003, 43004, 43101, 43019})
"""No such openid; not a follower; has not agreed to messages; account blocked: a later try changes none of it."""
_EARLY: Final = 300.0  # seconds before its end in which a token is not used any more


@dataclass(frozen=True, kw_only=True)
class OfficialAccount:
    """The account that sends, and its template, of which ``field_name`` takes the whole text."""

    app_id: str
    secret: str = field(repr=False)
    template_id: str
    field_name: str = "content"
    url: str = "https://api.weixin.qq.com"
    pause: float = 0.2


class WeChatChannel:
    """Template messages by openid."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        account: OfficialAccount,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http, self._account, self._clock = http, account, clock
        self._token, self._until = "", 0.0
        self._asking = asyncio.Lock()

    async def deliver(self, message: Message, to: str) -> None:
        """Hand one template message over. Raises ``Undeliverable``, ``NotSent``."""
        body: dict[str, Any] = {
            "touser": to,
            "template_id": self._account.template_id,
            "data": {self._account.field_name: {"value": message.text}},
        }
        if message.key is not None:
            body["client_msg_id"] = f"{message.district or 'platform'}-{message.key}"[:64]
        token = await self._access_token()
        code = await self._send(token, body)
        if code in _TOKEN_OVER:
            code = await self._send(await self._access_token(instead_of=token), body)
        if code in _NEVER:
            raise Undeliverable(_NAME, f"answered {code}")
        if code != 0:
            raise NotSent(_NAME, f"answered {code}")

    async def _send(self, token: str, body: dict[str, Any]) -> int:
        answer = await self._call("/cgi-bin/message/template/send", body, {"access_token": token})
        return _number(answer.get("errcode", 0))

    async def _access_token(self, *, instead_of: str | None = None) -> str:
        """The token. One asks for it, whoever else needs it meanwhile waits."""
        async with self._asking:
            if instead_of != self._token and self._clock() < self._until:
                return self._token
            answer = await self._call(
                "/cgi-bin/stable_token",
                {
                    "grant_type": "client_credential",
                    "appid": self._account.app_id,
                    "secret": self._account.secret,
                    "force_refresh": instead_of is not None,
                },
                {},
            )
            token, seconds = answer.get("access_token"), _number(answer.get("expires_in", 0))
            if not isinstance(token, str) or not token:
                raise NotSent(_NAME, f"no token ({_number(answer.get('errcode', 0))})")
            self._token, self._until = token, self._clock() + max(0.0, seconds - _EARLY)
            return token

    async def _call(self, path: str, body: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
        content = json.dumps(body, ensure_ascii=False).encode()
        url = f"{self._account.url}{path}"
        answer = await post(
            self._http,
            _NAME,
            url,
            content=content,
            headers=_JSON,
            params=params,
            pause=self._account.pause,
        )
        if not isinstance(answer, dict):
            raise NotSent(_NAME, "no JSON")
        return answer


def _number(found: Any) -> int:
    return found if isinstance(found, int) else -1
