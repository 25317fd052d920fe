"""Paths of areas: what they are, which lies within which, and the fewest that cover the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.kernel.access.callers import TODAY

from bangban.kernel.access.paths import fewest, is_path, is_within, path_label
from bangban.kernel.access.principals import Assignment
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import AreaId, new_id
from bangban.kernel.levels import AreaLevel


def test_a_label_that_begins_alike_is_another_area() -> None:
    assert is_within("a.ab.c", "a.ab")
    assert not is_within("a.abc", "a.ab")
    assert not is_within("a.ab", "a.abc")
    assert not is_within("ab", "a")
    assert not is_within("a", "a.ab")
    assert not is_within("x.a.ab", "a.ab")


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", "a-b", "a/b", "a.*", "a\n", "甲"])
def test_what_is_no_path_is_refused(text: str) -> None:
    assert not is_path(text)
    with pytest.raises(ValueError, match="is not a path"):
        Assignment(Role.HELPER, AreaId(new_id()), text, AreaLevel.TOWN, TODAY)


def test_a_label_is_the_id_in_hex() -> None:
    area_id = new_id()
    assert path_label(area_id) == str(area_id).replace("-", "")
    assert is_path(f"{path_label(area_id)}.{path_label(new_id())}")


PATHS = st.lists(st.sampled_from(["a", "ab", "abc", "b"]), min_size=1, max_size=4).map(".".join)


@given(st.lists(PATHS, max_size=8), PATHS)
def test_the_fewest_paths_cover_the_same_areas(paths: list[str], area: str) -> None:
    kept = fewest(paths)
    assert any(is_within(area, path) for path in kept) == any(is_within(area, path) for path in paths)
    assert set(kept) <= set(paths)
    assert not any(is_within(one, other) for one in kept for other in kept if one != other)
    assert list(kept) == sorted(kept)
