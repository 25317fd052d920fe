"""Headers, bodies and addresses as they come in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.web.incoming import (
    Gone,
    asked_for,
    fresh_ids,
    headers_of,
    is_id,
    is_json,
    parameters_of,
    posted,
)
from bangban.web.replies import BodyTooLarge, NotJsonMedia
from bangban.web.requests import NotARequest, NotJson, Request, request_of

JSON = {b"content-type": b"application/json"}


def received(
    chunks: Iterable[bytes | None],
    headers: dict[bytes, bytes] | None = None,
    most: int = 100,
    more: Any = None,
) -> Request:
    """The request in a body that comes in these pieces; None is a client that goes away."""
    pieces = list(chunks)
    messages: list[dict[str, Any]] = [
        {"type": "http.disconnect"}
        if piece is None
        else {"type": "http.request", "body": piece, "more_body": number + 1 < len(pieces)}
        for number, piece in enumerate(pieces)
    ]

    async def receive() -> Any:
        return messages.pop(0)

    return asyncio.run(posted({**JSON, **(headers or {})}, receive, most=most, more=more))


def test_a_header_that_was_sent_twice_is_no_choice_between_two() -> None:
    assert headers_of([(b"a", b"1"), (b"b", b"2")]) == {b"a": b"1", b"b": b"2"}
    twice = headers_of(
        [(b"x-district", b"one"), (b"accept", b"a"), (b"x-district", b"two"), (b"accept", b"b")]
    )
    assert twice == {b"x-district": b"one, two", b"accept": b"a, b"}


def test_a_body_may_come_in_pieces() -> None:
    body = json.dumps({"query": "{ a }", "variables": {"x": "帮办"}}, ensure_ascii=False).encode()
    for size in (1, 3, len(body)):
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        assert received(pieces) == Request("{ a }", {"x": "帮办"})
    assert received([b"", body, b""]) == Request("{ a }", {"x": "帮办"})


def test_one_that_is_too_long_is_refused_by_its_word_or_as_soon_as_it_is() -> None:
    with pytest.raises(BodyTooLarge):
        received([], {b"content-length": b"101"})
    with pytest.raises(BodyTooLarge):
        received([b"x" * 60, b"x" * 60, None], {b"content-length": b"5"})
    assert received([b'{"query":"{ a }"}'], {b"content-length": b"rubbish"}).query == "{ a }"


def test_whether_this_one_may_be_longer_is_asked_once_and_only_when_it_matters() -> None:
    asked: list[int] = []

    def sent(size: int, *, length: bool, allowed: int) -> Request:
        body = b'{"query":"{ a }","x":"' + b"x" * (size - 24) + b'"}'
        pieces = [body[start : start + 10] for start in range(0, len(body), 10)]
        headers = {b"content-length": str(len(body)).encode()} if length else {}

        async def more() -> int:
            asked.append(size)
            return allowed

        return received(pieces, headers, more=more)

    for length in (True, False):
        asked.clear()
        assert sent(100, length=length, allowed=1000).query == "{ a }"
        assert asked == []
        assert sent(900, length=length, allowed=1000).query == "{ a }"
        for size, allowed in ((1001, 1000), (101, 100)):
            with pytest.raises(BodyTooLarge, match=str(allowed)):
                sent(size, length=length, allowed=allowed)
        assert asked == [900, 1001, 101]


def test_who_goes_away_is_gone() -> None:
    with pytest.raises(Gone):
        received([b"{", None])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf{}", b"[" * 99, b"{}x"])
def test_what_is_no_json_is_told_apart_from_what_is_no_request(body: bytes) -> None:
    with pytest.raises(NotJson) as refused:
        received([body])
    assert not isinstance(refused.value, NotARequest)


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"x"', b"{}"])
def test_json_that_is_no_request(body: bytes) -> None:
    with pytest.raises(NotARequest):
        received([body])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (None, False),
        (b"", False),
        (b"application/json", True),
        (b"application/json;", True),
        (b" Application/JSON ; Charset = UTF-8 ", True),
        (b'application/json; charset="utf8"', True),
        (b"application/json; profile=x; charset=utf-8", True),
        (b"application/json; charset=latin-1", False),
        (b"application/json; charset=utf-8; charset=utf-7", False),
        (b"application/jsonp", False),
        (b"application/graphql+json", False),
        (b"text/plain; application/json", False),
        (b"application/json\xff", False),
    ],
)
def test_which_bodies_are_read(kind: bytes | None, expected: bool) -> None:
    assert is_json(kind) is expected
    if not expected:
        with pytest.raises(NotJsonMedia):
            asyncio.run(posted({} if kind is None else {b"content-type": kind}, _never, most=9))


async def _never() -> Any:
    raise AssertionError


def test_ids_are_new_each_time_and_foreign_ones_are_looked_at() -> None:
    ids = list(islice(fresh_ids(), 2000))
    assert len(set(ids)) == 2000
    assert all(is_id(each) and len(each) == 32 for each in ids)
    for bad in (b"", b"short", b"x" * 65, b"with space 123", b"\r\nSet-Cookie", "帮办帮办帮办".encode()):
        assert not is_id(bad)


def test_parameters_of_an_address() -> None:
    assert parameters_of(b"query=%7B+a+%7D&x=&query=b") == {"query": "b", "x": ""}
    asked = asked_for(parameters_of(b"query=%E5%B8%AE&variables=%7B%22n%22%3A1%7D&operationName=A"))
    assert asked == Request("帮", {"n": 1}, "A")
    assert asked_for({"query": "{ a }", "variables": "", "extensions": "", "operationName": ""}) == Request(
        "{ a }"
    )
    with pytest.raises(NotARequest):
        parameters_of(b"&".join(b"a=1" for _ in range(21)))


@given(st.binary(max_size=80))
def test_no_address_is_too_odd(query: bytes) -> None:
    try:
        asked_for(parameters_of(query))
    except NotJson:
        return


@given(
    st.dictionaries(
        st.sampled_from(["query", "documentId", "extensions", "variables", "operationName"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(
                    st.sampled_from(["persistedQuery", "sha256Hash", "version"]), inner, max_size=3
                )
            ),
            max_leaves=6,
        ),
    )
)
def test_no_member_is_too_odd(raw: dict[str, Any]) -> None:
    try:
        request = request_of(raw)
    except NotJson:
        return
    assert request.query or request.document is not None


def test_a_document_may_be_named_in_three_ways_and_in_either_case() -> None:
    digest = "0123456789abcdef" * 4
    for raw in (
        {"documentId": digest},
        {"documentId": f"sha256:{digest}"},
        {"documentId": f"SHA256:{digest.upper()}"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}},
        {"extensions": {"persistedQuery": {"sha256Hash": digest.upper()}}, "query": None},
    ):
        assert request_of(raw) == Request("", {}, None, document=digest)
    both = request_of({"documentId": digest, "query": "{ a }"})
    assert (both.query, both.document, both.trusted) == ("{ a }", digest, False)
