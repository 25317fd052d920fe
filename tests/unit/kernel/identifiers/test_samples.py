"""Sample numbers pass every check and belong to nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import (
    Finding,
    check_identity,
    normalise_phone,
    sample_phone,
    sample_resident_id,
    sample_uscc,
)


@given(st.integers(0, 19_999_999))
def test_sample_resident_ids_are_valid_and_of_no_real_region(n: int) -> None:
    report = check_identity("PERSON", sample_resident_id(n))
    assert report.valid
    assert report.warnings == (Finding.REGION,)
    assert report.value.startswith("999999")


@given(st.integers(0, 99_999_999))
def test_sample_credit_codes_are_valid_and_of_no_real_region(n: int) -> None:
    report = check_identity("LEGAL_ENTITY", sample_uscc(n))
    assert report.valid
    assert report.warnings == (Finding.REGION,)
    assert report.value[2:8] == "999999"


@given(st.integers(0, 99_999_999))
def test_sample_phones_are_valid_and_of_the_unassigned_range(n: int) -> None:
    assert normalise_phone(sample_phone(n)) == sample_phone(n)
    assert sample_phone(n).startswith("154")


@pytest.mark.parametrize("sample", [sample_resident_id, sample_uscc, sample_phone])
def test_no_two_samples_are_alike(sample: Callable[[int], str]) -> None:
    numbers = [*range(3000), *range(20_000, 21_000), *range(40_000, 41_000)]
    assert len({sample(n) for n in numbers}) == len(numbers)


@pytest.mark.parametrize("sample", [sample_resident_id, sample_uscc, sample_phone])
@pytest.mark.parametrize("n", [-1, 10**9])
def test_numbers_outside_the_range_are_refused(sample: Callable[[int], str], n: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        sample(n)
