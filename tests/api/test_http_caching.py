"""What caches may keep: answers to GET that are the same for everybody, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select
from tests.api.clients import Client, Place
from tests.api.named import text_of
from tests.api.raw import GRAPHQL_JSON, NAME, ask, code, get, post

from bangban.features.catalog.tables import ServiceItemRow
from bangban.features.districts.platform import platform_work
from bangban.web.services import AppServices

LONG = "{ services(first: 60) { edges { node { id code name kind audience channels handledAt } } } }"
PUBLIC = "public, max-age=60, stale-while-revalidate=300"


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


def varied(reply: httpx.Response) -> set[str]:
    return {each.strip() for each in reply.headers["Vary"].split(",")}


def catalog(place: Place, **headers: str) -> httpx.Response:
    digest = hashlib.sha256(text_of("Catalog").encode()).hexdigest()
    return get(place.anonymous, {"Accept-Encoding": "identity", **headers}, documentId=digest)


# -------------------------------------------------------------------- what may be kept


def test_public_reads_by_get_may_be_kept_and_say_what_they_depend_on(zouping: Place) -> None:
    for reply in (get(zouping.anonymous, query=NAME), catalog(zouping)):
        assert reply.status_code == 200
        assert reply.headers["Cache-Control"] == PUBLIC
        assert reply.headers["ETag"].startswith('"')
        assert varied(reply) == {
            "Authorization",
            "X-District",
            "Accept-Language",
            "Accept",
            "Accept-Encoding",
            "Origin",
        }


def test_the_tag_is_the_same_while_nothing_changes_and_then_there_is_no_body(zouping: Place) -> None:
    first, again = catalog(zouping), catalog(zouping)
    tag = first.headers["ETag"]
    assert again.headers["ETag"] == tag
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        unchanged = catalog(zouping, **{"If-None-Match": known})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert unchanged.headers[name] == first.headers[name]
        assert "Content-Type" not in unchanged.headers
        assert "Content-Language" not in unchanged.headers
        assert "Content-Length" not in unchanged.headers
    for unknown in ('"other"', "", tag.strip('"')):
        assert catalog(zouping, **{"If-None-Match": unknown}).status_code == 200


def test_a_changed_catalog_has_another_tag(zouping: Place, services: AppServices) -> None:
    tag = catalog(zouping).headers["ETag"]

    async def rename(find: str, to: str) -> None:
        tenancy = services.tenancy
        async with platform_work(tenancy, tenancy.registry.get(zouping.slug)) as work:
            rows = await work.db.scalars(select(ServiceItemRow).where(ServiceItemRow.name == find))
            for row in rows.all():
                row.name = to

    name = catalog(zouping).json()["data"]["services"]["edges"][0]["node"]["name"]
    zouping.api.run(rename(name, "改了名的事项"))
    try:
        changed = catalog(zouping, **{"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag
        assert "改了名的事项" in changed.text
    finally:
        zouping.api.run(rename("改了名的事项", name))
    assert catalog(zouping, **{"If-None-Match": tag}).status_code == 304


def test_compressed_answers_have_a_weak_tag_of_the_same_bytes(zouping: Place) -> None:
    plain = get(zouping.anonymous, {"Accept-Encoding": "identity"}, query=LONG)
    packed = get(zouping.anonymous, {"Accept-Encoding": "gzip"}, query=LONG)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    for known in (plain, packed):
        for encoding in ("identity", "gzip"):
            headers = {"If-None-Match": known.headers["ETag"], "Accept-Encoding": encoding}
            assert get(zouping.anonymous, headers, query=LONG).status_code == 304


def test_head_says_what_get_would(zouping: Place) -> None:
    path = f"/graphql?{urlencode({'query': NAME})}"
    found, head = (ask(zouping.anonymous, method, path) for method in ("GET", "HEAD"))
    for name in ("ETag", "Cache-Control", "Vary", "Content-Length", "Content-Type", "Content-Language"):
        assert head.headers[name] == found.headers[name]
    assert head.content == b""
    known = {"If-None-Match": found.headers["ETag"]}
    assert ask(zouping.anonymous, "HEAD", path, headers=known).status_code == 304


def test_the_platforms_own_reads_are_public_too(zouping: Place, api: Client) -> None:
    reply = get(api, query=text_of("Directory"))
    assert reply.json()["data"]["districts"]
    assert reply.headers["Cache-Control"] == PUBLIC


# -------------------------------------------------------------------- a cache between them


class Cache:
    """A shared cache as RFC 9111 has it: an answer is given again where address and Vary's headers agree."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kept: list[tuple[str, dict[str, str], httpx.Response]] = []
        self.hits = 0

    def get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        for kept, asked, reply in self._kept:
            if kept == path and all(asked.get(name) == headers.get(name) for name in varied(reply)):
                self.hits += 1
                return reply
        reply = ask(self._client, "GET", path, headers=headers)
        control = reply.headers.get("Cache-Control", "")
        if "public" in control:
            self._kept.append((path, headers, reply))
        return reply


