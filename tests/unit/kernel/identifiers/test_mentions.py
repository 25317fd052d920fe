"""Numbers of people are found in free words however they were typed, and other numbers are let be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import NumberInText, refuse_numbers, sample_phone, sample_resident_id

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
WORDS = st.text(alphabet="请到样本村305号 -。abcx", max_size=12)
TYPED = st.sampled_from(
    [
        lambda number: number,
        lambda number: number.translate(FULL_WIDTH),
        lambda number: f"{number[:3]} {number[3:7]} {number[7:]}",
        lambda number: f"{number[:3]}-{number[3:7]}-{number[7:]}",
    ]
)


@given(st.integers(0, 9_999), st.sampled_from([sample_phone, sample_resident_id]), TYPED)
def test_numbers_are_refused_however_they_are_typed(n: int, sample, typed) -> None:  # type: ignore[no-untyped-def]  # drawn
    for text in (typed(sample(n)), f"家住305室 电话{typed(sample(n))}。", f"305 {sample(n)}"):
        with pytest.raises(NumberInText) as refused:
            refuse_numbers(text, fields=("input.note",))
        assert refused.value.fields == ("input.note",)


@given(WORDS)
def test_other_words_are_let_be(text: str) -> None:
    refuse_numbers(text, fields=())


@pytest.mark.parametrize(
    "text", [None, "", "办件 ZP20261122-000301", "产权证 370303199900112233445", "12345 热线", "0531-8888888"]
)
def test_other_numbers_are_let_be(text: str | None) -> None:
    refuse_numbers(text, fields=())
