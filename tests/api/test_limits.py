"""Limits at the edge, as clients meet them: every one on by default, refused before anything is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.conftest import Client, Place, Reply
from tests.api.counting import Sent, counted, hang_on
from tests.unit.web.bombs import NESTED, spread_in_a_ring, spread_twice

from bangban.settings import Settings
from bangban.web.limits import Limiter

ALIASES = "{district{" + " ".join(f"a{n}:name" for n in range(60 + 1)) + "}}"
DEEP = '{area(code:"1"){' + "parent{" * 20 + "id" + "}" * 20 + "}}"
ROOTS = "{" + " ".join(f"a{n}:district{{name}}" for n in range(20 + 1)) + "}"
FIELDS = "{district{" + "name " * 1000 + "}}"
REPEATS = "{" + "district{name}" * (30 + 2) + "}"
DIRECTIVES = "{district{" + "name @skip(if:false) " * (60 + 1) + "}}"
FRAGMENTS = "{__typename}" + "".join(f"fragment F{n} on Query{{__typename}}" for n in range(61))
COST = "{areas(first:100){edges{node{children(first:100){edges{node{children(first:9){edges{cursor}}}}}}}}}"


@pytest.fixture(scope="module", autouse=True)
def _listening() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        hang_on(patch)
        yield


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    client = zouping.sign_in("clerk-county")
    assert client("{ district { name } }").data
    return client


def sent(client: Client, document: str, variables: Any = None) -> tuple[Reply, Sent]:
    async def go() -> tuple[Reply, Sent]:
        with counted() as heard:
            return await client.send(document, **(variables or {})), heard

    found: tuple[Reply, Sent] = client.run(go())
    return found


def post(client: Client, body: bytes, **headers: str) -> Reply:
    async def go() -> Reply:
        named = {"Content-Type": "application/json", **client.headers, **headers}
        response = await client.http.post("/graphql", content=body, headers=named)
        return Reply(response.status_code, json.loads(response.content), response.headers)

    reply: Reply = client.run(go())
    return reply


@pytest.mark.parametrize(
    ("limit", "document"),
    [
        ("aliases", ALIASES),
        ("depth", DEEP),
        ("root fields", ROOTS),
        ("fields", FIELDS),
        ("repeated objects", REPEATS),
        ("directives", DIRECTIVES),
        ("fragments", FRAGMENTS),
        ("cost", COST),
        ("nesting", NESTED["inline fragments"](100)),
        ("tokens", "{" + "__typename " * 4000 + "}"),
        ("document characters", "{__typename}#" + "x" * 64_000),
        ("fields", spread_twice(18)),
        ("fields", spread_twice(24)),
        ("fields", spread_twice(18, on="Area", leaf="id")),
    ],
)
def test_a_document_beyond_a_limit_is_refused_before_anything_is_read(
    clerk: Client, limit: str, document: str
) -> None:
    reply, heard = sent(clerk.as_(Accept_Language="en"), document)
    assert reply.code == "LIMIT_EXCEEDED"
    assert limit in reply.body["errors"][0]["message"]
    assert heard.texts == []
    assert "data" not in reply.body


def test_a_bomb_of_705_bytes_is_refused_in_steps_that_can_be_counted(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0
    walk = Limiter._selections

    def counting(self: Limiter, *args: Any) -> Any:
        nonlocal steps
        steps += 1
        return walk(self, *args)

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a bomb gets past the limits")

    monkeypatch.setattr(Limiter, "_selections", counting)
    monkeypatch.setattr("bangban.web.documents.validate", never)
    bomb = spread_twice(24) + "\n"
    assert len(bomb) == 705
    assert clerk(bomb).code == "LIMIT_EXCEEDED"
    assert steps <= 25


def test_a_ring_of_fragments_is_no_graphql(clerk: Client) -> None:
    for size in (1, 2, 40):
        assert clerk(spread_in_a_ring(size)).code == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("what", NESTED)
@pytest.mark.parametrize("depth", [100, 194, 1000, 9000])
def test_nesting_of_any_kind_is_a_refusal(clerk: Client, what: str, depth: int) -> None:
    expected = {"LIMIT_EXCEEDED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
    assert clerk(NESTED[what](depth)).code in expected


def test_json_nested_beyond_reason_is_a_bad_request(clerk: Client) -> None:
    for depth in (900, 100_000):
        reply = post(
            clerk, b'{"query":"{__typename}","variables":{"a":' + b"[" * depth + b"]" * depth + b"}}"
        )
        assert reply.code in ("BAD_REQUEST", "LIMIT_EXCEEDED")


def test_the_size_of_a_page_counts_with_its_variables(clerk: Client) -> None:
    text = """query($n: Int = 2) { areas(first: $n) { edges { node {
      children(first: $n) { edges { node { children(first: $n) { edges { cursor } } } } } } } } }"""
    assert clerk(text).data["areas"]["edges"]
    assert clerk(text, n=100).code == "LIMIT_EXCEEDED"


def test_a_body_is_not_read_beyond_its_limit(clerk: Client, app_settings: Settings) -> None:
    most = app_settings.max_body_bytes
    assert most == Settings.model_fields["max_body_bytes"].default == 256 * 1024

    def body(size: int) -> bytes:
        start = b'{"query":"{__typename}","variables":{"junk":"'
        return start + b"x" * (size - len(start) - 3) + b'"}}'

    assert post(clerk, body(most)).data
    reply = post(clerk, body(most + 1))
    assert (reply.status, reply.code) == (413, "LIMIT_EXCEEDED")
    assert post(clerk, body(most + 1), Accept_Language="en").status == 413


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off_too(
    clerk: Client, app_settings: Settings
) -> None:
    taken = 0

    async def endless() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 16_384

    async def go() -> int:
        headers = {"Content-Type": "application/json", **clerk.headers}
        return (await clerk.http.post("/graphql", content=endless(), headers=headers)).status_code

    assert clerk.run(go()) == 413
    assert taken <= app_settings.max_body_bytes // 16_384 + 2


def test_one_request_is_one_operation(clerk: Client) -> None:
    one = {"query": "{ district { name } }"}
    for body in ([one], [one, one], [], "text", 3, None):
        reply = post(clerk, json.dumps(body).encode())
        assert (reply.status, reply.code) == (400, "BAD_REQUEST")
    two = "query A { district { name } } query B { district { slug } }"
    assert post(clerk, json.dumps({"query": two}).encode()).code == "BAD_REQUEST"
    chosen = post(clerk, json.dumps({"query": two, "operationName": "B"}).encode())
    assert chosen.data == {"district": {"slug": "zouping"}}


def test_with_a_key_a_mutation_has_one_root_field(clerk: Client) -> None:
    two = """mutation { a: takeOverCase(input: {number: "1"}) { id } b: takeOverCase(input: {number: "2"}) { id } }"""
    assert clerk.as_(Idempotency_Key="one-key")(two).code == "BAD_REQUEST"
    assert clerk(two).code == "NOT_FOUND"


def test_introspection_is_for_those_who_are_signed_in(zouping: Place, clerk: Client) -> None:
    text = "{ __schema { queryType { name } } }"
    assert Settings.model_fields["introspection_for_anonymous"].default is False
    assert zouping.anonymous(text).code == "FORBIDDEN"
    assert clerk(text).data


def test_introspection_does_not_go_round_in_circles(clerk: Client) -> None:
    text = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    assert clerk(text).code == "GRAPHQL_VALIDATION_FAILED"
