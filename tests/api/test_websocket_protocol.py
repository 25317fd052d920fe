"""graphql-transport-ws as such: who gets in, what closes the door, and that the same edge stands behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs
from tests.api.casework import Run
from tests.api.clients import Place
from tests.api.serving import Socket, connected, introduced, serving
from tests.unit.web.bombs import NESTED, spread_twice
from websockets.exceptions import InvalidStatus

NAME = "{ district { name } }"


@pytest.fixture(scope="module")
def address(app: Starlette, run: Run, zouping: Place) -> Iterator[str]:
    stack = AsyncExitStack()
    yield run(stack.enter_async_context(serving(app)))
    run(stack.aclose())


@pytest.fixture(scope="module")
def token(zouping: Place) -> str:
    return zouping.sign_in("clerk-county").headers["Authorization"]


# -------------------------------------------------------------------- getting in


@pytest.mark.parametrize("protocols", [None, ["graphql-ws"], ["chat", "graphql-ws"]])
def test_other_protocols_do_not_get_in(run: Run, address: str, protocols: Any) -> None:
    async def go() -> None:
        with pytest.raises(InvalidStatus):
            async with connected(address, subprotocols=protocols):
                pass

    run(go())


def test_pages_of_origins_that_no_district_allows_do_not_get_in(run: Run, address: str) -> None:
    async def go() -> None:
        with pytest.raises(InvalidStatus):
            async with connected(address, origin="https://elsewhere.example"):
                pass
        async with connected(address, origin=f"http://{address}") as one:
            await one.init()

    run(go())


@pytest.mark.parametrize(
    "payload",
    [
        {"authorization": "Bearer rubbish"},
        {"authorization": "Basic eDp5"},
        {"authorization": ""},
        {"authorization": 3},
        {"authorization": ["Bearer x"]},
        {"district": "nowhere"},
        {"district": "no slug at all ' ;"},
        {"district": {"slug": "zouping"}},
        {"district": "zouping", "acceptLanguage": ["en"]},
        {"authorization": "TOKEN", "district": "rushan"},
    ],
)
def test_whoever_is_not_who_they_say_is_sent_away(
    run: Run, address: str, token: str, rushan: Place, payload: dict[str, Any]
) -> None:
    if payload.get("authorization") == "TOKEN":
        payload = payload | {"authorization": token}

    async def go() -> None:
        async with connected(address) as one:
            await one.send(type="connection_init", payload=payload)
            assert await one.closed() == 4403

    run(go())


def test_a_fault_of_ours_while_somebody_comes_in_is_no_message_to_them(
    run: Run, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("bangban.web.websocket.authenticate", broken)

    async def go() -> None:
        async with connected(address) as one:
            await one.send(type="connection_init", payload={})
            assert await one.closed() == 4403
            assert "secret" not in (one.connection.close_reason or "")

    with capture_logs() as logs:
        run(go())
    assert "secret" not in repr(logs)


def test_whoever_says_nothing_is_sent_away(run: Run, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bangban.web.websocket._INIT_SECONDS", 0.05)

    async def go() -> None:
        async with connected(address) as one:
            assert await one.closed() == 4408

    run(go())


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["not json"], 4400),
        (["[]"], 4400),
        (['"connection_init"'], 4400),
        (["3"], 4400),
        (["{}"], 4400),
        ([b'{"type": "connection_init"}'], 4400),
        (['{"type": "nonsense"}'], 4400),
        (['{"type": ["subscribe"]}'], 4400),
        (['{"type": "connection_init", "payload": []}'], 4400),
        (['{"type": "connection_init", "payload": "x"}'], 4400),
        (["[" * 100_000], 4400),
        (['{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}'], 4401),
        (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1"}'], 4400),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1", "payload": "x"}'], 4400),
        (
            ['{"type": "connection_init"}', '{"type": "subscribe", "id": ["1"], "payload": {"query": "x"}}'],
            4400,
        ),
        (
            [
                '{"type": "connection_init"}',
                '{"type": "subscribe", "id": "\\ud800", "payload": {"query": "x"}}',
            ],
            4400,
        ),
        (['{"type": "connection_init"}', '{"type": "subscribe", "payload": {"query": "x"}}'], 4400),
        (['{"type": "connection_init"}', '{"type": "subscribe", "id": "1", "payload": {}}'], 4400),
        (['{"type": "connection_init"}', '{"type": "complete"}'], 4400),
        (["x" * 300_000], 1009),
    ],
)
def test_what_breaks_the_protocol_closes_the_connection(
    run: Run, address: str, messages: list[str | bytes], code: int
) -> None:
    async def go() -> None:
        async with connected(address) as one:
            for message in messages:
                await one.connection.send(message)
            assert await one.closed() == code

    run(go())


def test_two_operations_do_not_share_an_id(run: Run, address: str, token: str) -> None:
    async def go() -> None:
        async with introduced(address, authorization=token) as one:
            for _ in range(2):
                payload = {"query": 'subscription { caseChanged(number: "1") { id } }'}
                await one.connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            assert await one.closed() == 4409

    run(go())


def test_a_ping_is_answered_even_before_anything_else(run: Run, address: str) -> None:
    async def go() -> None:
        async with connected(address) as one:
            await one.send(type="ping")
            assert await one.receive() == {"type": "pong"}
            await one.send(type="pong")
            await one.init()

    run(go())


def test_a_connection_carries_so_many_operations_and_no_more(
    run: Run, address: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bangban.web.websocket._MOST_SUBSCRIPTIONS", 0)

    async def go() -> None:
        async with introduced(address, authorization=token) as one:
            await one.ask(NAME)
            assert await one.refused() == "LIMIT_EXCEEDED"
            monkeypatch.undo()
            await still_there(one)

    run(go())


# -------------------------------------------------------------------- the same edge


def test_queries_and_mutations_work_as_they_do_over_http(run: Run, address: str, token: str) -> None:
    async def go() -> None:
        async with introduced(address, authorization=token) as one:
            await one.ask("query($c: String) { area(code: $c) { name __typename } }", c="371681")
            assert await one.data() == {"area": {"name": "邹平市", "__typename": "Area"}}
            assert (await one.receive())["type"] == "complete"
            await one.ask("{ __schema { queryType { name } } district { slug } }")
            assert (await one.data())["district"] == {"slug": "zouping"}
            assert (await one.receive())["type"] == "complete"
            await one.ask('mutation { takeOverCase(input: {number: "none"}) { id } }')
            assert await one.refused() == "NOT_FOUND"

    run(go())


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": spread_twice(24)}, "LIMIT_EXCEEDED"),
        ({"query": NESTED["braces"](20)}, "LIMIT_EXCEEDED"),
        ({"query": NESTED["braces"](5000)}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ __schema { __typename } }"}, "FORBIDDEN"),
        ({"query": "{ cases { totalCount } }"}, "UNAUTHENTICATED"),
        ({"query": 3}, "BAD_REQUEST"),
        ({"query": ""}, "BAD_REQUEST"),
        ({"query": NAME, "variables": []}, "BAD_REQUEST"),
        ({"query": NAME, "variables": "x"}, "BAD_REQUEST"),
        ({"query": NAME, "operationName": 3}, "BAD_REQUEST"),
        ({"query": NAME, "operationName": "Other"}, "BAD_REQUEST"),
        ({"query": NAME, "variables": {"x": "\ud800"}}, "INVALID_INPUT"),
        ({"query": NAME, "variables": {"x": "a\x00"}}, "INVALID_INPUT"),
        ({"query": NAME, "variables": {"x": json.loads("[" * 200 + "]" * 200)}}, "LIMIT_EXCEEDED"),
        (
            {
                "query": 'subscription { a: caseChanged(number: "1") { id } b: caseChanged(number: "1") { id } }'
            },
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ],
)
def test_refusals_are_those_of_http(run: Run, address: str, payload: dict[str, Any], code: str) -> None:
    async def go() -> None:
        async with introduced(address, district="zouping") as one:
            await one.send(type="subscribe", id="1", payload=payload)
            assert await one.refused() == code
            await still_there(one)

    run(go())


def test_a_bug_is_a_request_id_here_too(
    run: Run, address: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret")

    async def go() -> None:
        async with introduced(address, authorization=token) as one:
            with monkeypatch.context() as patch:
                patch.setattr("bangban.kernel.planner.planner.Planner.bound", broken)
                await one.ask(NAME)
                message = await one.receive()
            assert message["type"] == "error"
            (entry,) = message["payload"]
            assert entry["extensions"]["code"] == "INTERNAL"
            assert entry["extensions"]["requestId"]
            assert "secret" not in json.dumps(message)
            await still_there(one)

    with capture_logs() as logs:
        run(go())
    assert "secret" not in repr(logs)


def test_refusals_speak_the_language_of_the_connection(run: Run, address: str) -> None:
    async def go() -> None:
        for language, sentence in (("en-GB, zh;q=0.5", "Please sign in first."), ("zh", "请先登录。")):
            async with connected(address, additional_headers={"Accept-Language": language}) as one:
                await one.init(district="zouping")
                await one.ask("{ cases { totalCount } }")
                assert (await one.receive())["payload"][0]["message"] == sentence

    run(go())


def test_what_connection_init_says_of_the_language_goes_before_the_browsers_header(
    run: Run, address: str
) -> None:
    async def go() -> None:
        for header, chosen, sentence in (
            ("zh-CN", "en-GB, zh;q=0.5", "Please sign in first."),
            ("en", "zh", "请先登录。"),
            ("en", None, "Please sign in first."),
        ):
            async with connected(address, additional_headers={"Accept-Language": header}) as one:
                await one.init(district="zouping", acceptLanguage=chosen)
                await one.ask("{ cases { totalCount } }")
                assert (await one.receive())["payload"][0]["message"] == sentence

    run(go())


async def still_there(one: Socket) -> None:
    """A refusal ends one operation, not the connection."""
    await one.ask(NAME)
    assert (await one.data())["district"] == {"name": "邹平市"}
