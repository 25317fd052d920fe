"""Refresh tokens: they name their district, and nothing else can be read from them or their hash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.accounts.logins import clean_login
from bangban.features.accounts.refresh_tokens import RefreshToken
from bangban.kernel.problems import SessionEnded

slugs = st.none() | st.from_regex(r"[a-z][a-z0-9-]{1,29}", fullmatch=True)


@given(slugs)
def test_what_is_sent_names_its_district_when_it_comes_back(slug: str | None) -> None:
    token = RefreshToken.fresh(slug)
    assert RefreshToken.parse(token.text) == token
    assert token.district == slug
    assert RefreshToken.fresh(slug).hash != token.hash
    assert token.text not in repr(token)


@given(st.text(max_size=80) | st.from_regex(r"r1\.[a-z-]+\.[A-Za-z0-9_-]{40,46}", fullmatch=True))
def test_anything_else_is_a_session_that_ended(text: str) -> None:
    try:
        token = RefreshToken.parse(text)
    except SessionEnded:
        return
    assert len(token.text.split(".")[2]) == 43


@pytest.mark.parametrize("login", ["zp\0clerk", "zp\ud800", "x" * 65, "zp\nclerk", " "])
def test_what_cannot_be_a_login_is_nobodys(login: str) -> None:
    assert clean_login(login) == ""


def test_blanks_around_a_login_do_not_matter() -> None:
    assert clean_login("  zp-clerk ") == "zp-clerk"
