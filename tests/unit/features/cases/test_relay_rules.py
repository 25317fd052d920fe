"""交接: exactly one holder at any time, the sender until it is taken, the first-asked owner for good."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.unit.features.cases.case_facts import (
    CLERK,
    HELPER,
    OTHER,
    SUPERVISOR,
    accepted,
    case,
    noticed,
    on,
    ready,
)

from bangban.features.cases import rules
from bangban.features.cases.problems import HandoverPending, IllegalTransition, NoHandover, NotTheHolder
from bangban.features.cases.rules.facts import Actor, CaseFacts
from bangban.features.cases.rules.transition import Transition
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.kernel.problems import InvalidInput


def hand_over(
    facts: CaseFacts,
    *,
    to: Actor = OTHER,
    by: Actor = HELPER,
    reason: str = "换班",
    may_dispatch: bool = False,
) -> Transition:
    return rules.hand_over(
        facts,
        to_id=to.id,
        to_name=to.staff_name or "",
        reason=reason,
        may_dispatch=may_dispatch,
        actor=by,
        occasion=on(),
    )


def take(facts: CaseFacts, by: Actor = OTHER) -> CaseFacts:
    return rules.take_over(facts, actor=by, occasion=on()).case


def give_back(facts: CaseFacts, by: Actor = OTHER, reason: str = "不在岗") -> CaseFacts:
    return rules.give_back(facts, reason=reason, actor=by, occasion=on()).case


def test_the_sender_holds_the_case_until_it_is_taken() -> None:
    offered = hand_over(case()).case
    assert offered.holder_id == HELPER.id
    assert offered.handover_pending
    taken = take(offered)
    assert taken.holder_id == OTHER.id
    assert not taken.handover_pending


def test_the_first_asked_owner_stays_through_a_chain() -> None:
    once = take(hand_over(case()).case)
    twice = take(hand_over(once, to=CLERK, by=OTHER).case, by=CLERK)
    assert (twice.holder_id, twice.first_asked_id) == (CLERK.id, HELPER.id)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (case(), CaseState.SUBMITTED),
        (noticed().case, CaseState.AWAITING_MATERIALS),
        (ready(), CaseState.PRE_CHECKING),
        (accepted(), CaseState.IN_PROGRESS),
    ],
)
def test_taking_an_accepted_case_puts_it_in_progress_and_changes_no_other(
    facts: CaseFacts, state: CaseState
) -> None:
    assert take(hand_over(facts).case).state is state


def test_only_the_holder_hands_over() -> None:
    with pytest.raises(NotTheHolder):
        hand_over(case(), by=CLERK)


def test_a_dispatcher_may_on_record_and_the_holder_is_the_sender_still() -> None:
    transition = hand_over(case(), by=SUPERVISOR, may_dispatch=True)
    assert transition.audit.details["dispatched"] is True
    assert transition.event.actor == "丁督办"
    assert (transition.event.note or "").startswith("派单给")
    assert transition.case.handover is not None
    assert transition.case.handover.from_id == HELPER.id


def test_one_at_a_time() -> None:
    with pytest.raises(HandoverPending):
        hand_over(hand_over(case()).case, to=CLERK)


def test_not_to_the_holder_and_not_without_a_reason() -> None:
    with pytest.raises(InvalidInput):
        hand_over(case(), to=HELPER)
    with pytest.raises(InvalidInput):
        hand_over(case(), reason=" ")


@pytest.mark.parametrize("stranger", [HELPER, CLERK, Actor(id=UUID(int=77), staff_name="外人")])
def test_nobody_but_the_receiver_takes_or_returns(stranger: Actor) -> None:
    offered = hand_over(case()).case
    with pytest.raises(NoHandover):
        take(offered, by=stranger)
    with pytest.raises(NoHandover):
        give_back(offered, by=stranger)


def test_of_two_who_take_at_once_the_second_finds_nothing() -> None:
    with pytest.raises(NoHandover):
        take(take(hand_over(case()).case))


def test_a_returned_case_stays_with_its_sender_who_may_offer_it_again() -> None:
    returned = give_back(hand_over(case()).case)
    assert returned.holder_id == HELPER.id
    assert hand_over(returned, to=CLERK).case.handover_pending
    with pytest.raises(InvalidInput):
        give_back(hand_over(case()).case, reason="")


def test_a_finished_case_is_handed_to_nobody() -> None:
    done = rules.complete(accepted(), outcome=CaseOutcome.DONE, actor=CLERK, occasion=on()).case
    with pytest.raises(IllegalTransition):
        hand_over(done)
