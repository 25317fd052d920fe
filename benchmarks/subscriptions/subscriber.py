"""Those who watch, each on a WebSocket of their own."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from benchmarks.subscriptions.ground import PATIENCE


class Subscriber(asyncio.Protocol):
    """One WebSocket, spoken with as little as there is to it: what is timed is the server."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._buffer = b""
        self._open = False
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.wanted = 0
        self._enough: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(  # type: ignore[attr-defined]  # a socket's
            f"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(head.decode())
            self._open, self._buffer = True, rest
            self.say(type="connection_init", payload={"authorization": f"Bearer {self._token}"})
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == 9:
                self._send(payload, 0x8A)
            elif opcode == 8:
                raise RuntimeError(f"closed by the server: {payload!r}")
            else:
                self.heard.append((at, json.loads(payload)))
        if self._enough is not None and len(self.heard) >= self.wanted and not self._enough.done():
            self._enough.set_result(None)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[0] & 15, buffer[start : start + length]

    def _send(self, payload: bytes, first: int) -> None:
        size = len(payload)
        head = bytes([first, 0x80 | size]) if size < 126 else bytes([first, 0xFE]) + size.to_bytes(2)
        self._transport.write(head + bytes(4) + payload)  # masked with nought, which changes nothing

    def say(self, **message: Any) -> None:
        """Send one message."""
        self._send(json.dumps(message).encode(), 0x81)

    async def until(self, count: int) -> None:
        """Return once so many messages have come since ``heard`` was emptied."""
        self.wanted = count
        if len(self.heard) < count:
            self._enough = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._enough, PATIENCE)
            except TimeoutError as late:
                raise RuntimeError(f"{len(self.heard)} of {count} messages came: {self.heard}") from late
            self._enough = None

    def connection_lost(self, error: Exception | None) -> None:
        if self._enough is not None and not self._enough.done():
            self._enough.set_exception(RuntimeError(f"the connection was lost: {error}"))

    def close(self) -> None:
        """Go."""
        self._transport.close()


async def connected(port: int, tokens: Sequence[str]) -> list[Subscriber]:
    """So many subscribers, introduced."""
    loop = asyncio.get_running_loop()
    found: list[Subscriber] = []
    for some in (tokens[start : start + 10] for start in range(0, len(tokens), 10)):
        made = [
            (await loop.create_connection(partial(Subscriber, each), "127.0.0.1", port))[1] for each in some
        ]
        for one in made:
            await one.until(1)
            if one.heard[0][1]["type"] != "connection_ack":
                raise RuntimeError(str(one.heard[0][1]))
            one.heard.clear()
        found += made
    return found
