"""Tasks at the door and custody together: what is taken is returned or still held, whatever fails (invariant 7)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.cases.case_facts import accepted, on
from tests.unit.features.orders.order_facts import NOW, actor, helper, order

from bangban.features.cases.rules.papers import Papers
from bangban.features.custody import rules as custody
from bangban.features.custody.rules import Holder, Moved
from bangban.features.custody.values import CustodyKind
from bangban.features.orders.problems import SignatureMissing
from bangban.features.orders.rules import ending, working
from bangban.features.orders.rules.door import check_signature, movement_of
from bangban.features.orders.rules.facts import Helper, OrderFacts
from bangban.features.orders.rules.settings import OrderSettings, order_settings
from bangban.features.orders.values import OrderKind, OrderState, OrderStep
from bangban.features.profiles.values import SignatureRule
from bangban.kernel.levels import AreaLevel
from bangban.kernel.problems import InvalidInput, Problem

ANN, BOB = helper(1, AreaLevel.GRID), helper(2, AreaLevel.GRID)
SETTINGS = OrderSettings()
DOOR = (OrderKind.PICKUP, OrderKind.DELIVERY)
STEPS = (OrderStep.START, OrderStep.FINISH, OrderStep.FAIL, OrderStep.CANCEL)
papers = st.lists(
    st.builds(Papers, st.sampled_from(["FORM", "LEASE"]), st.integers(0, 2), st.integers(0, 2)),
    max_size=2,
    unique_by=lambda each: each.code,
)
acts = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(STEPS), st.sampled_from([ANN, BOB]), papers), max_size=30
)


@dataclass
class Doors:
    """Four tasks of one case, two of each kind, and its custody; each act is one transaction."""

    ledger: list[Moved] = field(default_factory=list)
    tasks: list[OrderFacts] = field(
        default_factory=lambda: [
            order(kind=kind, state=OrderState.CLAIMED, holder_id=who.id)
            for kind in DOOR
            for who in (ANN, BOB)
        ]
    )

    def act(self, number: int, step: OrderStep, who: Helper, named: list[Papers]) -> None:
        task = self.tasks[number]
        after = self._stepped(task, step, who)
        kind = movement_of(task.kind, step, papers=named, case_number="TS1")
        moved: tuple[Moved, ...] = ()
        if kind is CustodyKind.TAKEN:
            moved = custody.take(accepted(), self.ledger, named, by=who.id, occasion=on()).moved
        elif kind is CustodyKind.RETURNED:
            moved = custody.give_back(accepted(), self.ledger, named, giver=Holder(staff_id=who.id)).moved
        self.tasks[number] = after
        self.ledger += moved

    def _stepped(self, task: OrderFacts, step: OrderStep, who: Helper) -> OrderFacts:
        by = actor(who)
        if step is OrderStep.START:
            return working.start(task, who, settings=SETTINGS, actor=by, at=NOW).order
        if step is OrderStep.FINISH:
            return working.finish(task, actor=by, at=NOW).order
        if step is OrderStep.FAIL:
            return working.fail(task, reason="家中无人", window=None, actor=by, at=NOW).order
        return ending.cancel(task, reason="改期", may_place=False, may_dispatch=True, actor=by, at=NOW).order


@given(acts)
def test_the_balance_holds_through_doors_that_open_and_doors_that_do_not(
    done: list[tuple[int, OrderStep, Helper, list[Papers]]],
) -> None:
    doors, taken, returned = Doors(), 0, 0
    for number, step, who, named in done:
        tasks, ledger, sheets = list(doors.tasks), list(doors.ledger), sum(each.sheets for each in named)
        try:
            doors.act(number, step, who, named)
        except Problem:
            assert (doors.tasks, doors.ledger) == (tasks, ledger), "refused as a whole"
            continue
        if doors.ledger != ledger:
            assert (step, doors.tasks[number].state) == (OrderStep.FINISH, OrderState.DONE)
            assert tasks[number].holder_id == who.id
        else:
            assert not named, "papers that were named went somewhere"
        taken += sheets * (tasks[number].kind is OrderKind.PICKUP)
        returned += sheets * (tasks[number].kind is OrderKind.DELIVERY)
        assert taken == returned + custody.out_of_balance(doors.ledger)


@pytest.mark.parametrize(
    ("kind", "step", "case_number"),
    [
        (OrderKind.NEED, OrderStep.FINISH, "TS1"),
        (OrderKind.PICKUP, OrderStep.FAIL, "TS1"),
        (OrderKind.DELIVERY, OrderStep.START, "TS1"),
        (OrderKind.PICKUP, OrderStep.FINISH, None),
    ],
)
def test_papers_are_named_where_they_move_and_nowhere_else(
    kind: OrderKind, step: OrderStep, case_number: str | None
) -> None:
    with pytest.raises(InvalidInput):
        movement_of(kind, step, papers=[Papers("FORM", 1)], case_number=case_number)
    assert movement_of(kind, step, papers=(), case_number=case_number) is None


@given(
    st.sampled_from(OrderKind),
    st.sampled_from(OrderStep),
    st.booleans(),
    st.booleans(),
    st.sampled_from(SignatureRule),
)
def test_a_door_is_signed_for_where_the_district_wants_it_and_nowhere_else(
    kind: OrderKind, step: OrderStep, signed: bool, moves_papers: bool, wanted: SignatureRule
) -> None:
    ends = kind in DOOR and step is OrderStep.FINISH
    asked = {SignatureRule.ALWAYS: True, SignatureRule.WITH_PAPERS: moves_papers, SignatureRule.NEVER: False}
    lacks = ends and asked[wanted] and not signed
    refusal = InvalidInput if signed and not ends else SignatureMissing if lacks else None
    with pytest.raises(refusal) if refusal else nullcontext():
        check_signature(kind, step, signed=signed, moves_papers=moves_papers, wanted=wanted)


def test_papers_change_hands_signed_unless_a_district_says_otherwise() -> None:
    assert order_settings({}).signature is SignatureRule.WITH_PAPERS
    assert order_settings({"orders": {"signature": "NEVER"}}).signature is SignatureRule.NEVER
