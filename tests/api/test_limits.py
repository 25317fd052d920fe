"""Limits at the edge, as clients meet them: every one on by default, refused before anything is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.clients import Client, Place, Reply
from tests.api.counting import Sent, counted, hang_on
from tests.unit.web.bombs import NESTED, spread_in_a_ring, spread_twice

from bangban.settings import Settings
from bangban.web.limits import Limiter
from bangban.web.services import AppServices

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
    reply: Reply = client.run(client.send_bytes(body, headers=headers))
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


def body_of(size: int) -> bytes:
    start = b'{"query":"{__typename}","variables":{"junk":"'
    return start + b"x" * (size - len(start) - 3) + b'"}}'


def test_a_body_is_not_read_beyond_its_limit(zouping: Place, clerk: Client, app_settings: Settings) -> None:
    most, with_file = app_settings.max_body_bytes, app_settings.max_file_body_bytes
    assert most == Settings.model_fields["max_body_bytes"].default == 256 * 1024
    assert with_file == Settings.model_fields["max_file_body_bytes"].default == 4 * 1024 * 1024
    for client, longest in ((zouping.anonymous, most), (clerk, with_file)):
        assert post(client, body_of(longest)).data
        reply = post(client, body_of(longest + 1))
        assert (reply.status, reply.code) == (413, "LIMIT_EXCEEDED")
        assert str(longest) in reply.body["errors"][0]["message"]
        assert post(client, body_of(longest + 1), Accept_Language="en").status == 413


def test_only_a_token_that_counts_makes_room_for_a_file(
    zouping: Place, clerk: Client, app_settings: Settings
) -> None:
    large = body_of(app_settings.max_body_bytes + 1)
    stale = zouping.anonymous.as_(Authorization="Bearer a.b.c")
    assert post(stale, large).code == "UNAUTHENTICATED"  # a new token helps, a smaller file would not
    elsewhere = clerk.as_(X_District="rushan")
    assert post(elsewhere, large).code in ("DISTRICT_MISMATCH", "DISTRICT_UNKNOWN")
    ticket = zouping.api.as_(Authorization="Bearer ticket.x")
    assert (post(ticket, large).status, post(ticket, large).code) == (413, "LIMIT_EXCEEDED")


def test_a_document_stays_as_short_as_it_was(clerk: Client) -> None:
    long = json.dumps({"query": "{ __typename }" + " " * 300_000}).encode()
    assert post(clerk, long).code == "LIMIT_EXCEEDED"


def test_few_files_are_inside_at_a_time(clerk: Client, services: AppServices, app_settings: Settings) -> None:
    files = services.admission.files
    taken = []
    while files.enter("zouping"):
        taken.append("zouping")
    reply = post(clerk, body_of(app_settings.max_body_bytes + 1))
    assert (reply.status, reply.code) == (503, "UNAVAILABLE")
    assert post(clerk, body_of(1000)).data
    for slug in taken:
        files.leave(slug)
    assert post(clerk, body_of(app_settings.max_body_bytes + 1)).data
    while taken:  # nothing was kept: as many find a place as before
        taken.pop()
        assert files.enter("zouping")
        files.leave("zouping")


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off_too(
    zouping: Place, clerk: Client, app_settings: Settings
) -> None:
    for client, most in (
        (zouping.anonymous, app_settings.max_body_bytes),
        (clerk, app_settings.max_file_body_bytes),
    ):
        status, taken = client.run(_endless(client))
        assert status == 413
        assert taken <= most // 16_384 + 2


async def _endless(client: Client) -> tuple[int, int]:
    taken = 0

    async def pieces() -> Any:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 16_384

    headers = {"Content-Type": "application/json", **client.headers}
    return (await client.http.post("/graphql", content=pieces(), headers=headers)).status_code, taken


def test_one_request_is_one_operation(clerk: Client) -> None:
    one = {"query": "{ district { name } }"}
    for body in ([one], [one, one], [], "text", 3, None):
        reply = post(clerk, json.dumps(body).encode())
        assert (reply.status, reply.code) == (400, "BAD_REQUEST")
    two = "query A { district { name } } query B { district { slug } }"
    assert post(clerk, json.dumps({"query": two}).encode()).code == "BAD_REQUEST"
    chosen = post(clerk, json.dumps({"query": two, "operationName": "B"}).encode())
    assert chosen.data == {"district": {"slug": "zouping"}}


def test_a_mutation_has_one_root_field(clerk: Client) -> None:
    two = """mutation { a: takeOverCase(input: {number: "1"}) { id } b: takeOverCase(input: {number: "2"}) { id } }"""
    for client in (clerk, clerk.as_(Idempotency_Key="one-key")):
        reply, heard = sent(client.as_(Accept_Language="en"), two)
        assert reply.code == "LIMIT_EXCEEDED"
        assert "root fields of a mutation may be at most 1" in reply.body["errors"][0]["message"]
        assert heard.texts == []
    hidden = "mutation { ...A ...B } " + " ".join(
        f'fragment {name} on Mutation {{ {name}: takeOverCase(input: {{number: "1"}}) {{ id }} }}'
        for name in "AB"
    )
    assert clerk(hidden).code == "LIMIT_EXCEEDED"
    assert clerk("""mutation { takeOverCase(input: {number: "1"}) { id } }""").code == "NOT_FOUND"


def test_introspection_is_for_those_who_are_signed_in(zouping: Place, clerk: Client) -> None:
    text = "{ __schema { queryType { name } } }"
    assert Settings.model_fields["introspection_for_anonymous"].default is False
    assert zouping.anonymous(text).code == "FORBIDDEN"
    assert clerk(text).data


def test_introspection_does_not_go_round_in_circles(clerk: Client) -> None:
    text = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    assert clerk(text).code == "GRAPHQL_VALIDATION_FAILED"
