"""Ariadne, schema first: resolvers over hand-written SQL and DataLoaders, no ORM. The same fields, the same wall.

Documents are parsed and validated once, through the hooks that Ariadne has for it. Tokens are verified once and
kept. One read-only transaction for each request carries the district's role, entered in one round trip.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import asyncpg
from ariadne import load_schema_from_path, make_executable_schema
from ariadne.asgi import GraphQL
from benchmarks.peers.ariadne_loaders import resolvers
from benchmarks.peers.ariadne_loaders.unit import Unit
from benchmarks.peers.tokens import Callers
from graphql import DocumentNode, GraphQLObjectType, parse, validate
from starlette.types import Receive, Scope, Send

_MOST = 1000


class Remembered:
    """Documents that were seen before, parsed and found valid."""

    def __init__(self) -> None:
        self._parsed: OrderedDict[str, DocumentNode] = OrderedDict()
        self._valid: dict[int, Any] = {}

    def parse(self, _: Any, data: dict[str, Any]) -> DocumentNode:
        found = self._parsed.get(data["query"])
        if found is None:
            found = self._parsed[data["query"]] = parse(data["query"])
            if len(self._parsed) > _MOST:
                self._valid.pop(id(self._parsed.popitem(last=False)[1]), None)
        return found

    def validate(self, schema: Any, document: DocumentNode, *rest: Any, **named: Any) -> Any:
        if id(document) not in self._valid:
            self._valid[id(document)] = validate(schema, document, *rest, **named)
        return self._valid[id(document)]


class App:
    """Ariadne's ASGI application, with a pool that lives as long as the process."""

    def __init__(self) -> None:
        self._callers = Callers()
        self._pool: asyncpg.Pool
        schema = make_executable_schema(
            load_schema_from_path(str(Path(__file__).with_name("schema.graphql"))),
            resolvers.query,
            resolvers.case,
            resolvers.area,
            resolvers.service,
            resolvers.audit,
            resolvers.moment,
        )
        for kind in schema.type_map.values():
            if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
                for field in kind.fields.values():
                    field.resolve = field.resolve or resolvers.column
        seen = Remembered()
        self._graphql = GraphQL(
            schema,
            context_value=self._context,
            query_parser=seen.parse,
            query_validator=seen.validate,
            explorer=None,
        )

    async def _context(self, request: Any, _: Any) -> dict[str, Any]:
        unit = Unit(self._pool, self._callers.caller(request.headers["authorization"]))
        request.scope["unit"] = unit
        return {"request": request, "unit": unit}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        failed = True
        try:
            await self._graphql(scope, receive, send)
            failed = False
        finally:
            if "unit" in scope:
                await scope["unit"].close(failed=failed)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        settings = {"timezone": "UTC", "jit": "off"}
        async with asyncpg.create_pool(
            self._callers.url,
            min_size=0,
            max_size=self._callers.connections,
            server_settings=settings,
            reset=_nothing,
        ) as pool:
            self._pool = pool
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _nothing(_: Any) -> None:
    """Every use is one transaction with SET LOCAL only, so there is nothing to reset: a round trip saved."""


def create() -> App:
    """The application, for uvicorn."""
    return App()
