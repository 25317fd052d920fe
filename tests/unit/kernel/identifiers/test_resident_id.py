"""Resident IDs: checksum, date and region are separate findings (GB 11643; DOMAIN 3.14)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import DocumentKind, Finding, check_resident_id, sample_resident_id

ILLUSTRATION = "11010519491231002X"
OLD_ILLUSTRATION = "440524188001010014"


def test_the_standards_illustration_has_no_finding() -> None:
    report = check_resident_id(ILLUSTRATION)
    assert (report.valid, report.errors, report.warnings) == (True, (), ())
    assert report.kind is DocumentKind.RESIDENT_ID


def test_a_region_missing_from_the_table_is_a_warning_only() -> None:
    report = check_resident_id(OLD_ILLUSTRATION)
    assert report.valid
    assert report.warnings == (Finding.REGION,)


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002x", " 110105 19491231 002X ", "11010519491231002X", "110105\u300019491231\u3000002x"],
)
def test_what_any_keyboard_types_is_put_right(typed: str) -> None:
    report = check_resident_id(typed)
    assert report.value == ILLUSTRATION
    assert report.valid


def test_a_full_width_number_is_put_right() -> None:
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in "11010519491231002x")
    assert check_resident_id(full_width).value == ILLUSTRATION


def test_checksum_alone() -> None:
    assert check_resident_id("110105194912310021").errors == (Finding.CHECKSUM,)


def test_date_alone() -> None:
    # 30 February under a check digit that fits it.
    assert check_resident_id(with_check("11010519900230001")).errors == (Finding.DATE,)


def test_checksum_date_and_region_together() -> None:
    report = check_resident_id("999999199002300010")
    assert report.errors == (Finding.CHECKSUM, Finding.DATE)
    assert report.warnings == (Finding.REGION,)


def test_a_year_that_no_living_person_was_born_in_is_a_wrong_date() -> None:
    assert check_resident_id(with_check("11010509901231002")).errors == (Finding.DATE,)


def test_a_birth_after_today_is_a_wrong_date_where_today_is_known() -> None:
    number = with_check("11010520250601001")
    assert check_resident_id(number).valid
    assert check_resident_id(number, today=dt.date(2025, 5, 31)).errors == (Finding.DATE,)
    assert check_resident_id(number, today=dt.date(2025, 6, 1)).valid


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", Finding.LENGTH),
        ("1101051949123100", Finding.LENGTH),
        ("11010519491231002XX", Finding.LENGTH),
        ("1101051949123100OX", Finding.CHARACTERS),
        ("X10105194912310021", Finding.CHARACTERS),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٠", Finding.CHARACTERS),  # Arabic-Indic digits count as digits for Python
    ],
)
def test_shape(text: str, finding: Finding) -> None:
    assert check_resident_id(text).errors == (finding,)


@given(st.integers(0, 19_999_999), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_changing_one_character_never_leaves_a_valid_number(n: int, place: int, other: str) -> None:
    number = sample_resident_id(n)
    changed = number[:place] + other + number[place + 1 :]
    assert check_resident_id(changed).valid is (changed == number)


@given(st.text())
def test_any_text_gets_a_report_that_hides_it_from_logs(text: str) -> None:
    report = check_resident_id(text)
    assert report.valid or report.errors
    assert "value" not in repr(report)


def with_check(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]
