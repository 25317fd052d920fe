"""Names that can be read, and what only looks like one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers.names import shown_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("样本人", "样本人"),
        ("  样本人\u3000", "样本人"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Jose\u0301 O'Neill-Sample 2nd", "José O'Neill-Sample 2nd"),
        ("\U00020bb7田样本", "\U00020bb7田样本"),
        ("\U000323af", "\U000323af"),  # assigned after the tables of older Pythons
        ("葛\U000e0100城区", "葛\U000e0100城区"),  # a variant of an ideograph
        ("样本(集团)有限公司 & Co. №1", "样本(集团)有限公司 & Co. №1"),
    ],
)
def test_a_name_is_kept_composed_and_without_blanks_around_it(written: str, name: str) -> None:
    assert shown_name(written) == name


@pytest.mark.parametrize(
    "unshown",
    [
        "\u200b",  # nothing to see at all
        "\u3164",
        "\u2800",
        "\ufe0f",
        "\u0301",
        "样\u200b本",
        "样本\u202e人",
        "\u2066样本\u2069",
        "样\n本",
        "样\r\n本",
        "样\u2028本",
        "样\u2029本",
        "样\u0085本",
        "样\t本",
        "样\x00本",
        "样\ue000本",
        "样\ud800本",
        "样\uffff本",
        "样\U000e0001本",
    ],
)
def test_what_cannot_be_seen_is_no_part_of_a_name(unshown: str) -> None:
    assert shown_name(unshown) is None


@pytest.mark.parametrize("nothing", [None, "", "  ", "\u3000", "\n"])
def test_nothing_is_no_name(nothing: str | None) -> None:
    assert shown_name(nothing) is None


@given(st.text(max_size=8))
def test_what_is_taken_is_one_line_that_reads_as_it_was_written(text: str) -> None:
    name = shown_name(text)
    assert name is None or (
        name == shown_name(name)
        and len(name.splitlines()) == 1
        and not any(unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp") for each in name)
    )
