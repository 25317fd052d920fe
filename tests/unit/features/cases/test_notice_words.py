"""The words of a message about a one-time notice: all that is said of how to supply it, within a short message."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.cases.notice_words import LONGEST_PLACE, LONGEST_WAY, supplying_words

_WORDS = st.none() | st.text(max_size=300)


def test_only_what_is_said_is_told() -> None:
    nothing = {"deadline": None, "how": None, "place": None, "address": None}
    assert supplying_words("zh-CN", **nothing) == "如何补交请咨询承办人"
    assert supplying_words("en", **nothing) == "Ask whoever handles it how to supply it"
    where = nothing | {"place": "样本大厅"}
    assert supplying_words("zh-CN", **where) == "地点：样本大厅"
    assert supplying_words("zh-CN", **where | {"address": "样本路1号"}) == "地点：样本大厅(样本路1号)"
    assert supplying_words("en", **nothing | {"how": " 可由\n家人代交。"}) == "how: 可由 家人代交"


@given(how=_WORDS, place=_WORDS, address=_WORDS, language=st.sampled_from(["zh-CN", "en"]))
def test_it_stays_short_and_on_one_line(
    how: str | None, place: str | None, address: str | None, language: str
) -> None:
    words = supplying_words(language, deadline=date(2026, 6, 15), how=how, place=place, address=address)
    assert "2026-06-15" in words
    assert len(words) <= LONGEST_WAY + LONGEST_PLACE + 40
    assert len(words.splitlines()) == 1
