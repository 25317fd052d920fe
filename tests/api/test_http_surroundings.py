"""What comes with a request over HTTP: its language, its id, its origin; and the pages beside the endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from graphql import build_schema
from tests.api.clients import Client, Place
from tests.api.raw import NAME, ask, code, post

from bangban.kernel.tenancy.registry import District
from bangban.web.services import AppServices

ALLOWED, FOREIGN = "https://portal.zouping.example", "https://elsewhere.example"


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


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
def allowing(services: AppServices, zouping: Place) -> Iterator[District]:
    """Zouping with a portal of another origin."""
    before = {each.slug: each for each in services.registry}
    found = replace(services.registry.get(zouping.slug), allowed_origins=frozenset({ALLOWED}))
    services.registry._keep(before | {zouping.slug: found})
    yield found
    services.registry._keep(before)


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
    assert "caseChanged" in build_schema(text.text).subscription_type.fields  # type: ignore[union-attr]  # it has one, as every SDL with a subscription
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
