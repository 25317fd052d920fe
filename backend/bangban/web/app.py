"""The ASGI application: routes, and what is opened and closed with the process.

GraphQL over HTTP is taken before routes and middleware, since it is what nearly all requests are.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from graphql import get_introspection_query, graphql_sync
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from bangban.web import graphiql
from bangban.web.downloads import DownloadEndpoint
from bangban.web.guides import GuideEndpoint
from bangban.web.health import ready
from bangban.web.http import Endpoint
from bangban.web.operations import Operations
from bangban.web.receipts import ReceiptEndpoint
from bangban.web.schema import core_schema, sdl
from bangban.web.services import Opening, open_services
from bangban.web.uploads import UploadEndpoint
from bangban.web.websocket import SocketEndpoint

_PATH: Final = "/graphql"


class Application(Starlette):
    """Starlette's application, with ``endpoint`` in front of it from the start of the process to its end."""

    endpoint: Endpoint | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == _PATH and self.endpoint is not None:
            await self.endpoint(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


async def _over_websocket(websocket: WebSocket) -> None:
    await websocket.app.state.socket(websocket)


class _Carrier:
    """Hands requests to the endpoint of this name, which is there from the start of the process to its end."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await getattr(scope["app"].state, self._name)(scope, receive, send)


async def _healthz(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _readyz(request: Request) -> Response:
    return await ready(request.app.state.services)


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _home(_: Request) -> Response:
    return RedirectResponse("/graphql")


def _schema_files() -> list[Route]:
    """The contract as SDL and as introspection result: public, so that nobody needs to introspect."""
    text = sdl()
    introspected = json.dumps({"data": graphql_sync(core_schema(), get_introspection_query()).data})

    async def as_text(_: Request) -> Response:
        return PlainTextResponse(text, media_type="text/plain; charset=utf-8")

    async def as_json(_: Request) -> Response:
        return Response(introspected, media_type="application/json")

    return [Route("/schema.graphql", as_text), Route("/schema.json", as_json)]


def create_app(opening: Opening) -> Application:
    """The application for one process."""
    operations = Operations(introspection_for_anonymous=opening.settings.introspection_for_anonymous)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_services(opening) as services:
            app.state.services = services
            application.endpoint = Endpoint(services, operations)
            app.state.socket = SocketEndpoint(services, operations)
            app.state.uploads = UploadEndpoint(services)
            app.state.downloads = DownloadEndpoint(services)
            app.state.receipts = ReceiptEndpoint(services)
            app.state.guides = GuideEndpoint(services)
            yield
            application.endpoint = None

    application = Application(
        routes=[
            Route("/", _home),
            WebSocketRoute(_PATH, _over_websocket),
            Route("/uploads/{token}", _Carrier("uploads")),
            Route("/files/{token}", _Carrier("downloads")),
            Route("/receipts/{token}", _Carrier("receipts")),
            Route("/guides/{district}/{code}/{version}", _Carrier("guides")),
            Route("/healthz", _healthz),
            Route("/readyz", _readyz),
            Route("/metrics", _metrics),
            *_schema_files(),
            *graphiql.routes(),
        ],
        lifespan=lifespan,
    )
    return application
