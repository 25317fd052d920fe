"""What a request is counted as, before anybody knows whether it is true."""

from __future__ import annotations

import base64
import json

import pytest

from bangban.web.counting import claimed_district, looks_like_writing


def token(claims: object) -> bytes:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    return b"Bearer head." + body + b".signature"


@pytest.mark.parametrize("name", ["a", "ab", "zouping", "zibo-hitech"])
def test_a_token_names_its_district(name: str) -> None:
    assert claimed_district(token({"sub": "x", "dst": name})) == name


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"Bearer",
        b"Bearer a.b",
        b"Bearer a.!!!.c",
        b"Bearer a.\xe4.c",
        b"Bearer a..c",
        token([1]),
        token({"dst": 5}),
        token({"sub": "an operator"}),
        token({"dst": "x" * 5000}),
        b"Bearer a." + base64.urlsafe_b64encode(b"[" * 2000) + b".c",
    ],
)
def test_what_is_no_token_names_nobody(odd: bytes) -> None:
    assert claimed_district(odd) is None


def test_a_mutation_goes_by_the_other_lane() -> None:
    assert looks_like_writing("mutation A { x }")
    assert not looks_like_writing("{ x }")
