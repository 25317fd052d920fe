"""From when on a queue is a crowd at a point: the bounds of what a point may say of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.features.places.test_names import POINT

from bangban.features.places.drafts import CrowdDraft
from bangban.features.places.rules import wrong_with

LEAST, MOST = CrowdDraft(queue_length=1, wait_minutes=1), CrowdDraft(queue_length=1000, wait_minutes=480)


@pytest.mark.parametrize("crowd", [None, CrowdDraft(), LEAST, MOST])
def test_limits_within_their_bounds_and_none_are_sound(crowd: CrowdDraft | None) -> None:
    assert list(wrong_with(replace(POINT, crowd=crowd))) == []


@pytest.mark.parametrize(("length", "minutes"), [(0, 0), (1001, 481), (-1, -1)])
def test_limits_beyond_them_are_each_named_at_their_place(length: int, minutes: int) -> None:
    crowd = CrowdDraft(queue_length=length, wait_minutes=minutes)
    people, wait = wrong_with(replace(POINT, crowd=crowd))
    assert (people.place, wait.place) == (("crowd", "queue_length"), ("crowd", "wait_minutes"))
    assert "1000" in people.en
    assert "480" in wait.zh
