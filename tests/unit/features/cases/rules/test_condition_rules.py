"""A result that depends on promised materials: what it says of itself, how it is lifted, and how it is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.unit.features.cases.case_facts import APPLICANT, CLERK, HELPER, MONDAY, on, state_of, tolerated

from bangban.features.cases import rules
from bangban.features.cases.paper_problems import (
    PromiseNotBroken,
    PromiseOver,
    ResultConditional,
    ToleranceOpen,
)
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules import conditions
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.rules.transition import Announcement, Transition
from bangban.features.cases.values import CaseOutcome, CaseState, Grade, MaterialState, ResultStanding
from bangban.kernel.problems import InvalidInput

THURSDAY = MONDAY + dt.timedelta(days=3)  # the promised day
FRIDAY = MONDAY + dt.timedelta(days=4)


def done(
    facts: CaseFacts | None = None,
    *,
    outcome: CaseOutcome = CaseOutcome.GRANTED,
    allowed: bool = True,
    day: dt.date = MONDAY,
) -> Transition:
    return rules.complete(
        tolerated() if facts is None else facts,
        outcome=outcome,
        opinion="意见",
        basis="依据",
        before_supplied=allowed,
        actor=CLERK,
        occasion=on(day),
    )


def supplied(facts: CaseFacts, *codes: str, day: dt.date = MONDAY) -> CaseFacts:
    return rules.supply(facts, codes or ("LEASE", "PHOTO"), actor=APPLICANT, occasion=on(day)).case


def test_it_says_what_is_missing_until_when_and_what_follows() -> None:
    given = done()
    assert given.case.state is CaseState.COMPLETED
    assert given.case.result_standing is ResultStanding.CONDITIONAL
    for words in ("租赁合同", "照片", str(THURSDAY), "撤销"):
        assert words in (given.event.note or "")
    assert given.audit.details["missing"] == ["LEASE", "PHOTO"]
    assert given.audit.details["promisedBy"] == str(THURSDAY)


@pytest.mark.parametrize(
    ("outcome", "allowed"),
    [(CaseOutcome.GRANTED, False), (CaseOutcome.DONE, False), (CaseOutcome.REFUSED, True)],
)
def test_only_what_the_item_lets_and_never_a_refusal(outcome: CaseOutcome, allowed: bool) -> None:
    with pytest.raises(ToleranceOpen):
        done(outcome=outcome, allowed=allowed)


def test_no_result_on_a_promise_that_is_broken_already() -> None:
    assert done(day=THURSDAY).case.conditional
    with pytest.raises(PromiseOver):
        done(day=FRIDAY)


def test_what_is_complete_depends_on_nothing() -> None:
    whole = supplied(tolerated())
    assert done(whole).case.result_standing is None


def test_it_is_lifted_once_everything_came_and_was_looked_at() -> None:
    facts = done().case
    with pytest.raises(ToleranceOpen):
        conditions.meet(facts, actor=CLERK)
    partly = supplied(facts, "LEASE")
    with pytest.raises(ToleranceOpen):
        conditions.meet(partly, actor=CLERK)
    whole = supplied(partly, "PHOTO", day=THURSDAY)
    assert whole.conditional, "what came was not looked at yet"
    lifted = conditions.meet(whole, actor=CLERK)
    assert lifted.case.result_standing is ResultStanding.CONDITION_MET
    assert lifted.case.state is CaseState.COMPLETED
    assert Announcement.CONDITION_MET in lifted.announce
    with pytest.raises(IllegalTransition):
        conditions.meet(lifted.case, actor=HELPER)


def test_what_is_not_right_is_waited_for_again_until_the_same_day() -> None:
    whole = supplied(done().case)
    again = conditions.reject(whole, {"PHOTO": "不清楚"}, actor=CLERK).case
    assert state_of(again, "PHOTO") is MaterialState.TOLERATED
    assert state_of(again, "LEASE") is MaterialState.SUPPLIED
    assert again.tolerance is not None
    assert (again.tolerance.fulfilled_at, again.tolerance.promised_by) == (None, THURSDAY)
    with pytest.raises(InvalidInput):
        conditions.reject(whole, {"FORM": "不清楚"}, actor=CLERK)
    with pytest.raises(InvalidInput):
        conditions.reject(whole, {"PHOTO": " "}, actor=CLERK)
    lost = conditions.withdraw_result(again, actor=HELPER, occasion=on(FRIDAY))
    assert lost.case.result_standing is ResultStanding.WITHDRAWN


def test_it_is_lost_after_the_day_and_not_on_it() -> None:
    facts = done().case
    with pytest.raises(PromiseNotBroken):
        conditions.withdraw_result(facts, actor=HELPER, occasion=on(THURSDAY))
    lost = conditions.withdraw_result(facts, actor=HELPER, occasion=on(FRIDAY))
    assert lost.case.state is lost.event.to_state is CaseState.TERMINATED
    assert lost.case.completed_at == facts.completed_at, "that there was a result stays known"
    assert Announcement.RESULT_WITHDRAWN in lost.announce
    with pytest.raises(IllegalTransition):
        supplied(lost.case)
    with pytest.raises(IllegalTransition):
        conditions.withdraw_result(lost.case, actor=HELPER, occasion=on(FRIDAY))


def test_what_came_in_time_is_not_lost_because_nobody_looked() -> None:
    whole = supplied(done().case, day=THURSDAY)
    with pytest.raises(PromiseNotBroken):
        conditions.withdraw_result(whole, actor=HELPER, occasion=on(FRIDAY))


def test_it_is_rated_once_it_stands() -> None:
    whole = supplied(done().case)
    with pytest.raises(ResultConditional):
        rules.rate(whole, grade=Grade.SATISFIED, actor=APPLICANT, occasion=on())
    lifted = conditions.meet(whole, actor=CLERK).case
    assert rules.rate(lifted, grade=Grade.SATISFIED, actor=APPLICANT, occasion=on()).case.rating is not None
