"""Masks show the ends and never the middle (DOMAIN 3.15)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import (
    mask_identity,
    mask_name,
    mask_phone,
    sample_phone,
    sample_resident_id,
    sample_uscc,
)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("15400005678", "154****5678"),
        ("0543-4000034", "0543-*****34"),
        ("010-80000034", "010-******34"),
        ("not a phone", "***********"),
        ("", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("123400000000005678", "1234**********5678"),
        ("91350100M000100Y43", "9135**********0Y43"),
        ("E12345678", "E1*****78"),
        ("A1234", "A**34"),
        ("A123", "****"),
        ("", ""),
    ],
)
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_identity(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"), [("王小明", "王*"), (" 欧阳样例 ", "欧*"), ("王", "王*"), ("", "")]
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.integers(0, 19_999_999))
def test_the_birth_date_and_the_subscriber_number_never_show(n: int) -> None:
    number, code, phone = sample_resident_id(n), sample_uscc(n), sample_phone(n)
    assert mask_identity(number) == f"{number[:4]}**********{number[-4:]}"
    assert mask_identity(code)[4:-4] == "*" * 10
    assert mask_phone(phone)[3:-4] == "****"


@given(st.text(alphabet=st.characters(exclude_characters="*")))
def test_a_mask_keeps_the_length_and_hides_the_middle_of_any_text(text: str) -> None:
    for masked in (mask_identity(text), mask_phone(text)):
        assert len(masked) == len(text)
        shown = len(masked) - masked.count("*")
        assert shown <= (8 if len(text) == 18 else 7)
        if len(text) >= 5:
            assert "*" in masked
