"""Of small counts nothing is told, and nothing can be worked out from what is."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.statistics.counting import months_before
from bangban.features.statistics.rules import FEWEST, told

CELLS = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 40), min_size=1)


@given(CELLS)
def test_no_small_count_is_told_or_left_to_be_subtracted(cells: dict[str, int]) -> None:
    shown = told(cells)
    assert shown.keys() == cells.keys()
    assert not any(count is not None and 0 < count < FEWEST for count in shown.values())
    hidden = [word for word, count in shown.items() if count is None]
    # The whole is known, so the hidden ones' sum is: it must not give any one of them away.
    if hidden and len(hidden) < len(cells):
        assert len(hidden) > 1
        assert sum(cells[word] for word in hidden) >= FEWEST


@given(CELLS)
def test_what_is_told_is_right_and_nothing_is_hidden_without_need(cells: dict[str, int]) -> None:
    shown = told(cells)
    assert all(count == cells[word] for word, count in shown.items() if count is not None)
    if not any(0 < count < FEWEST for count in cells.values()):
        assert shown == cells


def test_months_are_those_up_to_today() -> None:
    assert months_before(date(2026, 2, 28), most=4) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert len(months_before(date(2026, 11, 22))) == 13
