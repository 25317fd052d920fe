"""Cursors come from clients: whatever they hold, it is a key of this list or it is refused."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Date, DateTime, Text, Uuid

from bangban.kernel.planner.paging import keys_of_cursor, rows_wanted
from bangban.kernel.problems import InvalidInput

ID = "0197f3f0-0000-7000-8000-000000000000"


def cursor(*packed: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(packed).encode()).decode()


def keys(text: str, *types: Any) -> list[Any]:
    return keys_of_cursor(text, tag="list", types=types)


def test_keys_come_back_as_what_they_were() -> None:
    moment = "2026-11-21T09:00:00.25+08:00"
    assert keys(cursor("list", moment, ID), DateTime(), Uuid()) == [
        datetime(2026, 11, 21, 1, 0, 0, 250000, tzinfo=UTC),
        UUID(ID),
    ]
    assert keys(cursor("list", "-3", "邹平"), BigInteger(), Text()) == [-3, "邹平"]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("", (Text(),)),
        ("%%%", (Text(),)),
        ("邹平", (Text(),)),
        ("AAAA", (Text(),)),
        (cursor("other", "x"), (Text(),)),
        (cursor("list"), (Text(),)),
        (cursor("list", "x", "y"), (Text(),)),
        (base64.b64encode(b'{"list":1}').decode(), (Text(),)),
        (base64.b64encode(b"[" * 90_000).decode(), (Text(),)),
        (cursor("list", "not an id"), (Uuid(),)),
        (cursor("list", "yesterday"), (DateTime(),)),
        (cursor("list", "infinity"), (DateTime(),)),
        (cursor("list", "0001-01-01T00:00:00+14:00"), (DateTime(),)),
        (cursor("list", "9999-12-31T23:59:59-14:00"), (DateTime(),)),
        (cursor("list", "2026-02-30"), (Date(),)),
        (cursor("list", "1.5"), (BigInteger(),)),
        (cursor("list", str(2**63)), (BigInteger(),)),
        (cursor("list", str(-(2**63) - 1)), (BigInteger(),)),
        (cursor("list", "9" * 5000), (BigInteger(),)),
        (cursor("list", "a\x00b"), (Text(),)),
        (cursor("list", "\ud800"), (Text(),)),
        (cursor("list", None), (BigInteger(),)),
        (cursor("list", {"a": 1}), (Uuid(),)),
    ],
)
def test_anything_else_is_refused(text: str, types: tuple[Any, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        keys(text, *types)
    assert refused.value.fields == ("after",)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: json.dumps(["list", t]).encode()))
def test_no_bytes_do_anything_but_that(packed: bytes) -> None:
    text = base64.urlsafe_b64encode(packed).decode()
    for type_ in (Text(), Uuid(), DateTime(), Date(), BigInteger()):
        try:
            (found,) = keys(text, type_)
        except InvalidInput:
            continue
        assert found is not None


def test_a_page_has_one_to_a_hundred_rows() -> None:
    assert [rows_wanted(first) for first in (None, 1, 100)] == [20, 1, 100]
    for first in (0, -1, 101, 2**31 - 1):
        with pytest.raises(InvalidInput):
            rows_wanted(first)
