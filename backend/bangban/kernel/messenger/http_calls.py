"""Calls of gateways over HTTP: with a time limit, tried again a little, and never named in a log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

import httpx

from bangban.kernel.messenger.channel import NotSent, Undeliverable

# Their lines name whole addresses, with the access token of a gateway in them.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.WARNING)

TRIES: Final = 3
_PAUSE: Final = 0.2  # seconds, doubled each time; the outbox tries again later, and for longer
_LATER: Final = frozenset({401, 403, 404, 408, 425, 429})
"""Refusals that are about the gateway or its settings, and not about this message."""


def client(timeout: float) -> httpx.AsyncClient:
    """A client for gateways: no redirects, no proxies or credentials from the environment."""
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)


async def post(
    http: httpx.AsyncClient,
    channel: str,
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    pause: float = _PAUSE,
) -> Any:
    """The JSON that the gateway answers, None where it is none.

    Tried ``TRIES`` times where the gateway fails or cannot be reached, with the same headers, so with the same
    idempotency key. Raises ``Undeliverable`` where it refuses the message, ``NotSent`` otherwise.
    """
    given: dict[str, Any] = {"content": content, "headers": dict(headers), "params": dict(params or {})}
    return await _answer(http, channel, ("POST", url), given, pause)


async def get(
    http: httpx.AsyncClient, channel: str, url: str, *, params: Mapping[str, str], pause: float = _PAUSE
) -> Any:
    """The same for what is only asked for. Raises as ``post``."""
    return await _answer(http, channel, ("GET", url), {"params": dict(params)}, pause)


def object_of(answer: Any, channel: str) -> dict[str, Any]:
    """The answer as a JSON object. Raises ``NotSent`` where it is none."""
    if not isinstance(answer, dict):
        raise NotSent(channel, "no JSON")
    return answer


async def _answer(
    http: httpx.AsyncClient, channel: str, where: tuple[str, str], given: dict[str, Any], pause: float
) -> Any:
    why = ""
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(pause * 2 ** (attempt - 1))
        try:
            answer = await http.request(*where, **given)
        except (httpx.HTTPError, httpx.InvalidURL):  # their words name the address, so nothing is passed on
            why = "no answer"
            continue
        if answer.status_code >= 500:
            why = f"answered {answer.status_code}"
            continue
        if answer.status_code in _LATER or 300 <= answer.status_code < 400:
            raise NotSent(channel, f"answered {answer.status_code}")
        if answer.status_code >= 400:
            raise Undeliverable(channel, f"answered {answer.status_code}")
        try:
            return answer.json()
        except ValueError:
            return None
    raise NotSent(channel, why)
