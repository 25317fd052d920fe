"""Invariant 3 at the desk: the notice is complete, and there is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.hall.problems import ChecklistIncomplete, PapersMissing, PapersUnchecked, ToldAlready
from bangban.features.hall.rules.papers import LONGEST_NOTE, Found, Required, check, require_ready
from bangban.features.hall.values import PaperState
from bangban.kernel.problems import InvalidInput

CODES = ("A", "B", "C", "D")
REQUIRED = [Required(code=code, name=f"材料{code}") for code in CODES]
STATES = st.fixed_dictionaries({code: st.sampled_from(PaperState) for code in CODES})


def found(states: dict[str, PaperState]) -> list[Found]:
    return [Found(code=code, state=state) for code, state in states.items()]


@given(STATES)
def test_the_notice_names_everything_that_is_not_in_order(states: dict[str, PaperState]) -> None:
    checked = check(REQUIRED, found(states))
    assert checked.lacking == tuple(code for code in CODES if states[code] is not PaperState.HAS)
    if checked.lacking:
        with pytest.raises(PapersMissing):
            require_ready(checked.as_json, REQUIRED)  # type: ignore[arg-type]  # as it comes back from JSON
    else:
        require_ready(checked.as_json, REQUIRED)  # type: ignore[arg-type]  # as it comes back from JSON


@given(STATES, st.sets(st.sampled_from(CODES), min_size=1))
def test_a_list_that_leaves_something_out_is_no_notice(
    states: dict[str, PaperState], left_out: set[str]
) -> None:
    partly = [each for each in found(states) if each.code not in left_out]
    with pytest.raises(ChecklistIncomplete) as refused:
        check(REQUIRED, partly)
    assert all(code in str(refused.value) for code in left_out)


@given(STATES, STATES)
def test_what_was_told_is_never_added_to(first: dict[str, PaperState], second: dict[str, PaperState]) -> None:
    told = check(REQUIRED, found(first)).lacking
    lacking = {code for code in CODES if second[code] is not PaperState.HAS}
    if lacking - set(told):
        with pytest.raises(ToldAlready):
            check(REQUIRED, found(second), told=told)
    else:
        assert set(check(REQUIRED, found(second), told=told).lacking) <= set(told)


def test_odd_lists_are_refused() -> None:
    whole = found(dict.fromkeys(CODES, PaperState.HAS))
    for odd in (
        [*whole, Found(code="Z", state=PaperState.HAS)],
        [*whole, whole[0]],
        [*whole[1:], Found(code="A", state=PaperState.HAS, note="长" * (LONGEST_NOTE + 1))],
    ):
        with pytest.raises(InvalidInput):
            check(REQUIRED, odd)


def test_without_required_papers_there_is_nothing_to_look_at() -> None:
    require_ready(None, [])
    with pytest.raises(PapersUnchecked):
        require_ready(None, REQUIRED)
