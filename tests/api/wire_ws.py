"""One subscription over WebSocket, spoken by hand to the ASGI application on the test's own loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any, NamedTuple

from starlette.applications import Starlette


class Heard(NamedTuple):
    """The first answer to a subscription: data, the code of a refusal, or the code the socket closed with."""

    data: Any = None
    code: str | None = None
    closed: int | None = None


async def subscribed(app: Starlette, init: dict[str, Any], query: str, variables: dict[str, Any]) -> Heard:
    """What a subscription hears first."""
    to_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"api.test")],
        "subprotocols": ["graphql-transport-ws"],
        "client": ("127.0.0.1", 1),
        "server": ("api.test", 80),
    }

    def say(message: dict[str, Any]) -> None:
        to_app.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    to_app.put_nowait({"type": "websocket.connect"})
    say({"type": "connection_init", "payload": init})
    say({"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}})
    serving = asyncio.create_task(app(scope, to_app.get, from_app.put))
    try:
        async with asyncio.timeout(60):
            return await _first(from_app)
    finally:
        to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(serving, timeout=60)


async def _first(from_app: asyncio.Queue[MutableMapping[str, Any]]) -> Heard:
    while True:
        event = await from_app.get()
        if event["type"] == "websocket.close":
            return Heard(closed=event.get("code"))
        if event["type"] != "websocket.send":
            continue
        message = json.loads(event["text"])
        if message["type"] == "error":
            return Heard(code=message["payload"][0]["extensions"]["code"])
        if message["type"] == "next":
            payload = message["payload"]
            if payload.get("errors"):
                return Heard(payload.get("data"), payload["errors"][0]["extensions"]["code"])
            return Heard(payload["data"])
