"""Long answers are compressed for those who take it; what is short or secret is left as it is."""

from __future__ import annotations

import pytest
from tests.api.clients import PASSWORD, Client, Place
from tests.api.raw import NAME, post


@pytest.fixture(scope="module")
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


LONG = "{ areas(first: 100) { edges { node { id name fullName } } } }"


def test_long_answers_are_compressed_for_those_who_take_it(clerk: Client) -> None:
    plain = post(clerk, {"query": LONG}, {"Accept-Encoding": "identity"})
    packed = post(clerk, {"query": LONG}, {"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content  # the client has unpacked it
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    for reply in (plain, packed):
        assert "Accept-Encoding" in reply.headers["Vary"]


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", "identity", "*;q=0", "gzip;q=0, *"])
def test_nobody_gets_what_they_did_not_ask_for(clerk: Client, accepted: str) -> None:
    reply = post(clerk, {"query": LONG}, {"Accept-Encoding": accepted})
    assert "Content-Encoding" not in reply.headers
    assert reply.json()["data"]


def test_short_answers_and_what_mutations_answer_are_left_as_they_are(zouping: Place, clerk: Client) -> None:
    asked = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in post(clerk, {"query": NAME}, asked).headers
    name = "x" * 5000  # the answer holds a token and is long enough
    text = f"mutation($i: SignInInput!) {{ signIn(input: $i) {{ {name}: accessToken }} }}"
    variables = {"i": {"login": "leader", "password": PASSWORD}}
    reply = post(zouping.anonymous, {"query": text, "variables": variables}, asked)
    assert reply.json()["data"]["signIn"][name]
    assert "Content-Encoding" not in reply.headers


def test_the_walk_of_a_query_is_compressed_too(clerk: Client) -> None:
    reply = post(
        clerk,
        {"query": "{ __schema { types { name description fields { name description } } } }"},
        {"Accept-Encoding": "gzip"},
    )
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.json()["data"]["__schema"]["types"]
