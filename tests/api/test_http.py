"""GraphQL over HTTP: methods, media types, bodies and status codes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from tests.api.clients import Client, Place
from tests.api.raw import GRAPHQL_JSON, NAME, ask, code, get, post


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


# -------------------------------------------------------------------- GET


def test_a_query_may_come_by_get(clerk: Client) -> None:
    reply = get(
        clerk,
        query="query A($c: String) { area(code: $c) { name } } query B { __typename }",
        variables='{"c": "371681"}',
        operationName="A",
    )
    assert reply.status_code == 200
    assert reply.json() == {"data": {"area": {"name": "邹平市"}}}
    empty = get(clerk, query=NAME, variables="", operationName="", extensions="", documentId="")
    assert empty.json() == {"data": {"district": {"name": "邹平市"}}}, "empty is as good as not given"


@pytest.mark.parametrize(
    "text",
    [
        "mutation { signOut }",
        'mutation($n: String = "1") { takeOverCase(input: {number: $n}) { id } }',
        'subscription { caseChanged(number: "1") { id } }',
    ],
)
def test_nothing_else_may(clerk: Client, text: str) -> None:
    for accept in ("application/json", GRAPHQL_JSON):
        reply = get(clerk, query=text, headers={"Accept": accept})
        assert (reply.status_code, code(reply)) == (405, "BAD_REQUEST")
        assert reply.headers["Allow"] == "POST"
    head = ask(clerk, "HEAD", f"/graphql?{urlencode({'query': text})}")
    assert head.status_code == 405
    assert get(clerk, query=NAME).status_code == 200, "the session was not ended by it"


def test_other_methods_are_not_there(clerk: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        assert ask(clerk, method).status_code == 405


# -------------------------------------------------------------------- POST


@pytest.mark.parametrize(
    ("media", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/graphql", 415),
        ("", 415),
    ],
)
def test_only_json_is_read_since_forms_need_no_preflight(clerk: Client, media: str, status: int) -> None:
    reply = post(clerk, {"query": NAME}, headers={"Content-Type": media})
    assert reply.status_code == status
    if status != 200:
        assert code(reply) == "BAD_REQUEST"
        assert reply.json()["errors"][0]["extensions"]["fields"] == ["Content-Type"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None),
        (b"{", None),
        (b"\xff\xfe", None),
        (b"[]", None),
        (b'"{ district { name } }"', None),
        (b"{}", "query"),
        (b'{"query": ""}', "query"),
        (b'{"query": "  "}', "query"),
        (b'{"query": 3}', "query"),
        (b'{"query": null}', "query"),
        (b'{"query": ["{ district { name } }"]}', "query"),
        (b'{"query": "{ __typename }", "variables": []}', "variables"),
        (b'{"query": "{ __typename }", "variables": "x"}', "variables"),
        (b'{"query": "{ __typename }", "operationName": 3}', "operationName"),
        (b'{"query": "query A { __typename }", "operationName": "B"}', "operationName"),
        (b'{"query": "query A { __typename } query B { __typename }"}', "operationName"),
        (b'{"query": "query A { __typename }", "operationName": "\\ud800"}', "operationName"),
    ],
)
def test_a_body_that_is_no_request_is_told_so(clerk: Client, body: bytes, field: str | None) -> None:
    reply = post(clerk, body)
    assert (reply.status_code, code(reply)) == (400, "BAD_REQUEST")
    assert reply.json()["errors"][0]["extensions"]["fields"] == ([field] if field else [])


def test_numbers_that_json_does_not_have_are_no_variables(clerk: Client) -> None:
    for number in (b"NaN", b"Infinity", b"1e999", b"9" * 5000):
        body = (
            b'{"query": "query($n: Int) { areas(first: $n) { totalCount } }", "variables": {"n": %b}}'
            % number
        )
        assert code(post(clerk, body)) in ("GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST")


def test_what_else_stands_in_the_body_is_ignored(clerk: Client) -> None:
    body = {
        "query": NAME,
        "extensions": {"persistedQuery": 1},
        "variables": None,
        "operationName": None,
        "x": 1,
    }
    assert post(clerk, body).json() == {"data": {"district": {"name": "邹平市"}}}


# -------------------------------------------------------------------- status codes


@pytest.mark.parametrize(
    ("query", "signed_in", "plain", "newer", "expected"),
    [
        (NAME, True, 200, 200, None),
        ('{ case(number: "none") { id } }', True, 200, 200, None),
        ('mutation { takeOverCase(input: {number: "none"}) { id } }', True, 200, 294, "NOT_FOUND"),
        ("{", True, 200, 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", True, 200, 422, "GRAPHQL_VALIDATION_FAILED"),
        ("{ areas(first: 0) { edges { cursor } } }", True, 200, 422, "INVALID_INPUT"),
        ("{ auditTrail { totalCount } }", True, 200, 403, "FORBIDDEN"),
        ("{ cases { totalCount } }", False, 200, 401, "UNAUTHENTICATED"),
        ("query A { __typename } query B { __typename }", True, 400, 422, "BAD_REQUEST"),
    ],
)
def test_the_newer_media_type_has_status_codes_and_the_older_one_hides_them(
    zouping: Place, clerk: Client, query: str, signed_in: bool, plain: int, newer: int, expected: str | None
) -> None:
    client = clerk if signed_in else zouping.anonymous
    for accept, media, status in (
        ("application/json", "application/json", plain),
        ("*/*", "application/json", plain),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON, newer),
    ):
        reply = post(client, {"query": query}, headers={"Accept": accept})
        assert (reply.status_code, reply.headers["Content-Type"].split(";")[0]) == (status, media)
        assert (code(reply) if "errors" in reply.json() else None) == expected
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Authorization" in reply.headers["Vary"]


def test_a_stale_token_is_refused_and_never_taken_for_nobody(zouping: Place, clerk: Client) -> None:
    for token in ("Bearer rubbish", "Basic eDp5", "Bearer", f"{clerk.headers['Authorization']}x"):
        client = zouping.anonymous.as_(Authorization=token, Accept=GRAPHQL_JSON)
        reply = post(client, {"query": NAME})
        assert (reply.status_code, code(reply)) == (401, "UNAUTHENTICATED")


def test_when_to_try_again_stands_in_the_header_of_a_refused_field(zouping: Place) -> None:
    text = 'mutation { requestSignInCode(input: {phone: "13800009999"}) }'
    replies = [post(zouping.anonymous, {"query": text}) for _ in range(3)]
    last = replies[-1]
    assert code(last) == "RATE_LIMITED"
    assert last.status_code == 200, "the field was refused; the request ran"
    assert last.headers["Retry-After"] == str(last.json()["errors"][0]["extensions"]["retryAfter"])
    assert int(last.headers["Retry-After"]) > 0
    assert "Retry-After" not in replies[0].headers


@pytest.mark.parametrize(("problem", "status"), [("RateLimited(seconds=7)", 429), ("Unavailable()", 503)])
def test_what_is_refused_as_a_whole_for_a_while_has_its_own_status(
    clerk: Client, monkeypatch: pytest.MonkeyPatch, problem: str, status: int
) -> None:
    from bangban.kernel import problems  # noqa: PLC0415 - named by the parameters

    async def refuse(*_: Any, **__: Any) -> None:
        raise eval(problem, vars(problems))

    monkeypatch.setattr("bangban.web.callers.authenticate", refuse)
    for accept in ("application/json", GRAPHQL_JSON):
        # From a name that nobody asked yet, so that the caller has to be found out.
        headers = {"Accept": accept, "Host": f"{uuid4().hex}.test"}
        reply = post(clerk, {"query": NAME}, headers=headers)
        assert reply.status_code == status
        assert reply.headers.get("Retry-After") == ("7" if status == 429 else None)
