"""Papers that are taken are returned or come to their final place (invariant 7), whatever people do with them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.cases.case_facts import CLERK, accepted, authorisation, case, on

from bangban.features.cases import rules as cases
from bangban.features.cases.paper_problems import PapersOut, ResultHeld
from bangban.features.cases.problems import AuthorisationRequired, IllegalTransition
from bangban.features.cases.values import (
    AuthorisationScope,
    CaseOutcome,
    CaseState,
    EventKind,
    HelpKind,
    ResultStanding,
)
from bangban.features.custody.problems import PapersNotHeld, ResultNotReady
from bangban.features.custody.rules import (
    Holder,
    Moved,
    Movement,
    Papers,
    forward,
    give_back,
    out_of_balance,
    piles,
    take,
)
from bangban.kernel.problems import InvalidInput

ANN, BOB = Holder(staff_id=UUID(int=11)), Holder(staff_id=UUID(int=12))
HALL, ARCHIVE = Holder(area_id=UUID(int=21)), Holder(area_id=UUID(int=22))
HOLDERS = (ANN, BOB, HALL, ARCHIVE)
ONE = [Papers("FORM", originals=1)]

papers = st.lists(
    st.builds(Papers, st.sampled_from(["FORM", "LEASE"]), st.integers(0, 3), st.integers(0, 3)),
    min_size=1,
    max_size=2,
    unique_by=lambda each: each.code,
)
acts = st.lists(
    st.tuples(
        st.sampled_from(["take", "forward", "return"]),
        papers,
        st.sampled_from(HOLDERS),
        st.sampled_from(HOLDERS),
    ),
    max_size=30,
)


class Plain:
    """The plain ledger that the rules are held against: one count for each holder, material and form."""

    def __init__(self) -> None:
        self.held: Counter[tuple[Holder, str, bool]] = Counter()
        self.taken = self.returned = 0

    def allows(self, what: str, papers: list[Papers], giver: Holder, receiver: Holder) -> bool:
        there = all(self.held[giver, *key] >= count for key, count in _counts(papers))
        apart = what != "forward" or giver != receiver
        return all(each.sheets for each in papers) and (what == "take" or there) and apart

    def move(self, what: str, papers: list[Papers], giver: Holder, receiver: Holder) -> None:
        ends = {"take": ((ANN, 1),), "forward": ((giver, -1), (receiver, 1)), "return": ((giver, -1),)}[what]
        for holder, sign in ends:
            for key, count in _counts(papers):
                self.held[holder, *key] += sign * count
        self.taken += sum(each.sheets for each in papers) * (what == "take")
        self.returned += sum(each.sheets for each in papers) * (what == "return")

    def sheets(self, *, people: bool) -> int:
        return sum(count for (holder, *_), count in self.held.items() if holder.is_person is people)


def _counts(papers: list[Papers]) -> list[tuple[tuple[str, bool], int]]:
    return [
        ((each.code, original), count)
        for each in papers
        for original, count in ((True, each.originals), (False, each.copies))
    ]


def moved(ledger: list[Moved], what: str, papers: list[Papers], giver: Holder, receiver: Holder) -> Movement:
    if what == "take":
        return take(accepted(), ledger, papers, by=UUID(int=11), occasion=on())
    if what == "forward":
        return forward(ledger, papers, giver=giver, receiver=receiver)
    return give_back(accepted(), ledger, papers, giver=giver)


@given(acts)
def test_whatever_is_done_the_papers_are_where_a_plain_ledger_says(
    done: list[tuple[str, list[Papers], Holder, Holder]],
) -> None:
    ledger: list[Moved] = []
    plain = Plain()
    for act in done:
        if not plain.allows(*act):
            with pytest.raises((PapersNotHeld, InvalidInput)):
                moved(ledger, *act)
            continue
        movement = moved(ledger, *act)
        plain.move(*act)
        ledger += movement.moved
        out = plain.sheets(people=True)
        assert plain.taken == plain.returned + plain.sheets(people=False) + out
        assert movement.out == out_of_balance(ledger) == out
    assert piles(ledger) == {pile: count for pile, count in plain.held.items() if count}
    assert all(count >= 0 for count in plain.held.values())


def taken_of(**changes: object) -> list[Moved]:
    facts = case(**changes)  # type: ignore[arg-type]  # facts of a case
    movement = take(facts, [], ONE, by=UUID(int=11), occasion=on())
    assert movement.event is EventKind.PAPERS_TAKEN
    return list(movement.moved)


def test_nobody_gives_what_somebody_else_has() -> None:
    ledger = taken_of()
    for giver in (BOB, HALL):
        with pytest.raises(PapersNotHeld, match="FORM"):
            give_back(case(), ledger, ONE, giver=giver)
        with pytest.raises(PapersNotHeld):
            forward(ledger, ONE, giver=giver, receiver=ANN)


def test_nor_a_copy_for_an_original_nor_the_same_twice() -> None:
    ledger = taken_of()
    with pytest.raises(PapersNotHeld):
        give_back(case(), ledger, [Papers("FORM", copies=1)], giver=ANN)
    ledger += give_back(case(), ledger, ONE, giver=ANN).moved
    with pytest.raises(PapersNotHeld):
        give_back(case(), ledger, ONE, giver=ANN)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [Papers("FORM")],
        [Papers("FORM", 1), Papers("FORM", 1)],
        [Papers("FORM", -1, 2)],
        [Papers("FORM", 1, -1)],
        [Papers("FORM", 1001)],
        [Papers("UNKNOWN", 1)],
    ],
)
def test_papers_are_named_once_counted_and_known(wrong: list[Papers]) -> None:
    with pytest.raises(InvalidInput):
        take(case(), [], wrong, by=UUID(int=11), occasion=on())


def test_what_a_unit_has_is_in_balance_and_what_a_person_has_is_not() -> None:
    ledger = taken_of()
    assert out_of_balance(ledger) == 1
    ledger += forward(ledger, ONE, giver=ANN, receiver=BOB).moved
    assert out_of_balance(ledger) == 1
    movement = forward(ledger, ONE, giver=BOB, receiver=HALL)
    assert movement.out == 0
    assert forward([*ledger, *movement.moved], ONE, giver=HALL, receiver=ANN).out == 1


def test_a_case_is_neither_completed_nor_closed_while_papers_are_out() -> None:
    facts = replace(accepted(), papers_out=1)
    with pytest.raises(PapersOut, match="1"):
        cases.complete(facts, outcome=CaseOutcome.DONE, actor=CLERK, occasion=on())
    done = cases.complete(
        replace(facts, papers_out=0), outcome=CaseOutcome.DONE, actor=CLERK, occasion=on()
    ).case
    assert done.state is CaseState.COMPLETED


def test_the_result_is_taken_once_there_is_one() -> None:
    result = [Papers("RESULT", originals=1)]
    with pytest.raises(ResultNotReady):
        take(accepted(), [], result, by=UUID(int=11), occasion=on())
    done = replace(accepted(), state=CaseState.COMPLETED)
    assert take(done, [], result, by=UUID(int=11), occasion=on()).out == 1
    with pytest.raises(IllegalTransition):
        take(done, [], ONE, by=UUID(int=11), occasion=on())


def test_a_result_that_waits_for_others_is_neither_taken_nor_delivered_and_other_papers_are() -> None:
    result = [Papers("RESULT", originals=1)]
    done = replace(accepted(), state=CaseState.COMPLETED, outcome=CaseOutcome.GRANTED)
    ledger = [*take(done, [], result, by=UUID(int=11), occasion=on()).moved, *taken_of()]
    held = replace(done, result_held=True)
    with pytest.raises(ResultHeld):
        take(held, [], result, by=UUID(int=11), occasion=on())
    with pytest.raises(ResultHeld):
        give_back(held, ledger, [*ONE, *result], giver=ANN)
    assert give_back(held, ledger, ONE, giver=ANN).out == 1
    assert forward(ledger, result, giver=ANN, receiver=HALL).out == 1, "among the offices"
    assert give_back(done, ledger, result, giver=ANN).out == 1
    # A refusal, and what is void, holds nothing that anybody waits for.
    for over in ({"outcome": CaseOutcome.REFUSED}, {"result_standing": ResultStanding.WITHDRAWN}):
        assert give_back(replace(held, **over), ledger, result, giver=ANN).out == 1  # type: ignore[arg-type]  # facts


def test_taking_for_somebody_needs_the_authority_to_supply_or_to_receive() -> None:
    agency = case(help=HelpKind.AGENCY, authorisation=authorisation(AuthorisationScope.SUPPLY_MATERIALS))
    assert take(agency, [], ONE, by=UUID(int=11), occasion=on()).out == 1
    with pytest.raises(AuthorisationRequired):
        take(replace(agency, authorisation=None), [], ONE, by=UUID(int=11), occasion=on())
    with pytest.raises(AuthorisationRequired):
        take(agency, [], ONE, by=UUID(int=11), occasion=on(dt.date(2027, 1, 4)))
    done, result = replace(agency, state=CaseState.COMPLETED), [Papers("RESULT", 1)]
    with pytest.raises(AuthorisationRequired):
        take(done, [], result, by=UUID(int=11), occasion=on())
    able = replace(done, authorisation=authorisation(AuthorisationScope.RECEIVE_RESULT))
    assert take(able, [], result, by=UUID(int=11), occasion=on()).out == 1
