"""Which document a number is, and the refusal that names every fault but not the number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.kernel.identifiers import (
    DocumentKind,
    Finding,
    InvalidIdentityNumber,
    check_identity,
    require_identity,
    sample_resident_id,
    sample_uscc,
)
from bangban.kernel.problems import ErrorCode


def test_a_legal_entity_has_a_credit_code_and_nothing_else() -> None:
    assert check_identity("LEGAL_ENTITY", sample_uscc(1)).kind is DocumentKind.USCC
    assert check_identity("LEGAL_ENTITY", sample_uscc(1)).valid
    assert not check_identity("LEGAL_ENTITY", "E12345678").valid


@pytest.mark.parametrize(
    "document", ["E12345678", "H12345678900", "南字第1234567号", "AB-12345", "USA123456789012"]
)
def test_other_documents_of_a_person(document: str) -> None:
    report = check_identity("PERSON", document)
    assert report.kind is DocumentKind.OTHER
    assert report.warnings == (Finding.UNVERIFIED,)
    assert report.valid is document.isascii()


@pytest.mark.parametrize(
    "slip",
    [
        "11010519491231002",  # one digit short
        "1101051949123100021",  # one too many
        "1101O519491231002X",  # the letter O for a zero
        "110105-19491231-0021",  # wrong check digit, set in groups
        "91350100M000100Y43",  # a firm's code on a person's form
    ],
)
def test_a_mistyped_resident_id_does_not_pass_as_another_document(slip: str) -> None:
    report = check_identity("PERSON", slip)
    assert report.kind is DocumentKind.RESIDENT_ID
    assert not report.valid


@pytest.mark.parametrize("text", ["", "A123", "-----", "A" * 31, "12345;DROP"])
def test_what_is_no_document_at_all(text: str) -> None:
    assert not check_identity("PERSON", text).valid


def test_a_resident_id_set_in_groups_is_one() -> None:
    number = sample_resident_id(7)
    assert check_identity("PERSON", f"{number[:6]}-{number[6:14]}-{number[14:]}").value == number


def test_an_unknown_kind_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="not 'ROBOT'"):
        check_identity("ROBOT", sample_resident_id(1))


def test_the_refusal_names_every_fault_in_both_languages_and_never_the_number() -> None:
    number = "999999199002300010"
    with pytest.raises(InvalidIdentityNumber) as refused:
        require_identity("PERSON", number, fields=("input.applicant.identityNumber",))
    problem = refused.value
    assert problem.code is ErrorCode.INVALID_INPUT
    assert problem.fields == ("input.applicant.identityNumber",)
    assert problem.findings == (Finding.CHECKSUM, Finding.DATE)
    for finding in problem.findings:
        assert finding.zh in problem.message("zh-CN")
        assert finding.en in problem.message("en")
    assert number not in f"{problem!r} {problem} {problem.message('zh-CN')}"


def test_a_number_that_may_stand_comes_back() -> None:
    number = sample_resident_id(3)
    assert require_identity("PERSON", number.lower()).value == number


@given(st.sampled_from(["PERSON", "LEGAL_ENTITY"]), st.text())
def test_normalising_twice_changes_nothing(kind: str, text: str) -> None:
    once = check_identity(kind, text)
    assert check_identity(kind, once.value) == once


@pytest.mark.parametrize("finding", Finding)
def test_every_finding_has_a_sentence_in_both_languages(finding: Finding) -> None:
    assert finding.zh
    assert finding.en.isascii()