def test_behind_a_shared_cache_nobody_gets_anybody_elses_answer(
    zouping: Place, rushan: Place, clerk: Client, api: Client
) -> None:
    cache = Cache(api)
    everyone = [
        {"X-District": zouping.slug},
        {"X-District": rushan.slug},
        {"X-District": zouping.slug, "Accept-Language": "en"},
        {"X-District": zouping.slug, "Accept": GRAPHQL_JSON},
        {},
        dict(clerk.headers),
        {**clerk.headers, "X-District": zouping.slug},
        {"X-District": rushan.slug, "Accept-Language": "en"},
        {"X-District": "nowhere"},
        {"X-District": zouping.slug, "Authorization": "Bearer over"},
    ]
    queries = (NAME, "{ viewer { kind } }", text_of("Directory"), "{ cases { totalCount } }")
    for _ in range(2):
        for headers in everyone:
            for query in queries:
                path = f"/graphql?{urlencode({'query': query})}"
                through, directly = cache.get(path, headers), ask(api, "GET", path, headers=headers)
                assert (through.status_code, through.content) == (directly.status_code, directly.content), (
                    headers,
                    query,
                )
    assert cache.hits > 0


@pytest.fixture
def named(services: AppServices, zouping: Place, rushan: Place) -> Iterator[dict[str, str]]:
    """Two districts with host names of their own."""
    before = {each.slug: each for each in services.registry}
    hosts = {zouping.slug: "zouping.example", rushan.slug: "rushan.example"}
    services.registry._keep(
        before | {slug: replace(before[slug], hosts=frozenset({host})) for slug, host in hosts.items()}
    )
    yield hosts
    services.registry._keep(before)


def test_the_host_name_may_say_the_district(named: dict[str, str], api: Client) -> None:
    found = {}
    for slug, host in named.items():
        reply = get(api, {"Host": host}, query="{ district { slug } }")
        assert reply.headers["Cache-Control"] == PUBLIC
        found[reply.json()["data"]["district"]["slug"]] = reply.headers["ETag"]
        assert slug in found
    assert len(set(found.values())) == 2


# -------------------------------------------------------------------- what may not


def test_nothing_that_was_posted_is_kept(zouping: Place, clerk: Client) -> None:
    for client, query in ((zouping.anonymous, NAME), (clerk, NAME), (zouping.anonymous, LONG)):
        tag = get(zouping.anonymous, query=query).headers["ETag"]
        reply = post(client, {"query": query}, {"If-None-Match": tag, "Accept-Encoding": "gzip"})
        assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in reply.headers


def test_no_error_is_kept(zouping: Place, api: Client) -> None:
    anonymous = zouping.anonymous
    for reply in (
        get(anonymous, query="{ nothing }"),
        get(anonymous, query="{"),
        get(anonymous, query="{ cases { totalCount } }"),
        get(anonymous, query="mutation { signOut }"),
        get(anonymous, documentId="0" * 64),
        get(anonymous, {"Accept": "text/plain"}, query=NAME),
        get(anonymous, {"Origin": "https://elsewhere.example"}, query=NAME),
        get(api, query=NAME),
        get(api.as_(X_District="nowhere"), query=NAME),
        get(anonymous),
    ):
        assert "errors" in reply.json()
        assert reply.headers["Cache-Control"] == "no-store"
        assert "ETag" not in reply.headers


def test_what_a_token_was_sent_for_is_never_given_to_others(zouping: Place, clerk: Client) -> None:
    for query in (NAME, "{ viewer { kind name } }", "{ cases { totalCount } }"):
        for client in (clerk, clerk.as_(X_District=zouping.slug)):
            reply = get(client, query=query)
            assert reply.json()["data"]
            assert "public" not in reply.headers["Cache-Control"]
            assert "Authorization" in reply.headers["Vary"]
    assert code(get(zouping.anonymous.as_(Authorization="Bearer over"), query=NAME)) == "UNAUTHENTICATED"


def test_the_walk_and_the_page_are_not_public(zouping: Place, clerk: Client) -> None:
    assert get(clerk, query="{ __schema { queryType { name } } }").headers["Cache-Control"] == "no-store"
    page: Any = get(zouping.anonymous, {"Accept": "text/html"})
    assert page.headers["Cache-Control"] == "no-cache"
