"""Clients that take their time, over a real server: they wait by themselves, and hold nothing that others need."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import httpx
import pytest
from tests.api.clients import Client, Place
from tests.api.serving import PATIENCE, connected, introduced, serving
from websockets.exceptions import InvalidStatus

from bangban.kernel.tenancy.installation import Installation
from bangban.settings import Settings
from bangban.web.admission import Admission, Bounds, Doors
from bangban.web.app import Application, create_app
from bangban.web.budgets import Allowances, Budgets
from bangban.web.deadlines import Deadlines
from bangban.web.services import AppServices, Opening

Run = Callable[[Any], Any]
PAGE = "{ services(first: 10) { edges { node { name } } } }"
LARGE = (
    "{ "
    + " ".join(
        f"a{n}: services(first: 100) {{ edges {{ cursor node {{ id code name }} }} }}" for n in range(20)
    )
    + " }"
)
READERS = 30


def request(document: str, *, slug: str = "zouping", more: int = 0) -> bytes:
    """A POST as it goes over the wire; it says that it is ``more`` bytes longer than it is."""
    body = json.dumps({"query": document}).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nHost: api.test\r\nContent-Type: application/json\r\n"
        f"X-District: {slug}\r\nContent-Length: {len(body) + more}\r\n\r\n"
    )
    return head.encode() + body


async def connection(address: str, *, buffer: int | None = None) -> socket.socket:
    """A connection; with ``buffer``, one that takes hardly anything in unless it is read."""
    host, port = address.split(":")
    made = socket.socket()
    made.setblocking(False)
    if buffer is not None:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    await asyncio.get_running_loop().sock_connect(made, (host, int(port)))
    return made


async def answer(made: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    async with asyncio.timeout(PATIENCE):
        while chunk := await asyncio.get_running_loop().sock_recv(made, 65_536):
            found += chunk
    return found


@pytest.fixture
def endpoint(app: Application) -> Iterator[Any]:
    """The endpoint; what is changed of it is changed back."""
    found: Any = app.endpoint
    before = (found._admission, found._asking._bodies)
    yield found
    found._admission, found._asking._bodies = before


@pytest.fixture
def narrow(installation: Installation, app_settings: Settings, run: Run) -> Iterator[Application]:
    """A second process's application, with one connection for reads and one turn at a time."""
    chosen = app_settings.model_copy(update={"read_connections": 1, "admit_reading": 1})
    opening = Opening(
        settings=chosen,
        endpoint=installation.application,
        direct=installation.application,
        names=installation.names,
        ring=installation.ring,
    )
    application = create_app(opening)
    stack = AsyncExitStack()
    run(stack.enter_async_context(application.router.lifespan_context(application)))
    yield application
    run(stack.aclose())


def test_whoever_reads_slowly_holds_no_connection_and_no_turn(
    run: Run, narrow: Application, zouping: Place, rushan: Place
) -> None:
    admission = narrow.state.services.admission

    async def go() -> None:
        loop = asyncio.get_running_loop()
        transport = httpx.ASGITransport(app=narrow)
        async with serving(narrow) as address, httpx.AsyncClient(transport=transport) as others:
            with ExitStack() as stack:
                for _ in range(READERS):
                    made = await connection(address, buffer=2048)
                    stack.callback(made.close)
                    await loop.sock_sendall(made, request(LARGE))
                    # Its answer has begun to come, and is far from done.
                    async with asyncio.timeout(PATIENCE):
                        assert (await loop.sock_recv(made, 12)) == b"HTTP/1.1 200"
                assert admission.reading.working == 0
                for place in (zouping, rushan):
                    reply = await others.post(
                        "http://api.test/graphql", json={"query": PAGE}, headers=place.anonymous.headers
                    )
                    assert reply.json()["data"]["services"]["edges"]

    run(go())


