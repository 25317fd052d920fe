"""Whatever becomes an identifier in SQL comes out of a narrow alphabet, and no two districts share one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.names import MAX_IDENTIFIER, Names, Wall, checked_slug, new_tag, quoted

slugs = st.from_regex(r"[a-z][a-z0-9-]{1,29}", fullmatch=True)
tags = st.from_regex(r"[a-z][a-z0-9]{3,11}", fullmatch=True)


@given(slugs, tags)
def test_every_name_of_every_district_is_an_identifier(slug: str, tag: str) -> None:
    names = Names(tag)
    made = [names.schema(slug), *(names.role(slug, wall) for wall in Wall)]
    assert all(quoted(name) == f'"{name}"' and len(name) <= MAX_IDENTIFIER for name in made)
    assert names.slug_of_role(names.role(slug, Wall.WRITE)) == slug
    assert names.slug_of_role(names.role(slug, Wall.READ)) is None


@given(slugs, slugs, tags)
def test_two_districts_never_share_a_schema_or_a_role(one: str, other: str, tag: str) -> None:
    names = Names(tag)
    mine, theirs = ({names.schema(each), *(names.role(each, wall) for wall in Wall)} for each in (one, other))
    assert bool(mine & theirs) == (one == other)
    shared = {names.application, names.members, *(names.platform_role(wall) for wall in Wall)}
    assert not shared & mine


@given(slugs, tags, tags)
def test_two_installations_never_share_a_role_or_a_channel(slug: str, one: str, other: str) -> None:
    mine, theirs = (
        {Names(tag).application, Names(tag).members, Names(tag).channel, Names(tag).role(slug, Wall.WRITE)}
        for tag in (one, other)
    )
    assert bool(mine & theirs) == (one == other)


@given(st.text(max_size=80))
def test_no_other_text_becomes_an_identifier(text: str) -> None:
    try:
        made = quoted(text)
    except ValueError:
        return
    assert set(made[1:-1]) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
    assert len(text) <= MAX_IDENTIFIER


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "a",
        "A1",
        "1a",
        "-ab",
        "a_b",
        "a" * 31,
        "ab\n",
        "a b",
        'a"b',
        "a;b",
        "ａｂ",
        "邹平",
        "a.b",
        "../ab",
        "a\x00b",
    ],
)
def test_a_slug_that_is_none_is_refused(slug: str) -> None:
    with pytest.raises(InvalidInput):
        checked_slug(slug)
    with pytest.raises(InvalidInput):
        Names("itest").role(slug, Wall.READ)


@pytest.mark.parametrize("tag", ["", "abc", "ABCD", "a_bc", "a" * 13, "abcd\n", 'ab"d'])
def test_a_tag_that_is_none_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="tag"):
        Names(tag)


def test_a_fresh_tag_is_one() -> None:
    assert Names(new_tag()) != Names(new_tag())
