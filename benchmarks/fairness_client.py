"""Clients that cost little: HTTP/1.1 on raw connections, one request at a time on each.

``flood`` keeps every connection busy. ``probe`` asks at a steady pace whatever the answers take, and counts from
the moment at which a request was due, so that waiting for a late server is not left out.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any, Final, cast

import uvloop

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "


def post(port: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
    """A request to ``/graphql``, as it goes over the wire."""
    content = json.dumps(body).encode()
    lines = ["POST /graphql HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(content)}", "", ""]
    return "\r\n".join(lines).encode() + content


@dataclass
class Seen:
    """What one client met: seconds of each answer of status 200, and how often each status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: int = 0  # answers of 200 that are not the expected one


class Line(asyncio.Protocol):
    """One connection; ``ask`` gives status and body."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(_HEAD_END)
        if end < 0 or self._answer is None:
            return
        head = bytes(self._buffer[:end]).lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[at:].split(b"\r\n", 1)[0])
        whole = end + len(_HEAD_END) + length
        if len(self._buffer) >= whole:
            body = bytes(self._buffer[end + len(_HEAD_END) : whole])
            del self._buffer[:whole]
            self._answer.set_result((int(head[9:12]), body))

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send; the answer comes when it is done."""
        if self._transport is None:
            raise ConnectionError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


async def connect(port: int, lines: int) -> list[Line]:
    """So many connections."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Line, "127.0.0.1", port) for _ in range(lines)]
    return [line for _, line in made]


async def _flood(port: int, request: bytes, lines: int, stop: Event) -> Seen:
    seen, opened = Seen(), await connect(port, lines)

    async def keep_asking(line: Line) -> None:
        while not stop.is_set():
            begun = time.perf_counter()
            status, _ = await line.ask(request)
            seen.statuses[status] += 1
            if status == 200:
                seen.seconds.append(time.perf_counter() - begun)

    await asyncio.gather(*map(keep_asking, opened))
    for line in opened:
        line.close()
    return seen


async def _probe(port: int, request: bytes, expected: bytes, rate: float, seconds: float) -> Seen:
    lines = 16
    seen, opened = Seen(), await connect(port, lines)
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in opened:
        free.put_nowait(line)
    start = time.perf_counter() + 0.05

    async def one(line: Line, due: float) -> None:
        status, body = await line.ask(request)
        took = time.perf_counter() - due
        seen.statuses[status] += 1
        if status == 200:
            seen.seconds.append(took)
            seen.wrong += body != expected
        free.put_nowait(line)

    tasks = []
    for number in range(int(rate * seconds)):
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        # Where all of them wait, the time goes on counting from ``due``.
        tasks.append(asyncio.create_task(one(await free.get(), due)))
    await asyncio.gather(*tasks)
    for line in opened:
        line.close()
    return seen


async def once(port: int, request: bytes) -> bytes:
    """One answer; raises RuntimeError where its status is not 200."""
    (line,) = await connect(port, 1)
    status, body = await line.ask(request)
    line.close()
    if status != 200:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    return body


def flood(port: int, request: bytes, lines: int, stop: Event, out: Connection) -> None:
    """Runs as a process of its own until ``stop``."""
    out.send(uvloop.run(_flood(port, request, lines, stop)))


def probe(port: int, request: bytes, expected: bytes, rate: float, seconds: float) -> Seen:
    """Asks at a steady pace, from a process of its own."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(
        target=_probe_process, args=((port, request, expected, rate, seconds), there), daemon=True
    )
    process.start()
    if not here.poll(seconds + 30):
        process.kill()
        raise RuntimeError("the quiet district's client does not come to an end")
    found: Seen = here.recv()
    process.join()
    return found


def _probe_process(asking: tuple[int, bytes, bytes, float, float], out: Connection) -> None:
    out.send(uvloop.run(_probe(*asking)))