def test_a_body_that_trickles_is_refused_and_the_connection_closed(
    run: Run, app: Application, zouping: Place, endpoint: Any
) -> None:
    endpoint._asking._bodies = Deadlines(0.2)
    endpoint._admission = Admission(Bounds(reading=1))

    async def go() -> None:
        async with serving(app) as address:
            made = await connection(address)
            with made:
                await asyncio.get_running_loop().sock_sendall(made, request(PAGE, more=500))
                assert (await zouping.anonymous.send(PAGE)).data  # it waits for nobody else's turn
                head, _, body = (await answer(made)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in head.lower()
        (error,) = json.loads(body)["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert "未能及时送达" in error["message"]

    run(go())
    assert endpoint._admission.room.free == Bounds().room


def test_whoever_hangs_up_in_the_middle_leaves_nothing_behind(
    run: Run, app: Application, endpoint: Any
) -> None:
    async def go() -> None:
        async with serving(app) as address:
            for sent in (request(PAGE, more=500), request(LARGE)):
                made = await connection(address)
                await asyncio.get_running_loop().sock_sendall(made, sent)
                made.close()
            probe = await connection(address)
            with probe:
                await asyncio.get_running_loop().sock_sendall(probe, request(PAGE))
                async with asyncio.timeout(PATIENCE):
                    assert await asyncio.get_running_loop().sock_recv(probe, 12) == b"HTTP/1.1 200"
        # The server has ended, and with it every request.

    run(go())
    assert endpoint._admission.room.free == Bounds().room
    assert endpoint._admission.reading.working == 0


# ---------------------------------------------------------------------------------------------- WebSockets


@pytest.fixture
def doors(services: AppServices) -> Iterator[Callable[..., Doors]]:
    """Puts other doors into the running application, and back afterwards."""
    before = services.doors

    def use(**bounds: int) -> Doors:
        chosen = Doors(Bounds(**bounds))
        object.__setattr__(services, "doors", chosen)
        return chosen

    yield use
    object.__setattr__(services, "doors", before)


def test_a_caller_keeps_so_many_connections_and_others_are_not_affected(
    run: Run, app: Application, zouping: Place, doors: Callable[..., Doors]
) -> None:
    chosen = doors(connections_of_caller=2)
    clerk: Client = zouping.sign_in("clerk-county")
    token = clerk.headers["Authorization"]

    async def go() -> None:
        async with serving(app) as address:
            async with introduced(address, authorization=token), introduced(address, authorization=token):
                async with connected(address) as third:
                    await third.send(type="connection_init", payload={"authorization": token})
                    assert await third.closed() == 4403
                async with introduced(address, district="zouping") as anonymous:
                    await anonymous.ask("{ district { name } }")
                    assert await anonymous.data()
            async with introduced(address, authorization=token):
                pass

    run(go())
    assert chosen._room.free == Bounds().connections
    assert not chosen._of_caller


def test_connections_that_never_say_whose_they_are_are_counted_too(
    run: Run, app: Application, doors: Callable[..., Doors]
) -> None:
    chosen = doors(connections_of_caller=1)

    async def go() -> None:
        async with serving(app) as address, connected(address):
            with pytest.raises(InvalidStatus):
                async with connected(address):
                    pass

    run(go())
    assert not chosen._of_caller


def test_what_goes_over_a_connection_is_paid_for(
    run: Run, app: Application, services: AppServices, zouping: Place
) -> None:
    before = services.budgets
    chosen = Budgets(Allowances(address=60, burst_seconds=0), clock=lambda: 0)
    object.__setattr__(services, "budgets", chosen)

    async def go() -> None:
        dear = "{ areas(first: 100) { edges { node { children(first: 98) { edges { cursor } } } } } }"
        async with serving(app) as address, introduced(address, district="zouping") as one:
            await one.ask(dear)
            assert await one.data()
            assert (await one.receive())["type"] == "complete"
            await one.ask(dear)
            assert await one.refused() == "RATE_LIMITED"

    try:
        run(go())
    finally:
        object.__setattr__(services, "budgets", before)
