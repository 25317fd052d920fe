"""Automatic persisted queries, as Apollo's clients send them; and what they must never do."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.api.clients import Client, Place
from tests.api.raw import GRAPHQL_JSON, code, get, post
from tests.api.wire_ws import subscribed

from bangban.web import persisted


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


def fresh_text(selection: str = "district { name }") -> str:
    """A document that nobody ever sent."""
    return f"query Q{uuid4().hex} {{ {selection} }}"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def extension(digest: str, version: Any = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": digest}}


def by_hash(client: Client, digest: str, **headers: str) -> httpx.Response:
    return post(client, {"extensions": extension(digest)}, headers)


def teach(client: Client, text: str) -> httpx.Response:
    return post(client, {"query": text, "extensions": extension(sha(text))})


def test_the_hash_alone_then_hash_and_text_then_the_hash_alone(clerk: Client) -> None:
    text = fresh_text()
    unknown = by_hash(clerk, sha(text))
    assert unknown.status_code == 200
    (entry,) = unknown.json()["errors"]
    assert "data" not in unknown.json()
    # What Apollo's link looks for, word by word, whichever language is asked for.
    assert entry["message"] == "PersistedQueryNotFound"
    assert entry["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert (
        by_hash(clerk, sha(text), **{"Accept-Language": "en"}).json()["errors"][0]["message"]
        == entry["message"]
    )
    assert unknown.headers["Cache-Control"] == "no-store"
    expected = {"data": {"district": {"name": "邹平市"}}}
    assert teach(clerk, text).json() == expected
    assert by_hash(clerk, sha(text)).json() == expected
    assert by_hash(clerk, sha(text).upper()).json() == expected
    assert by_hash(clerk, "sha256:" + sha(text)).json() == expected


def test_clients_of_the_newer_media_type_get_a_status_for_it(clerk: Client) -> None:
    assert by_hash(clerk, sha(fresh_text()), Accept=GRAPHQL_JSON).status_code == 404


def test_by_get_as_well(clerk: Client) -> None:
    text = fresh_text()
    given = json.dumps(extension(sha(text)))
    assert code(get(clerk, extensions=given)) == "PERSISTED_QUERY_NOT_FOUND"
    assert get(clerk, extensions=given, query=text).json()["data"]
    assert get(clerk, extensions=given).json()["data"]
    mutation = "mutation M { signOut }"
    teach(clerk.as_(Authorization="Bearer over"), mutation)
    assert get(clerk, extensions=json.dumps(extension(sha(mutation)))).status_code in (200, 405)
    assert by_hash(clerk, sha(text)).json()["data"], "nobody was signed out"


def test_a_hash_that_is_not_the_texts_is_refused_and_nothing_is_kept(clerk: Client) -> None:
    good, bad = fresh_text(), fresh_text("viewer { kind }")
    for reply in (
        post(clerk, {"query": bad, "extensions": extension(sha(good))}),
        post(clerk, {"query": bad, "documentId": f"sha256:{sha(good)}"}),
    ):
        assert (reply.status_code, code(reply)) == (400, "BAD_REQUEST")
        assert "SHA-256" in reply.json()["errors"][0]["message"]
    assert code(by_hash(clerk, sha(good))) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(by_hash(clerk, sha(bad))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("version", [2, "1", None])
def test_only_version_1_is_spoken(clerk: Client, version: Any) -> None:
    text = fresh_text()
    reply = post(clerk, {"query": text, "extensions": extension(sha(text), version)})
    assert (reply.status_code, code(reply)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("digest", ["", "x", "0" * 63, "0" * 65, "g" * 64, "邹平", "\x00" * 64, "../etc"])
def test_what_is_no_hash_is_not_found_and_does_no_harm(clerk: Client, digest: str) -> None:
    assert code(by_hash(clerk, digest)) == "PERSISTED_QUERY_NOT_FOUND"
    if digest:
        assert code(post(clerk, {"documentId": digest})) == "PERSISTED_QUERY_NOT_FOUND"


def test_an_identifier_of_the_clients_own_kind_is_passed_over_beside_the_text(clerk: Client) -> None:
    reply = post(clerk, {"query": fresh_text(), "documentId": "5d41402abc4b2a76b9719d911017c592"})
    assert reply.json()["data"]


def test_a_hash_gives_nobody_rights_that_they_do_not_have(zouping: Place, clerk: Client) -> None:
    text = fresh_text("cases(first: 1) { totalCount }")
    assert teach(clerk, text).json()["data"]
    assert code(by_hash(zouping.anonymous, sha(text))) == "UNAUTHENTICATED"


def test_the_same_hash_in_two_districts_answers_each_with_its_own(zouping: Place, rushan: Place) -> None:
    text = fresh_text()
    names = []
    for place in (zouping, rushan):
        assert code(by_hash(place.anonymous, sha(text))) == "PERSISTED_QUERY_NOT_FOUND", (
            "each learns for itself"
        )
        names.append(teach(place.anonymous, text).json()["data"]["district"]["name"])
    found = [
        by_hash(place.anonymous, sha(text)).json()["data"]["district"]["name"] for place in (zouping, rushan)
    ]
    assert found == names
    assert len(set(found)) == 2


def test_variables_and_names_are_those_of_the_request(clerk: Client) -> None:
    text = (
        "query One($n: Int) { areas(first: $n) { edges { cursor } } } query Two { district { name } } # "
        + uuid4().hex
    )
    body = {"extensions": extension(sha(text)), "operationName": "One", "variables": {"n": 2}}
    assert len(post(clerk, {**body, "query": text}).json()["data"]["areas"]["edges"]) == 2
    assert len(post(clerk, {**body, "variables": {"n": 3}}).json()["data"]["areas"]["edges"]) == 3
    assert post(clerk, {**body, "operationName": "Two"}).json()["data"]["district"]


def test_what_was_refused_is_not_kept(clerk: Client) -> None:
    for text in (fresh_text("nothing"), fresh_text("auditTrail { totalCount }"), "{" + " " * 9):
        assert "errors" in teach(clerk, text).json()
        assert code(by_hash(clerk, sha(text))) == "PERSISTED_QUERY_NOT_FOUND"


def test_what_is_kept_is_bounded_and_one_district_does_not_push_out_another(
    zouping: Place, rushan: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persisted, "MOST_DOCUMENTS", 3)
    other = fresh_text()
    teach(rushan.anonymous, other)
    texts = [fresh_text() for _ in range(4)]
    for text in texts:
        teach(zouping.anonymous, text)
    assert code(by_hash(zouping.anonymous, sha(texts[0]))) == "PERSISTED_QUERY_NOT_FOUND"
    for place, text in ((zouping, texts[1]), (zouping, texts[3]), (rushan, other)):
        assert by_hash(place.anonymous, sha(text)).json()["data"]
    monkeypatch.setattr(persisted, "MOST_CHARACTERS", 100)
    teach(zouping.anonymous, long := fresh_text() + " " * 200)
    for text in (*texts, long):
        assert code(by_hash(zouping.anonymous, sha(text))) == "PERSISTED_QUERY_NOT_FOUND"


def test_a_repeated_mutation_is_the_same_one_however_its_document_was_sent(clerk: Client) -> None:
    text = f'mutation M{uuid4().hex} {{ takeOverCase(input: {{number: "none"}}) {{ id }} }}'
    key = {"Idempotency-Key": uuid4().hex}
    first = post(clerk, {"query": text, "extensions": extension(sha(text))}, key)
    again = post(clerk, {"extensions": extension(sha(text))}, key)
    assert code(first) == code(again) == "NOT_FOUND"


def test_a_socket_takes_texts(app: Any, clerk: Client) -> None:
    init = {"authorization": clerk.headers["Authorization"]}
    heard = clerk.run(subscribed(app, init, "{ district { name } }", {}))
    assert heard.data["district"]["name"] == "邹平市"
