"""Somebody acts while a change of somebody else's is on its way: written, and not committed yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tests.api.casework import Desk
from tests.api.clients import Reply

from bangban.features.districts.platform import platform_work
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


async def meanwhile(
    desk: Desk,
    installation: Installation,
    change: Callable[[Work], Awaitable[None]],
    act: Coroutine[Any, Any, Reply],
) -> Reply:
    """The answer to an act that begins while a change is on its way, which is done once the act waits or is over."""
    tenancy = desk.services.tenancy
    connection = await installation.admin.connect()
    try:
        async with platform_work(tenancy, tenancy.registry.get(desk.place.slug)) as work:
            await change(work)
            await work.db.flush()
            sent = asyncio.create_task(act)
            await _stopped(sent, lambda: connection.fetchval(_WAITING))
        return await sent
    finally:
        await connection.close()


async def _stopped(task: asyncio.Task[Any], waiting: Callable[[], Awaitable[int]]) -> None:
    """Return when the task waits for a lock, or is over."""
    while not task.done() and not await waiting():  # noqa: ASYNC110 - another process's state
        await asyncio.sleep(0)


async def waiting_in_turn(
    desk: Desk,
    installation: Installation,
    change: Callable[[Work], Awaitable[None]],
    *acts: Coroutine[Any, Any, Reply],
) -> list[Reply]:
    """The answers to acts that begin while a change is on its way, each once those before it wait for a lock."""
    tenancy = desk.services.tenancy
    connection = await installation.admin.connect()
    sent: list[asyncio.Task[Reply]] = []
    try:
        async with platform_work(tenancy, tenancy.registry.get(desk.place.slug)) as work:
            await change(work)
            await work.db.flush()
            for each in acts:
                sent.append(asyncio.create_task(each))
                while await connection.fetchval(_WAITING) < len(sent):
                    assert not any(task.done() for task in sent)
        return list(await asyncio.gather(*sent))
    finally:
        await connection.close()
