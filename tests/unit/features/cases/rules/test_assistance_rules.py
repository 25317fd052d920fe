"""Banned phrases are found however they are written, and what a district leaves out is as usual."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.cases.problems import PhraseBanned
from bangban.features.cases.rules.assistance import (
    Assistance,
    Phrase,
    assistance_of,
    check_phrases,
)
from bangban.features.profiles.plain_letters import plain_letters

UNKNOWN, OTHERS = Phrase("不知道", "请稍等，我来了解后答复"), Phrase("问别人")
BETWEEN = st.text(
    st.sampled_from(" \t\n\u3000,，。.!！…-—·\u200b\u200d\ufeff\u0301*_/~“”'()（）"), max_size=4
)


@pytest.mark.parametrize(
    "text",
    [
        "不知道",
        "这事我不知道。",
        "不 知 道",
        "不，知、道！",
        "不\u3000知\u3000道",
        "不\u200b知\u200d道",
        "不*知*道",
        "不\n知\n道",
        "不知\u0301道",
        "你去问别人吧",
        "问—别—人",
    ],
)
def test_a_banned_phrase_is_found_however_it_is_written(text: str) -> None:
    with pytest.raises(PhraseBanned):
        check_phrases((UNKNOWN, OTHERS), answer=text)


@given(st.lists(BETWEEN, min_size=4, max_size=4), st.sampled_from(["不知道", "問xA", "Ok2"]))
def test_signs_and_blanks_hide_nothing(between: list[str], phrase: str) -> None:
    hidden = between[0] + "".join(letter + sign for letter, sign in zip(phrase, between[1:], strict=False))
    with pytest.raises(PhraseBanned):
        check_phrases((Phrase(phrase),), answer=f"前{hidden}后")


@pytest.mark.parametrize("text", ["不1知道", "不<b>知</b>道", "我 不 know 知 2 道"])
def test_digits_and_tags_hide_no_chinese_phrase(text: str) -> None:
    with pytest.raises(PhraseBanned):
        check_phrases((UNKNOWN,), answer=text)
    check_phrases((Phrase("no idea"), Phrase("问A窗")), answer="no 1 idea，问B窗")


def test_full_width_and_case_are_the_same() -> None:
    with pytest.raises(PhraseBanned):
        check_phrases((Phrase("no idea"),), answer="ＮＯ　ＩＤＥＡ")


@pytest.mark.parametrize("text", [None, "", "  ", "我知道，不用担心", "道路不知名", "请问，别的人也可以办"])
def test_other_words_pass(text: str | None) -> None:
    check_phrases((UNKNOWN, OTHERS), answer=text)


def test_the_refusal_names_the_field_and_the_standard_wording() -> None:
    with pytest.raises(PhraseBanned) as found:
        check_phrases((UNKNOWN,), opinion="不知道")
    assert found.value.fields == ("input.opinion",)
    assert "请稍等，我来了解后答复" in found.value.message("zh")
    assert "不知道" in found.value.message("en")


def test_a_phrase_of_signs_alone_bans_nothing() -> None:
    check_phrases((Phrase("……"),), answer="……")


def test_what_a_district_leaves_out_is_as_usual() -> None:
    assert assistance_of({}) == Assistance()
    assert assistance_of({"assistance": {"handover_minutes": None}}).handover_minutes == 120
    said = {"handover_minutes": 30, "phrases": [{"phrase": "问别人"}], "next_steps": {"A": ["B"]}}
    found = assistance_of({"assistance": said})
    assert found.handover_wait.total_seconds() == 1_800
    assert found.phrases == (OTHERS,)
    assert found.following("A") == ["B"]
    assert list(found.following("B")) == []


@given(st.text(max_size=30))
def test_what_is_plain_stays_plain(text: str) -> None:
    assert plain_letters(plain_letters(text)) == plain_letters(text)
