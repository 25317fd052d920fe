"""Points and their windows have names that can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bangban.features.places.drafts import PointDraft, WindowDraft
from bangban.features.places.rules import wrong_with
from bangban.features.places.values import PointKind, WindowKind

POINT = PointDraft(
    key="hall",
    area="county",
    kind=PointKind.HALL,
    name="样本大厅",
    longitude=121.5,
    latitude=36.9,
    hours="24/7",
)
WINDOW = WindowDraft(number="1", name="综合窗口", kind=WindowKind.COMPREHENSIVE)


@pytest.mark.parametrize("name", ["\u200b", "样本\u202e大厅", "样本\n大厅", ""])
def test_a_name_that_cannot_be_read_is_a_fault_of_the_point(name: str) -> None:
    sound = replace(POINT, windows=(WINDOW,))
    assert list(wrong_with(sound)) == []
    (named,) = wrong_with(replace(POINT, name=name))
    assert "invisible" in named[1]
    (window,) = wrong_with(replace(POINT, windows=(replace(WINDOW, name=name),)))
    assert window[1] == "a window needs a number and a name."
