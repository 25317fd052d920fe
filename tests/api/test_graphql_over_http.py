"""GraphQL over HTTP, requirement by requirement, in the order of its working draft (August 2026)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from tests.api.clients import Client, Place
from tests.api.raw import GRAPHQL_JSON, NAME, ask, code, get, post

TYPENAME = "{ __typename }"
JSON = "application/json"
BOTH = (JSON, GRAPHQL_JSON)
ALIASED = "query Alias($n: Int) { areas(first: $n) { totalCount } }"


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


def media(reply: httpx.Response) -> str:
    return reply.headers["Content-Type"]


# -------------------------------------------------------------------- media types of answers


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON};q=0.9", JSON),
        (f"text/html, {GRAPHQL_JSON};q=0.1", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{JSON};q=0, */*", GRAPHQL_JSON),
        ("", JSON),
    ],
)
def test_the_answer_has_the_media_type_that_is_liked_best_and_says_its_encoding(
    clerk: Client, accept: str, expected: str
) -> None:
    for reply in (
        post(clerk, {"query": NAME}, {"Accept": accept}),
        get(clerk, {"Accept": accept}, query=NAME),
    ):
        assert reply.status_code == 200
        assert media(reply) == f"{expected}; charset=utf-8"
        assert json.loads(reply.content.decode("utf-8")) == {"data": {"district": {"name": "邹平市"}}}


def test_without_an_accept_header_the_answer_is_json(clerk: Client) -> None:
    request = clerk.http.build_request(
        "POST", "/graphql", json={"query": NAME}, headers={"Authorization": clerk.headers["Authorization"]}
    )
    del request.headers["Accept"]
    reply = clerk.run(clerk.http.send(request))
    assert (reply.status_code, media(reply)) == (200, f"{JSON}; charset=utf-8")


@pytest.mark.parametrize(("wanted", "language"), [("zh", "zh-CN"), ("de, en;q=0.5", "en"), ("", "zh-CN")])
def test_every_answer_says_the_language_of_its_sentences(clerk: Client, wanted: str, language: str) -> None:
    chosen = clerk.as_(Accept_Language=wanted)
    long = "{ services(first: 60) { edges { node { id code name audience channels handledAt } } } }"
    replies = [
        post(chosen, {"query": NAME}),
        post(chosen, {"query": long}, headers={"Accept-Encoding": "gzip"}),
        post(chosen, {"query": "{ nothing }"}),
        get(chosen, query=NAME),
        get(chosen, query="{"),
        ask(chosen, "DELETE", "/graphql"),
        ask(chosen, "GET", "/files/none"),
    ]
    assert [each.headers["Content-Language"] for each in replies] == [language] * len(replies)
    assert all("Accept-Language" in each.headers["Vary"] for each in replies[:-1])
    assert replies[-1].headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "accept", ["text/html", "image/png, text/*", f"{JSON};q=0", f"{JSON};q=0, {GRAPHQL_JSON};q=0, */*"]
)
def test_who_takes_neither_type_is_told_before_anything_runs(clerk: Client, accept: str) -> None:
    for reply in (
        post(clerk, {"query": NAME}, {"Accept": accept}),
        get(clerk, {"Accept": accept}, query=NAME),
        post(clerk, {"query": "mutation { signOut }"}, {"Accept": accept}),
    ):
        assert (reply.status_code, code(reply)) == (406, "BAD_REQUEST")
        assert reply.json()["errors"][0]["extensions"]["fields"] == ["Accept"]
    assert post(clerk, {"query": NAME}).status_code == 200, "nobody was signed out"


# -------------------------------------------------------------------- POST


def test_json_in_utf_8_is_read_and_no_other_encoding(clerk: Client) -> None:
    body = {"query": "{ areas(first: 1) { totalCount } }", "variables": {"x": "邹平🏊"}}
    for kind, status in (
        (JSON, 200),
        (f"{JSON}; charset=utf-8", 200),
        (f'{JSON};charset="UTF-8"', 200),
        (f"{JSON}; charset=utf-16", 415),
        (f"{JSON}; charset=gb18030", 415),
        (GRAPHQL_JSON, 415),
        ("text/plain", 415),
    ):
        assert post(clerk, body, {"Content-Type": kind}).status_code == status, kind
    utf_16 = json.dumps(body).encode("utf-16")
    assert post(clerk, utf_16).status_code == 400, "unlabelled bytes are taken for UTF-8"


def test_a_body_without_a_media_type_is_refused(clerk: Client) -> None:
    reply = ask(clerk, "POST", content=json.dumps({"query": TYPENAME}).encode())
    assert (reply.status_code, code(reply)) == (415, "BAD_REQUEST")


@pytest.mark.parametrize("member", ["variables", "operationName", "extensions"])
def test_null_is_as_good_as_not_given(clerk: Client, member: str) -> None:
    for accept in BOTH:
        reply = post(clerk, {"query": TYPENAME, member: None}, {"Accept": accept})
        assert (reply.status_code, reply.json()) == (200, {"data": {"__typename": "Query"}})


def test_what_nobody_knows_in_a_request_is_passed_over(clerk: Client) -> None:
    body = {"query": TYPENAME, "extensions": {"some": "value"}, "other": [1], "qeury": "{"}
    assert post(clerk, body).json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"qeury": TYPENAME}, "query"),
        *(({"query": wrong}, "query") for wrong in ({"obj": "ect"}, 0, False, ["array"])),
        *(({"query": TYPENAME, "operationName": wrong}, "operationName") for wrong in ({}, 0, False, [])),
        *(({"query": TYPENAME, "variables": wrong}, "variables") for wrong in ("string", 0, False, [7])),
        *(({"query": TYPENAME, "extensions": wrong}, "extensions") for wrong in ("string", 0, False, [7])),
        *(({"query": TYPENAME, "documentId": wrong}, "documentId") for wrong in (0, False, [7])),
        ([], None),
    ],
)
def test_what_is_no_well_formed_request_is_422_or_400(clerk: Client, body: Any, field: str | None) -> None:
    for accept, status in ((JSON, 400), (GRAPHQL_JSON, 422)):
        reply = post(clerk, body, {"Accept": accept})
        assert (reply.status_code, code(reply)) == (status, "BAD_REQUEST")
        assert reply.json()["errors"][0]["extensions"]["fields"] == ([field] if field else [])


# -------------------------------------------------------------------- GET


def test_parameters_in_an_address_mean_what_they_mean_in_a_body(clerk: Client) -> None:
    two = "query A { district { name } } query B($n: Int) { areas(first: $n) { edges { cursor } } }"
    assert get(clerk, query=two, operationName="A", extensions='{"x": 1}').json()["data"]
    page = get(clerk, query=two, operationName="B", variables='{"n": 3}').json()["data"]
    assert len(page["areas"]["edges"]) == 3
    assert get(clerk, query="query null { __typename }", operationName="null").json()["data"]


@pytest.mark.parametrize("member", ["variables", "extensions"])
def test_a_parameter_that_is_no_json_is_named(clerk: Client, member: str) -> None:
    for value in ("{", "[1]", "3", '"x"', "null x"):
        reply = get(clerk, {"Accept": GRAPHQL_JSON}, query=TYPENAME, **{member: value})
        assert (reply.status_code, code(reply)) == (422, "BAD_REQUEST")
        assert reply.json()["errors"][0]["extensions"]["fields"] == [member]


def test_too_many_parameters_are_refused(clerk: Client) -> None:
    path = "/graphql?" + urlencode([("query", TYPENAME), *((f"p{n}", "1") for n in range(30))])
    assert ask(clerk, "GET", path).status_code == 400


def test_a_mutation_by_get_is_405_and_does_nothing(clerk: Client) -> None:
    for accept in BOTH:
        reply = get(clerk, {"Accept": accept}, query="mutation { signOut }")
        assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
        assert "data" not in reply.json()
    assert post(clerk, {"query": NAME}).json()["data"]["district"]


def test_other_methods_are_405_and_told_which_there_are(clerk: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "QUERY"):
        reply = ask(clerk, method, content=b"{}")
        assert (reply.status_code, code(reply)) == (405, "BAD_REQUEST")
        assert reply.headers["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_head_is_get_without_the_body(clerk: Client) -> None:
    path = f"/graphql?{urlencode({'query': NAME})}"
    head, found = ask(clerk, "HEAD", path), ask(clerk, "GET", path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "Cache-Control", "Vary"):
        assert head.headers[name] == found.headers[name]


# -------------------------------------------------------------------- status codes


@pytest.mark.parametrize(
    ("body", "newer", "expected"),
    [
        (b"NONSENSE", 400, "BAD_REQUEST"),
        (b'{"query":', 400, "BAD_REQUEST"),
        ({"query": "{"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ 8f31403d }"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": ALIASED, "variables": {"n": "x"}}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { __typename } query B { __typename }"}, 422, "BAD_REQUEST"),
        ({"query": "query A { __typename }", "operationName": "B"}, 422, "BAD_REQUEST"),
        ({"query": "{" + "district { name }" * 40 + "}"}, 422, "LIMIT_EXCEEDED"),
        ({"query": "{ auditTrail { totalCount } }"}, 403, "FORBIDDEN"),
    ],
)
def test_a_refused_request_has_the_status_of_its_refusal_and_no_data(
    clerk: Client, body: Any, newer: int, expected: str
) -> None:
    reply = post(clerk, body, {"Accept": GRAPHQL_JSON})
    assert (reply.status_code, code(reply)) == (newer, expected)
    assert "data" not in reply.json()
    # Clients of the older type alone hear of a refusal by GraphQL in the body.
    plain = post(clerk, body, {"Accept": JSON})
    assert plain.status_code == (400 if expected == "BAD_REQUEST" else 200)
    assert plain.json()["errors"][0]["extensions"]["code"] == expected


def test_a_body_that_is_too_large_is_413(clerk: Client) -> None:
    for accept in BOTH:
        reply = post(clerk, {"query": TYPENAME, "x": "x" * 4_300_000}, {"Accept": accept})
        assert (reply.status_code, code(reply)) == (413, "LIMIT_EXCEEDED")


def test_data_beside_errors_is_294_for_those_who_know_it(clerk: Client) -> None:
    body = {"query": 'mutation { takeOverCase(input: {number: "none"}) { id } }'}
    newer, plain = (post(clerk, body, {"Accept": accept}) for accept in (GRAPHQL_JSON, JSON))
    assert (newer.status_code, plain.status_code) == (294, 200)
    assert newer.json()["data"] is None
    assert code(newer) == code(plain) == "NOT_FOUND"


# -------------------------------------------------------------------- forged requests


def test_what_a_form_of_another_site_can_send_changes_nothing(zouping: Place, clerk: Client) -> None:
    """A simple request: no header of its own, one of three media types, or GET."""
    body = json.dumps({"query": "mutation { signOut }"}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert post(clerk, body, {"Content-Type": kind}).status_code == 415
    assert get(clerk, query="mutation { signOut }").status_code == 405
    assert post(clerk, {"query": NAME}).status_code == 200
    # Reading by GET asks for no header that forces a preflight, and minds none.
    for headers in ({}, {"Apollo-Require-Preflight": "true"}, {"GraphQL-Require-Preflight": "1"}):
        assert get(zouping.anonymous, headers, query=NAME).status_code == 200
    stranger = get(zouping.anonymous, {"Origin": "https://elsewhere.example"}, query=NAME)
    assert code(stranger) == "FORBIDDEN"
    assert "Access-Control-Allow-Origin" not in stranger.headers
