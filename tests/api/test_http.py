"""GraphQL over HTTP: methods, media types, status codes, languages, origins, and the pages beside it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from graphql import build_schema
from tests.api.conftest import Client, Place

from bangban.kernel.tenancy.registry import District, Registry
from bangban.web.services import AppServices

GRAPHQL_JSON = "application/graphql-response+json"
NAME = "{ district { name } }"
ALLOWED, FOREIGN = "https://portal.zouping.example", "https://elsewhere.example"


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


def ask(client: Client, method: str, path: str = "/graphql", **options: Any) -> httpx.Response:
    headers = {**client.headers, **options.pop("headers", {})}
    response: httpx.Response = client.run(client.http.request(method, path, headers=headers, **options))
    return response


def get(client: Client, headers: dict[str, str] | None = None, **query: str) -> httpx.Response:
    return ask(client, "GET", f"/graphql?{urlencode(query)}", headers=headers or {})


def post(client: Client, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ask(
        client, "POST", content=content, headers={"Content-Type": "application/json", **(headers or {})}
    )


def code(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


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
    assert get(clerk, query=NAME, variables="", operationName="").status_code == 400


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
        ('mutation { takeOverCase(input: {number: "none"}) { id } }', True, 200, 200, "NOT_FOUND"),
        ("{", True, 200, 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", True, 200, 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ areas(first: 0) { edges { cursor } } }", True, 200, 400, "INVALID_INPUT"),
        ("{ auditTrail { totalCount } }", True, 200, 403, "FORBIDDEN"),
        ("{ cases { totalCount } }", False, 200, 401, "UNAUTHENTICATED"),
        ("query A { __typename } query B { __typename }", True, 400, 400, "BAD_REQUEST"),
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

    monkeypatch.setattr("bangban.web.http.authenticate", refuse)
    for accept in ("application/json", GRAPHQL_JSON):
        reply = post(clerk, {"query": NAME}, headers={"Accept": accept})
        assert reply.status_code == status
        assert reply.headers.get("Retry-After") == ("7" if status == 429 else None)


# -------------------------------------------------------------------- language and request id


def test_refusals_speak_the_language_that_the_client_prefers(zouping: Place) -> None:
    for header, chinese in (
        (None, True),
        ("en;q=0.2, zh;q=0.9", True),
        ("zh;q=0.2, en-GB;q=0.9", False),
        ("fr", True),
    ):
        headers = {"Accept-Language": header} if header else {}
        message = post(zouping.anonymous, {"query": "{ cases { totalCount } }"}, headers).json()["errors"][0][
            "message"
        ]
        assert (message == "请先登录。") is chinese
        assert (message == "Please sign in first.") is not chinese


def test_a_request_id_comes_back_if_it_is_one(clerk: Client) -> None:
    for given in ("abcdefgh", "A-Z.0_9-abc", "x" * 64):
        assert post(clerk, {"query": NAME}, {"X-Request-Id": given}).headers["X-Request-Id"] == given
    ids = set()
    for given in (
        "",
        "short",
        "x" * 65,
        "with space 123",
        "new\tline-123",
        "<script>alert(1)</script>",
        "..;--'\"",
    ):
        found = post(clerk, {"query": NAME}, {"X-Request-Id": given}).headers["X-Request-Id"]
        assert found != given
        assert len(found) == 32
        ids.add(found)
    assert len(ids) == 7
    assert post(clerk, b"{").headers["X-Request-Id"], "a refused request has one too"


# -------------------------------------------------------------------- origins


@pytest.fixture
def allowing(services: AppServices, zouping: Place, monkeypatch: pytest.MonkeyPatch) -> District:
    """Zouping with a portal of another origin."""
    from dataclasses import replace  # noqa: PLC0415 - one user

    found = replace(services.registry.get(zouping.slug), allowed_origins=frozenset({ALLOWED}))
    kept = {each.slug: each for each in services.registry} | {zouping.slug: found}
    monkeypatch.setattr(Registry, "__iter__", lambda _: iter(kept.values()))
    monkeypatch.setattr(Registry, "get", lambda _, slug: kept[slug])
    monkeypatch.setattr(Registry, "get_live", lambda _, slug: kept[slug])
    return found


def test_pages_of_an_origin_that_the_district_allows_read_answers_and_refusals(
    allowing: District, clerk: Client, zouping: Place
) -> None:
    for client, body in (
        (clerk, {"query": NAME}),
        (clerk, {"query": "{"}),
        (zouping.anonymous, {"query": "{ cases { totalCount } }"}),
        (zouping.anonymous.as_(Authorization="Bearer over"), {"query": NAME}),
    ):
        reply = post(client, body, {"Origin": ALLOWED})
        assert reply.headers["Access-Control-Allow-Origin"] == ALLOWED
        assert "X-Request-Id" in reply.headers["Access-Control-Expose-Headers"]
        assert "Origin" in reply.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in reply.headers, "tokens are no cookies"


def test_pages_of_other_origins_are_refused_before_anything_runs(
    allowing: District, clerk: Client, rushan: Place
) -> None:
    for client, origin in (
        (clerk, FOREIGN),
        (clerk, "null"),
        (clerk, ALLOWED + ".evil.example"),
        (rushan.anonymous, ALLOWED),
    ):
        reply = post(client, {"query": NAME}, {"Origin": origin})
        assert code(reply) == "FORBIDDEN"
        assert "data" not in reply.json()
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_the_servers_own_pages_and_callers_that_are_no_pages_need_no_permission(clerk: Client) -> None:
    for headers in ({}, {"Origin": "http://api.test"}):
        reply = post(clerk, {"query": NAME}, headers)
        assert reply.json()["data"]
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_a_preflight_is_answered_for_any_districts_origin(allowing: District, api: Client) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-district",
    }
    reply = ask(api, "OPTIONS", headers={"Origin": ALLOWED, **asked})
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == ALLOWED
    allowed = reply.headers["Access-Control-Allow-Headers"].lower()
    for name in ("authorization", "content-type", "x-district", "idempotency-key", "accept-language"):
        assert name in allowed
    refused = ask(api, "OPTIONS", headers={"Origin": FOREIGN, **asked})
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers


# -------------------------------------------------------------------- the pages beside it


def test_the_schema_is_there_for_everyone(api: Client) -> None:
    text = ask(api, "GET", "/schema.graphql")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert "caseChanged" in build_schema(text.text).subscription_type.fields  # type: ignore[union-attr]
    introspected = ask(api, "GET", "/schema.json").json()
    assert introspected["data"]["__schema"]["queryType"]["name"] == "Query"


def test_health_is_alive_without_a_database_and_readiness_is_not(
    api: Client, services: AppServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(api, "GET", "/healthz").json() == {"status": "ok"}
    ready = ask(api, "GET", "/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")

    async def gone(*_: Any) -> str:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(services.tenancy.reader, "platform", gone)
        assert ask(api, "GET", "/healthz").status_code == 200
        assert ask(api, "GET", "/readyz").status_code == 503

    async def no_chinese(*_: Any) -> str:
        return "false"

    with monkeypatch.context() as patch:
        patch.setattr(services.tenancy.reader, "platform", no_chinese)
        assert ask(api, "GET", "/readyz").json() == {"status": "unavailable", "chineseSearch": False}


def test_metrics_are_there_and_home_leads_to_the_editor(api: Client) -> None:
    assert "python_info" in ask(api, "GET", "/metrics").text
    home = ask(api, "GET", "/")
    assert (home.status_code, home.headers["Location"]) == (307, "/graphql")
