"""What may be sent for a case: as much and as many as the installation says, and not one more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bangban.features.cases.values import CaseState
from bangban.features.uploads.problems import CaseOver, FileTooLarge, MaterialUnnamed, TooManyFiles
from bangban.features.uploads.rules import Wanted, check_wanted
from bangban.features.uploads.values import FileKind, UploadPurpose
from bangban.kernel.files.desk import FileTerms

TERMS = FileTerms(most_bytes=1_000, most_of_case=3)
PAPER = Wanted(
    purpose=UploadPurpose.MATERIAL, name="身份证.pdf", kind=FileKind.PDF, size=1_000, material_code="ID-CARD"
)
RESULT = replace(PAPER, purpose=UploadPurpose.RESULT, material_code=None)


def check(wanted: Wanted, *, state: CaseState = CaseState.ACCEPTED, files: int = 0) -> Wanted:
    return check_wanted(wanted, state=state, materials={"ID-CARD"}, files=files, terms=TERMS)


def test_as_large_and_as_many_as_are_allowed() -> None:
    assert check(PAPER, files=2) == PAPER
    for size in (0, -1, 1_001):
        with pytest.raises(FileTooLarge):
            check(replace(PAPER, size=size))
    with pytest.raises(TooManyFiles):
        check(PAPER, files=3)


def test_a_material_has_its_code_and_nothing_else_has_one() -> None:
    for wrong in (
        replace(PAPER, material_code=None),
        replace(PAPER, material_code="PHOTO"),
        replace(RESULT, material_code="ID-CARD"),
        replace(RESULT, material_code="PHOTO"),
    ):
        with pytest.raises(MaterialUnnamed):
            check(wrong)


@pytest.mark.parametrize(
    ("state", "paper", "result"),
    [
        (CaseState.SUBMITTED, True, True),
        (CaseState.COMPLETED, False, True),
        (CaseState.CLOSED, False, True),
        (CaseState.WITHDRAWN, False, False),
        (CaseState.TERMINATED, False, False),
    ],
)
def test_papers_until_there_is_a_result_and_results_unless_there_is_none(
    state: CaseState, *, paper: bool, result: bool
) -> None:
    for wanted, may in ((PAPER, paper), (RESULT, result)):
        if may:
            check(wanted, state=state)
        else:
            with pytest.raises(CaseOver):
                check(wanted, state=state)
