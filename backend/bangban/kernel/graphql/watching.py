"""Subscriptions: read, wait for a hint, read again under the caller's own role, until the session ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from bangban.kernel.graphql.context import Context
from bangban.kernel.jobs.listener import Hints
from bangban.kernel.problems import SessionEnded, Unavailable

T = TypeVar("T")


async def watch(
    context: Context, *, slug: str, kind: str, reference: str, read: Callable[[], Awaitable[T]]
) -> AsyncGenerator[T, None]:
    """What ``read`` gives now, and again after each hint of ``kind`` on ``reference``.

    The caller is looked up anew for every event: an assignment that ended, or a policy that changed, counts
    from the next event on. An expired or revoked token ends the subscription with SessionEnded; a process
    that stops ends it with Unavailable, and the client connects elsewhere.
    """
    async with context.services.listener.subscribe(slug, kind, reference) as hints:
        if context.principal.session_id is not None:
            hints.also(slug, "session.revoked", str(context.principal.session_id))
        while True:
            context.now = datetime.now(UTC)
            await context.renew()
            yield await read()
            await _next(hints, context)


async def _next(hints: Hints, context: Context) -> None:
    left = None if context.expires_at is None else (context.expires_at - datetime.now(UTC)).total_seconds()
    try:
        async with asyncio.timeout(left):
            told = await hints.wait()
    except TimeoutError as expired:
        raise SessionEnded from expired
    if not told:
        raise Unavailable
