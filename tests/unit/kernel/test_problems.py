"""A refusal names the input that the caller sent, also where one act does another."""

from __future__ import annotations

import pytest

from bangban.kernel.problems import InvalidInput, refused_at


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("input.applicant", "input.submitter"),
        ("input.applicant.phone", "input.submitter.phone"),
        ("input.applicants", "input.applicants"),
        ("input.note", "input.note"),
    ],
)
def test_a_refusal_inside_names_the_outer_input(said: str, named: str) -> None:
    with pytest.raises(InvalidInput) as refused, refused_at({"input.applicant": "input.submitter"}):
        raise InvalidInput("No.", "不。", fields=(said,))
    assert refused.value.fields == (named,)
