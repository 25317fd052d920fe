"""Access tokens of platforms: asked for once, shared by whoever sends, and asked for anew when they count no more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from bangban.kernel.messenger.channel import NotSent, Undeliverable

_EARLY: Final = 300.0  # seconds before its end in which a token is not used any more

Ask = Callable[[bool], Awaitable[dict[str, Any]]]
"""Asks for a token; True where the one of before counts no more. The answer has ``access_token``, ``expires_in``."""


def number_of(found: Any) -> int:
    """A code that a platform answered; -1 for what is none."""
    return found if isinstance(found, int) else -1


class AccessTokens:
    """The token of one account in one process."""

    def __init__(self, channel: str, ask: Ask, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._channel, self._ask, self._clock = channel, ask, clock
        self._token, self._until = "", 0.0
        self._asking = asyncio.Lock()

    async def get(self, *, instead_of: str | None = None) -> str:
        """The token. One asks for it, whoever else needs it meanwhile waits. Raises ``NotSent``."""
        async with self._asking:
            if instead_of != self._token and self._clock() < self._until:
                return self._token
            answer = await self._ask(instead_of is not None)
            token, seconds = answer.get("access_token"), number_of(answer.get("expires_in", 0))
            if not isinstance(token, str) or not token:
                raise NotSent(self._channel, f"no token ({number_of(answer.get('errcode', 0))})")
            self._token, self._until = token, self._clock() + max(0.0, seconds - _EARLY)
            return token

    async def send(
        self, send: Callable[[str], Awaitable[int]], *, over: frozenset[int], never: frozenset[int]
    ) -> None:
        """``send`` with a token; once more with another one where its code is among those of a token that is ``over``.

        Raises ``Undeliverable`` for codes of which a later try changes nothing, ``NotSent`` for any other but 0.
        """
        token = await self.get()
        code = await send(token)
        if code in over:
            code = await send(await self.get(instead_of=token))
        if code in never:
            raise Undeliverable(self._channel, f"answered {code}")
        if code != 0:
            raise NotSent(self._channel, f"answered {code}")
