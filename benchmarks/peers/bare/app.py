"""The limit: a bare ASGI application that runs the very SQL of the planner and passes its bytes.

The statements and their arguments are captured once, by answering every question of the run through the product
itself with a reader that notes what it is asked. With ``BENCH_ISOLATION=1`` they run through the product's own
reader: same pool, same entry to the district, same role. Without, they run on plain pooled connections of a login
that may read every district. Both check the token and parse the request's JSON; neither knows GraphQL.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.peers.bangban.app import opening
from starlette.types import Receive, Scope, Send

from bangban.kernel.database.engine import Connection, Endpoint
from bangban.kernel.graphql.context import Context
from bangban.kernel.tenancy.names import Wall
from bangban.web.auth import authenticate
from bangban.web.operations import Operations
from bangban.web.requests import request_of
from bangban.web.services import AppServices, open_services

_HEADERS = [(b"content-type", b"application/json")]


@dataclass(frozen=True)
class Captured:
    """What one question becomes."""

    slug: str
    wall: Wall
    sql: str
    arguments: tuple[Any, ...]


def enveloped(found: bytes | str) -> bytes:
    """The body of an answer."""
    return b'{"data":%b}' % (found if isinstance(found, bytes) else found.encode())


class Noting:
    """Stands in for the reader's ``district`` while questions are answered once."""

    def __init__(self, real: Callable[..., Awaitable[Any]]) -> None:
        self._real = real
        self.noted: list[tuple[Captured, Any]] = []

    async def __call__(
        self, slug: str, wall: Wall, sql: str, arguments: Any, *rest: Any, **named: Any
    ) -> Any:
        found = await self._real(slug, wall, sql, arguments, *rest, **named)
        self.noted.append((Captured(slug, wall, sql, tuple(arguments)), found))
        return found


async def capture(services: AppServices, lines: list[dict[str, Any]]) -> dict[tuple[str, str], Captured]:
    """Statement and arguments by token and body. Raises RuntimeError for what is not passed through."""
    operations = Operations(introspection_for_anonymous=False)
    reader = services.tenancy.reader
    found = {}
    for line in lines:
        caller = await authenticate(
            services, authorization=f"Bearer {line['token']}", district_header=None, host=None
        )
        context = Context(
            services=services,
            principal=caller.principal,
            district=caller.district,
            request_id="capture",
            language="zh-CN",
        )
        await context.grants()  # whatever is read once and kept is read now
        await context.facts()
        noting = Noting(reader.district)
        reader.district = noting  # type: ignore[method-assign]  # for this one answer
        try:
            answer = await operations.answer(request_of(line["body"]), context)
        finally:
            del reader.district
        # Background work reads as well; what was asked for is the statement whose bytes were passed.
        made = [each for each, read in noting.noted if read is not None and answer.raw == enveloped(read)]
        if not made:
            raise RuntimeError(f"no statement was passed through for {line['body']}: {answer.body}")
        found[line["token"], line["key"]] = made[0]
    return found


class Bare:
    """The application."""

    def __init__(self) -> None:
        self._captured: dict[tuple[str, str], Captured] = {}
        self._lines = json.loads(Path(os.environ["BENCH_QUESTIONS"]).read_text("utf-8"))
        self._run: Callable[[Captured], Awaitable[Any]]
        self._services: AppServices

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        token = next(value for name, value in scope["headers"] if name == b"authorization")[7:].decode()
        self._services.verifier.verify(token, now=datetime.now(UTC))
        asked = json.loads(body)
        found = await self._run(self._captured[token, asked["query"] + json.dumps(asked["variables"])])
        made = enveloped(found)
        length = (b"content-length", str(len(made)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, length]})
        await send({"type": "http.response.body", "body": made})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with open_services(opening()) as services, self._reading(services):
            self._services = services
            self._captured = await capture(services, self._lines)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _reading(self, services: AppServices) -> AsyncIterator[None]:
        if os.environ["BENCH_ISOLATION"] == "1":
            reader = services.tenancy.reader

            async def inside(each: Captured) -> Any:
                return await reader.district(each.slug, each.wall, each.sql, each.arguments)

            self._run = inside
            yield
            return
        endpoint, count = (
            Endpoint.from_url(os.environ["BENCH_READER_URL"]),
            services.settings.read_connections,
        )
        free: asyncio.Queue[Connection] = asyncio.Queue()
        lanes = [await endpoint.lane(statements=256, idle_seconds=300.0, patience=5.0) for _ in range(count)]
        for lane in lanes:
            free.put_nowait(lane)

        async def outside(each: Captured) -> Any:
            lane = await free.get()
            try:
                return await lane.fetchval(each.sql, *each.arguments)
            finally:
                free.put_nowait(lane)

        self._run = outside
        try:
            yield
        finally:
            for lane in lanes:
                await lane.close()


def create() -> Bare:
    """The application, for uvicorn."""
    return Bare()
