"""Messages of an enterprise WeChat app 企业微信应用消息, to members of staff known by their userid.

The platform knows no key of a message; it passes over the same text to the same person within half an hour, so what
the outbox hands over twice arrives once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from bangban.kernel.messenger.access_tokens import AccessTokens, number_of
from bangban.kernel.messenger.channel import Undeliverable
from bangban.kernel.messenger.http_calls import get, object_of, post
from bangban.kernel.messenger.message import Message

_NAME: Final = "wecom"
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_TOKEN_OVER: Final = frozenset({40001, 40014, 42001})
_NEVER: Final = frozenset({40003, 60111, 81013})
"""No such userid; not a member; nobody left whom the app may write to: a later try changes none of it."""
_SAME_FOR: Final = 1800  # seconds


@dataclass(frozen=True, kw_only=True)
class EnterpriseApp:
    """The app that sends, of one enterprise."""

    corp_id: str
    secret: str = field(repr=False)
    agent_id: int
    url: str = "https://qyapi.weixin.qq.com"
    pause: float = 0.2


class WeComChannel:
    """App messages by userid."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        app: EnterpriseApp,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http, self._app = http, app
        self._tokens = AccessTokens(_NAME, self._ask, clock=clock)

    async def deliver(self, message: Message, to: str) -> None:
        """Hand one message over. Raises ``Undeliverable``, ``NotSent``."""
        body = {
            "touser": to,
            "msgtype": "text",
            "agentid": self._app.agent_id,
            "text": {"content": message.text},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _SAME_FOR,
        }

        async def send(token: str) -> int:
            content = json.dumps(body, ensure_ascii=False).encode()
            answer = await post(
                self._http,
                _NAME,
                f"{self._app.url}/cgi-bin/message/send",
                content=content,
                headers=_JSON,
                params={"access_token": token},
                pause=self._app.pause,
            )
            found = object_of(answer, _NAME)
            if found.get("invaliduser"):  # it names the one person that was asked for
                raise Undeliverable(_NAME, "no such member")
            return number_of(found.get("errcode", 0))

        await self._tokens.send(send, over=_TOKEN_OVER, never=_NEVER)

    async def _ask(self, _over: bool) -> dict[str, Any]:
        answer = await get(
            self._http,
            _NAME,
            f"{self._app.url}/cgi-bin/gettoken",
            params={"corpid": self._app.corp_id, "corpsecret": self._app.secret},
            pause=self._app.pause,
        )
        return object_of(answer, _NAME)
