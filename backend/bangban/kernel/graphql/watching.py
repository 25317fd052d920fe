"""Subscriptions: read, wait for a hint, read again under the caller's own role, until the session ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from bangban.kernel.graphql.context import Context
from bangban.kernel.jobs.fanout import Seat
from bangban.kernel.jobs.hints import Hints
from bangban.kernel.jobs.news import Taken
from bangban.kernel.problems import SessionEnded, Unavailable

T = TypeVar("T")

# Seconds after which the subscriber of a seat is looked up again though nobody spoke of them: each at their own
# time, since a thousand look-ups at one event are what a seat is there to avoid.
_LOOK_UP_AGAIN: Final = (45.0, 75.0)


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


async def attend(context: Context, seat: Seat) -> AsyncGenerator[Taken, None]:
    """What comes to a seat, one at a time; the first says that everything is to be looked at.

    Before each the token's time is looked at, and ``context.now`` is set, so that grants are asked for as they are
    by then. The caller is looked up again as soon as anybody says that the account or its assignments changed or
    that the session ended, and every minute besides; then too something is given, with neither news nor ``anew``.
    Ends as ``watch`` does.
    """
    async with seat:
        slug, principal = context.get_district().slug, context.principal
        if principal.session_id is not None:
            seat.also(slug, "session.revoked", str(principal.session_id))
        if principal.id is not None:
            seat.also(slug, "staff.changed", str(principal.id))
        taken, look_up = Taken(anew=True, person=True), datetime.now(UTC)
        while True:
            context.now = datetime.now(UTC)
            if context.expires_at is not None and context.now >= context.expires_at:
                raise SessionEnded
            if taken.person or context.now >= look_up:
                await context.renew()
                look_up = context.now + timedelta(seconds=random.uniform(*_LOOK_UP_AGAIN))  # noqa: S311 - spread, no secret
            yield taken
            taken = await _taken(seat, context, look_up)


async def _taken(seat: Seat, context: Context, look_up: datetime) -> Taken:
    until = look_up if context.expires_at is None else min(look_up, context.expires_at)
    try:
        async with asyncio.timeout((until - datetime.now(UTC)).total_seconds()):
            told = await seat.wait()
    except TimeoutError:
        return Taken()
    if not told:
        raise Unavailable
    return seat.take()
