"""Credit codes (GB 32100; DOMAIN 3.14)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import DocumentKind, Finding, check_uscc, sample_uscc
from bangban.kernel.identifiers.uscc import ALPHABET

WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def weighted_sum(body: str) -> int:
    return sum(ALPHABET.index(symbol) * weight for symbol, weight in zip(body, WEIGHTS, strict=True))


def test_the_published_vector_checks_to_three() -> None:
    report = check_uscc("91350100M000100Y43")
    assert (report.valid, report.warnings, report.kind) == (True, (), DocumentKind.USCC)


@pytest.mark.parametrize(
    "last", [symbol for symbol in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if symbol != "3"]
)
def test_the_vector_with_any_other_last_character_fails(last: str) -> None:
    assert check_uscc(f"91350100M000100Y4{last}").errors == (Finding.CHECKSUM,)


def test_a_sum_divisible_by_31_checks_to_zero() -> None:
    body = next(
        candidate
        for candidate in (f"91350100MA{n:07d}" for n in range(1000))
        if weighted_sum(candidate) % 31 == 0
    )
    assert check_uscc(f"{body}0").valid
    assert check_uscc(f"{body}1").errors == (Finding.CHECKSUM,)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_the_five_letters_outside_the_alphabet_are_refused(letter: str) -> None:
    assert check_uscc(f"91350100M000100{letter}43").errors == (Finding.CHARACTERS,)


@pytest.mark.parametrize("text", ["", "91350100M000100Y4", "91350100M000100Y433"])
def test_length(text: str) -> None:
    assert check_uscc(text).errors == (Finding.LENGTH,)


def test_small_letters_blanks_and_hyphens_are_put_right() -> None:
    assert check_uscc(" 91350100-m000100y43 ").value == "91350100M000100Y43"


def test_an_unlisted_authority_is_a_warning_only() -> None:
    body = "N2350100M000100Y4"
    report = check_uscc(body + ALPHABET[-weighted_sum(body) % 31])
    assert (report.valid, report.warnings) == (True, (Finding.AUTHORITY,))


@given(st.integers(0, 99_999_999), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_changing_one_character_never_leaves_a_valid_code(n: int, place: int, other: str) -> None:
    code = sample_uscc(n)
    changed = code[:place] + other + code[place + 1 :]
    assert check_uscc(changed).valid is (changed == code)
