"""Phones: one way of writing each, so that one person has one look-up hash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import InvalidPhone, find_phone, normalise_phone, sample_phone
from bangban.kernel.problems import ErrorCode

MOBILE = "15400005678"


@pytest.mark.parametrize(
    "typed",
    [
        MOBILE,
        "154 0000 5678",
        "154-0000-5678",
        "+86 154 0000 5678",
        "+86-15400005678",
        "0086 15400005678",
        "8615400005678",
        "(+86)15400005678",
        "\u202d15400005678\u202c",  # as copied from an address book
        "".join(chr(ord(digit) + 0xFEE0) for digit in MOBILE),
    ],
)
def test_one_mobile_however_it_is_typed(typed: str) -> None:
    assert normalise_phone(typed) == MOBILE


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("05434000000", "0543-4000000"),
        ("0543-4000000", "0543-4000000"),
        ("(0543) 4000000", "0543-4000000"),
        ("+86 543 4000000", "0543-4000000"),
        ("+86 0543 4000000", "0543-4000000"),
        ("0531 8000 0000", "0531-80000000"),
        ("025-80000000", "025-80000000"),
        ("+86 25 80000000", "025-80000000"),
        ("01080000000", "010-80000000"),
    ],
)
def test_landlines_keep_their_area_code(typed: str, written: str) -> None:
    assert normalise_phone(typed) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4000000",
        "12345",
        "12800000000",
        "1540000567",
        "154000056789",
        "0543-400",
        "00000000000",
        "电话",
        "+8612",
    ],
)
def test_what_is_no_phone(text: str) -> None:
    assert find_phone(text) is None
    with pytest.raises(InvalidPhone) as refused:
        normalise_phone(text, fields=("input.phone",))
    assert refused.value.code is ErrorCode.INVALID_INPUT
    assert refused.value.fields == ("input.phone",)
    assert "手机" in refused.value.message("zh-CN")
    assert "mobile" in refused.value.message("en")


@given(
    st.one_of(st.text(), st.integers(0, 99_999_999).map(sample_phone), st.from_regex(r"\+?0?[0-9-]{7,14}"))
)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = find_phone(text)
    assert once is None or find_phone(once) == once
