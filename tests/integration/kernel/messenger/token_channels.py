"""The channels of WeChat, which send with a token that they ask for: what both have alike, and what is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.integration.kernel.messenger.gateways import Gateway
from tests.integration.kernel.messenger.letters import OPENID, letter

from bangban.kernel.messenger.http_calls import client
from bangban.kernel.messenger.wechat import OfficialAccount, WeChatChannel
from bangban.kernel.messenger.wecom import EnterpriseApp, WeComChannel

SECRET: Final = "its-own-secret's"
USERID: Final = "zhang.san"
TOKEN: Final = {"errcode": 0, "access_token": "token-1", "expires_in": 7200}
ANOTHER: Final = TOKEN | {"access_token": "token-2"}
DONE: Final = {"errcode": 0, "errmsg": "ok", "msgid": 1}


@dataclass(frozen=True, kw_only=True)
class TokenChannel:
    """``ask`` is where a token is asked for; ``send`` where a message goes, but for the token."""

    to: str
    ask: str
    send: str
    over: Sequence[int]  # codes of a token that counts no more
    never: Sequence[Any]  # answers about somebody who cannot be reached
    open: Callable[[Any, str, Callable[[], float]], Any]

    def deliver(
        self,
        gateway: Gateway,
        times: int = 1,
        *,
        at_once: bool = False,
        turn: Callable[[], float] | None = None,
    ) -> None:
        """Send a letter so many times, by a clock of its own."""

        async def go() -> None:
            async with client(5.0) as http:
                channel = self.open(http, gateway.url, turn or (lambda: 0.0))
                each = [lambda: channel.deliver(letter(), self.to)] * times
                if at_once:
                    await asyncio.gather(*(one() for one in each))
                else:
                    for one in each:
                        await one()

        asyncio.run(go())


def sent(gateway: Gateway) -> list[str]:
    return [call.path for call in gateway.calls]


def account(url: str) -> OfficialAccount:
    return OfficialAccount(app_id="app-1", secret=SECRET, template_id="tmpl-1", url=url, pause=0.001)


def app(url: str) -> EnterpriseApp:
    return EnterpriseApp(corp_id="corp-1", secret=SECRET, agent_id=1000002, url=url, pause=0.001)


WECHAT: Final = TokenChannel(
    to=OPENID,
    ask="/cgi-bin/stable_token",
    send="/cgi-bin/message/template/send?access_token=",
    over=(40001, 40014, 42001),
    never=({"errcode": 40003, "errmsg": OPENID}, {"errcode": 43004}),
    open=lambda http, url, clock: WeChatChannel(http, account(url), clock=clock),
)
WECOM: Final = TokenChannel(
    to=USERID,
    ask="/cgi-bin/gettoken?corpid=corp-1&corpsecret=its-own-secret%27s",
    send="/cgi-bin/message/send?access_token=",
    over=(40014, 42001),
    never=({"errcode": 60111}, {"errcode": 81013, "errmsg": USERID}, {"errcode": 0, "invaliduser": USERID}),
    open=lambda http, url, clock: WeComChannel(http, app(url), clock=clock),
)
BOTH: Final = {"wechat": WECHAT, "wecom": WECOM}
