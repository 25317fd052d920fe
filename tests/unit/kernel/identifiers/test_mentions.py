"""Numbers of people are found in free words however they were typed, and other numbers are let be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import (
    NumberInText,
    WordsUnseen,
    bounded,
    free_words,
    refuse_unfit,
    sample_phone,
    sample_resident_id,
)
from bangban.kernel.identifiers.names import is_seen, turns_round
from bangban.kernel.problems import InvalidInput

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
            refuse_unfit(text, fields=("input.note",))
        assert refused.value.fields == ("input.note",)


@given(WORDS)
def test_other_words_are_let_be(text: str) -> None:
    refuse_unfit(text, fields=())


@pytest.mark.parametrize(
    "text", [None, "", "办件 ZP20261122-000301", "产权证 370303199900112233445", "12345 热线", "0531-8888888"]
)
def test_other_numbers_are_let_be(text: str | None) -> None:
    refuse_unfit(text, fields=())


@given(st.text(max_size=12), st.integers(0, 8))
def test_words_are_trimmed_and_have_an_end(text: str, longest: int) -> None:
    trimmed = text.strip()
    seen = not trimmed or (is_seen(trimmed) and not turns_round(trimmed))
    if len(trimmed) <= longest and not seen:
        with pytest.raises(WordsUnseen):
            bounded(text, fields=(), longest=longest)
    elif len(trimmed) > longest:
        with pytest.raises(InvalidInput) as refused:
            bounded(text, fields=("input.note",), longest=longest)
        assert refused.value.fields == ("input.note",)
    else:
        assert bounded(text, fields=(), longest=longest) == (trimmed or None)


@pytest.mark.parametrize(
    "text",
    [
        *("\u200b" * 6, "\u200b \u2060", "\u3164", "\u2800\u2800", "\u0301", "\ufe0f", "\x00\x07", "\ue000"),
        *("请看\u202e反面", "\u2066样本\u2069", "\u202e", "\u200f样本", "\u061c样本"),
    ],
)
def test_words_that_nobody_sees_or_that_turn_round_are_refused(text: str) -> None:
    for refusing in (bounded, free_words, refuse_unfit):
        with pytest.raises(WordsUnseen) as refused:
            refusing(text, fields=("input.note",))
        assert refused.value.fields == ("input.note",)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "第一行\n第二行",
            "谢谢\U0001f44d\U0001f3fd",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
            "?",
            "葛\U000e0100城区",
        ),
        *("", "  ", "\u3000\n"),
    ],
)
def test_lines_and_signs_are_words_and_blanks_are_nothing_said(text: str) -> None:
    assert free_words(text, fields=()) == (text.strip() or None)


def test_free_words_are_bounded_and_nobodys_number() -> None:
    assert free_words("  好的 ", fields=()) == "好的"
    for text in ("长" * 2_001, sample_phone(3)):
        with pytest.raises(InvalidInput if text[0] == "长" else NumberInText):
            free_words(text, fields=("input.note",))
