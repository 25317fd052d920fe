"""A WeChat Official Account 微信公众号: template messages to people known by their openid, and who they are.

The access token is asked for once, with the interface that gives several processes the same one, kept until shortly
before it ends, and asked for anew when the platform says that it counts no more (40001, 40014, 42001).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from bangban.kernel.messenger.access_tokens import AccessTokens, number_of
from bangban.kernel.messenger.channel import NotSent, Undeliverable
from bangban.kernel.messenger.http_calls import get, object_of, post
from bangban.kernel.messenger.message import Message
from bangban.kernel.problems import InvalidInput

_NAME: Final = "wechat"
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_TOKEN_OVER: Final = frozenset({40001, 40014, 42001})
_NEVER: Final = frozenset({40003, 43004, 43101, 43019})
"""No such openid; not a follower; has not agreed to messages; account blocked: a later try changes none of it."""
_CODE_WRONG: Final = frozenset({40029, 40163, 42003, 41008})
"""A code that is none, was used, is over, or is missing."""
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_OPENID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


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
        self._http, self._account = http, account
        self._tokens = AccessTokens(_NAME, self._ask, clock=clock)

    async def deliver(self, message: Message, to: str) -> None:
        """Hand one template message over. Raises ``Undeliverable``, ``NotSent``."""
        body: dict[str, Any] = {
            "touser": to,
            "template_id": self._account.template_id,
            "data": {self._account.field_name: {"value": message.text}},
        }
        if message.key is not None:
            body["client_msg_id"] = f"{message.district or 'platform'}-{message.key}"[:64]

        async def send(token: str) -> int:
            answer = await self._call("/cgi-bin/message/template/send", body, {"access_token": token})
            return number_of(answer.get("errcode", 0))

        await self._tokens.send(send, over=_TOKEN_OVER, never=_NEVER)

    async def _ask(self, over: bool) -> dict[str, Any]:
        return await self._call(
            "/cgi-bin/stable_token",
            {
                "grant_type": "client_credential",
                "appid": self._account.app_id,
                "secret": self._account.secret,
                "force_refresh": over,
            },
            {},
        )

    async def _call(self, path: str, body: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
        content = json.dumps(body, ensure_ascii=False).encode()
        answer = await post(
            self._http,
            _NAME,
            f"{self._account.url}{path}",
            content=content,
            headers=_JSON,
            params=params,
            pause=self._account.pause,
        )
        return object_of(answer, _NAME)


class WeChatCodeWrong(InvalidInput):
    """The platform does not take the code: used, over, or of another account."""

    def __init__(self) -> None:
        super().__init__(
            "WeChat does not take this code; have the resident authorise once more.",
            "微信授权码无效、已使用或已过期,请重新授权。",
            fields=("input.code",),
        )


class WeChatLogin:
    """Says who authorised the Official Account on a web page 网页授权."""

    def __init__(self, http: httpx.AsyncClient, account: OfficialAccount) -> None:
        self._http, self._account = http, account

    async def openid_of(self, code: str) -> str:
        """The openid behind a one-time code, which is used up by that. Raises ``WeChatCodeWrong``, ``NotSent``."""
        if not _CODE.fullmatch(code):
            raise WeChatCodeWrong
        params = {
            "appid": self._account.app_id,
            "secret": self._account.secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        url = f"{self._account.url}/sns/oauth2/access_token"
        try:
            answer = object_of(
                await get(self._http, _NAME, url, params=params, pause=self._account.pause), _NAME
            )
        except Undeliverable:
            raise WeChatCodeWrong from None
        failed, openid = number_of(answer.get("errcode", 0)), answer.get("openid")
        if failed in _CODE_WRONG:
            raise WeChatCodeWrong
        if failed != 0 or not isinstance(openid, str) or not _OPENID.fullmatch(openid):
            raise NotSent(_NAME, f"answered {failed}")
        return openid
