"""Subscriptions inside the application's own process, and a way to know that all of them have said what they say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.api.counting import settle

from bangban.kernel.access.principals import Principal
from bangban.kernel.graphql.context import Context
from bangban.kernel.graphql.sharing import SharedData
from bangban.kernel.jobs.fanout import Seat
from bangban.kernel.jobs.hints import Hint
from bangban.web.operations import Operations
from bangban.web.requests import Answer, Request
from bangban.web.services import AppServices

PATIENCE = 20.0


@dataclass
class Watcher:
    """One subscription and what it has told. ``code`` is that of the refusal it ended with."""

    answers: list[Answer] = field(default_factory=list)
    code: str | None = None

    def told(self, field_name: str) -> list[dict[str, Any]]:
        """The events since the last call, as their one root field."""
        answers, self.answers = self.answers, []
        return [each.body["data"][field_name] for each in answers]

    async def follow(self, operations: Operations, request: Request, context: Context) -> None:
        async with aclosing(operations.stream(request, context)) as stream:
            async for answer in stream:
                if answer.body.get("errors"):
                    self.code = answer.body["errors"][0]["extensions"]["code"]
                    return
                data = answer.body["data"]
                if isinstance(data, SharedData):
                    assert json.loads(data.raw) == {"data": data}
                self.answers.append(answer)


@dataclass
class Watch:
    """The subscriptions of one test on one process."""

    services: AppServices
    operations: Operations
    idle: set[Seat]
    heard: list[Hint] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, principal: Principal, query: str, **variables: Any) -> Watcher:
        """Begin one as somebody, in the context of this task: what it sends can be counted."""
        assert principal.district is not None
        context = Context(
            services=self.services,
            principal=principal,
            district=self.services.registry.get(principal.district),
            request_id="-",
            language="zh-CN",
        )
        watcher = Watcher()
        following = watcher.follow(self.operations, Request(query, variables), context)
        self.tasks.append(asyncio.create_task(following))
        return watcher

    async def settled(self, *, reference: str | None = None) -> None:
        """Return when the news of ``reference`` has come and every subscription waits for more."""
        async with asyncio.timeout(PATIENCE):
            while not self._settled(reference):  # noqa: ASYNC110 - no single event says it
                await asyncio.sleep(0)
        if reference is not None:
            self.heard[:] = []

    def _settled(self, reference: str | None) -> bool:
        if reference is not None and reference not in {each.reference for each in self.heard}:
            return False
        fanout = self.services.fanout
        if any(room._gathered for room in fanout._rooms.values()):
            return False
        waiting = sum(not task.done() for task in self.tasks)
        return waiting == len(self.idle) and not any(seat._told.is_set() for seat in self.idle)


@contextmanager
def idling() -> Iterator[set[Seat]]:
    """The seats that wait for something, for as long as this lasts."""
    idle: set[Seat] = set()
    wait = Seat.wait

    async def watched(self: Seat) -> bool:
        idle.add(self)
        try:
            return await wait(self)
        finally:
            idle.discard(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Seat, "wait", watched)
        yield idle


@asynccontextmanager
async def watching(services: AppServices) -> AsyncIterator[Watch]:
    """Subscriptions that are ended with the block. What was notified before it is heard before it."""
    await settle(services)  # or it would be told as news: a subscription may begin before older hints arrive
    async with AsyncExitStack() as stack:
        idle = stack.enter_context(idling())
        watch = Watch(services, Operations(introspection_for_anonymous=False), idle)
        services.listener._on_any.append(watch.heard.append)
        try:
            yield watch
        finally:
            services.listener._on_any.remove(watch.heard.append)
            for task in watch.tasks:
                task.cancel()
            await asyncio.gather(*watch.tasks, return_exceptions=True)
            assert not any(seat for seat in idle)
