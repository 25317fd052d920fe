"""The application behind a real server on a loopback port, and a client that speaks graphql-transport-ws to it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

PROTOCOL: Final = Subprotocol("graphql-transport-ws")
PATIENCE: Final = 60.0  # seconds that any one message may take; nothing waits that long unless it is broken


class _Server(uvicorn.Server):
    """A server that leaves signals to the test run and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Serves an application that is already started; gives host and port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        config = uvicorn.Config(
            app, lifespan="off", log_level="critical", access_log=False, ws_max_size=262_144
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await asyncio.wait_for(server.up.wait(), PATIENCE)
        try:
            yield f"{host}:{port}"
        finally:
            server.should_exit = True
            await asyncio.wait_for(task, PATIENCE)


class Socket:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._ids = 0

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(PATIENCE):
            found: dict[str, Any] = json.loads(await self.connection.recv())
            return found

    async def init(self, **payload: Any) -> None:
        """Say who one is; the server agrees."""
        await self.send(type="connection_init", payload=payload)
        assert (await self.receive())["type"] == "connection_ack"

    async def ask(self, query: str, **variables: Any) -> str:
        """Begin an operation: its id."""
        self._ids += 1
        name = str(self._ids)
        await self.send(type="subscribe", id=name, payload={"query": query, "variables": variables})
        return name

    async def data(self) -> dict[str, Any]:
        """The data of the next event, which has no errors."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        found: dict[str, Any] = message["payload"]["data"]
        return found

    async def refused(self) -> str:
        """The code with which an operation is refused or ends, and nothing comes after it."""
        message = await self.receive()
        if message["type"] == "error":
            return str(message["payload"][0]["extensions"]["code"])
        assert message["type"] == "next", message
        assert message["payload"].get("data") is None, message
        assert (await self.receive())["type"] == "complete"
        return str(message["payload"]["errors"][0]["extensions"]["code"])

    async def closed(self) -> int:
        """The code with which the server closes; what it still says before is passed over."""
        with suppress(ConnectionClosed):
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code


@asynccontextmanager
async def connected(address: str, **options: Any) -> AsyncIterator[Socket]:
    """A connection that nobody has introduced themselves on yet."""
    options.setdefault("subprotocols", [PROTOCOL])
    async with connect(f"ws://{address}/graphql", proxy=None, **options) as connection:
        yield Socket(connection)


@asynccontextmanager
async def introduced(address: str, **payload: Any) -> AsyncIterator[Socket]:
    """A connection of somebody."""
    async with connected(address) as one:
        await one.init(**payload)
        yield one
