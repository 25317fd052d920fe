"""Language and media type, by the weights that a client gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.web.negotiation import GRAPHQL_JSON, JSON, language_of, media_of


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh-CN"),
        ("", "zh-CN"),
        ("*", "zh-CN"),
        ("de, fr;q=0.5", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("EN-us", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh-Hant-TW", "zh-CN"),
        ("en;q=0.9, zh;q=0.8", "en"),
        ("en;q=0.8, zh;q=0.9", "zh-CN"),
        ("en ; q=0.3 , zh-CN ; q=0.7", "zh-CN"),
        ("en; q=0.7, zh-CN; q=0.3", "en"),
        ("en, zh", "en"),
        ("zh, en", "zh-CN"),
        ("en;q=0", "zh-CN"),
        ("zh;q=0, en;q=0.1", "en"),
        ("de;q=1, en;q=0.1", "en"),
        ("en;q=nan, zh;q=0.1", "zh-CN"),
        ("en;q=rubbish", "zh-CN"),
        ("en;q=inf, zh;q=1", "zh-CN"),
        ("zha, eng", "zh-CN"),
        ("enm, en;q=0.2", "en"),
    ],
)
def test_the_language_that_a_client_likes_better(header: str | None, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("header", "media"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("text/html", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON}", GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON}", JSON),
        (f"{JSON};q=0.9, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.5, {JSON};q=0.6", JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0", JSON),
        ("Application/GraphQL-Response+JSON", GRAPHQL_JSON),
    ],
)
def test_the_media_type_that_a_client_likes_better(header: str | None, media: str) -> None:
    assert media_of(header) == media


@given(st.text(alphabet="zhen-CNq=;,.0123456789 *\t", max_size=60))
def test_no_header_is_too_odd(header: str) -> None:
    assert language_of(header) in ("zh-CN", "en")
    assert media_of(header) == JSON
