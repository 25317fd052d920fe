"""中止、恢复、不予受理、撤回、终止: where a case stops, and what stops with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from tests.unit.features.cases.case_facts import (
    APPLICANT,
    CLERK,
    HELPER,
    MONDAY,
    OTHER,
    SUPERVISOR,
    accepted,
    case,
    noticed,
    on,
    ready,
    tolerated,
)

from bangban.features.cases import rules
from bangban.features.cases.problems import IllegalTransition
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.values import CaseOutcome, CaseState
from bangban.kernel.clock import Light
from bangban.kernel.problems import InvalidInput

WEDNESDAY, FRIDAY = MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=4)
SATURDAY, SUNDAY = MONDAY + dt.timedelta(days=5), MONDAY + dt.timedelta(days=6)
NEXT_MONDAY = MONDAY + dt.timedelta(days=7)


def suspend(facts: CaseFacts, day: dt.date = WEDNESDAY) -> CaseFacts:
    return rules.suspend(facts, reason="等待检测", actor=CLERK, occasion=on(day)).case


def resume(facts: CaseFacts, day: dt.date = FRIDAY) -> CaseFacts:
    return rules.resume(facts, actor=CLERK, occasion=on(day)).case


def decline(facts: CaseFacts, reason: str = "不属于本事项", basis: str = "条例第二条") -> CaseFacts:
    return rules.decline(facts, reason=reason, basis=basis, actor=CLERK, occasion=on()).case


def withdraw(facts: CaseFacts) -> CaseFacts:
    return rules.withdraw(facts, reason=None, actor=APPLICANT, occasion=on()).case


def terminate(facts: CaseFacts, day: dt.date = MONDAY) -> CaseFacts:
    return rules.terminate(facts, reason="逾期未补", basis="承诺书", actor=SUPERVISOR, occasion=on(day)).case


def complete(facts: CaseFacts) -> CaseFacts:
    return rules.complete(facts, outcome=CaseOutcome.DONE, actor=CLERK, occasion=on()).case


def offered(facts: CaseFacts) -> CaseFacts:
    return rules.hand_over(
        facts,
        to_id=OTHER.id,
        to_name="丙",
        reason="换班",
        may_dispatch=False,
        actor=HELPER,
        occasion=on(),
    ).case


class TestSuspension:
    def test_lengthens_the_limit_by_the_working_days_it_lasted(self) -> None:
        before = accepted()
        after = resume(suspend(before))
        assert before.clock is not None
        assert after.clock is not None
        assert after.clock.due_ordinal == before.clock.due_ordinal + 2
        assert after.clock.due_on == dt.date(2026, 6, 25)
        assert after.state is CaseState.ACCEPTED

    @pytest.mark.parametrize(
        ("start", "end", "pause"),
        [
            (WEDNESDAY, WEDNESDAY, 0),
            (FRIDAY, NEXT_MONDAY, 1),
            (SATURDAY, NEXT_MONDAY, 0),
            (SATURDAY, SUNDAY, 0),
        ],
    )
    def test_counts_working_days_alone(self, start: dt.date, end: dt.date, pause: int) -> None:
        before = accepted()
        after = resume(suspend(before, start), end)
        assert before.clock is not None
        assert after.clock is not None
        assert after.clock.due_ordinal - before.clock.due_ordinal == pause

    def test_goes_back_to_where_it_was(self) -> None:
        taken = rules.take_over(offered(accepted()), actor=OTHER, occasion=on()).case
        assert taken.state is CaseState.IN_PROGRESS
        assert resume(suspend(taken)).state is CaseState.IN_PROGRESS

    def test_adds_up(self) -> None:
        once = resume(suspend(accepted()))
        twice = resume(suspend(once, FRIDAY), NEXT_MONDAY)
        assert twice.clock is not None
        assert twice.clock.paused_days == 3
        assert twice.clock.due_ordinal == twice.clock.accepted_ordinal + 10 + 3

    def test_two_never_overlap(self) -> None:
        with pytest.raises(IllegalTransition):
            suspend(suspend(accepted()), FRIDAY)

    def test_only_a_suspended_case_is_resumed(self) -> None:
        with pytest.raises(IllegalTransition):
            resume(accepted())

    @pytest.mark.parametrize("facts", [case(), noticed().case, ready(), complete(accepted())])
    def test_only_what_is_being_done_is_suspended(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            suspend(facts)

    def test_has_a_reason(self) -> None:
        with pytest.raises(InvalidInput):
            rules.suspend(accepted(), reason=" ", actor=CLERK, occasion=on())

    def test_completes_nothing_while_it_lasts(self) -> None:
        with pytest.raises(IllegalTransition):
            complete(suspend(accepted(), MONDAY))


class TestDeclining:
    @pytest.mark.parametrize("facts", [case(), noticed().case, ready()])
    def test_is_a_decision_with_reasons_and_basis_before_acceptance(self, facts: CaseFacts) -> None:
        declined = decline(facts)
        assert declined.state is CaseState.DECLINED
        assert (declined.opinion, declined.decision_basis) == ("不属于本事项", "条例第二条")
        assert declined.ended_at is not None

    @pytest.mark.parametrize("facts", [accepted(), suspend(accepted()), decline(case())])
    def test_is_too_late_afterwards(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            decline(facts)

    @pytest.mark.parametrize(("reason", "basis"), [("", "条例"), ("不属于", "  ")])
    def test_states_both(self, reason: str, basis: str) -> None:
        with pytest.raises(InvalidInput):
            decline(case(), reason, basis)


class TestWithdrawing:
    @pytest.mark.parametrize(
        "facts", [case(), noticed().case, ready(), accepted(), tolerated(), suspend(accepted(), MONDAY)]
    )
    def test_is_the_applicants_right_before_completion(self, facts: CaseFacts) -> None:
        assert withdraw(facts).state is CaseState.WITHDRAWN

    @pytest.mark.parametrize("facts", [complete(accepted()), withdraw(case()), decline(case())])
    def test_is_too_late_afterwards(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            withdraw(facts)

    def test_by_staff_states_the_request(self) -> None:
        with pytest.raises(InvalidInput):
            rules.withdraw(case(), reason=None, actor=CLERK, occasion=on())
        rules.withdraw(case(), reason="申请人来电", actor=CLERK, occasion=on())

    def test_of_a_suspended_case_leaves_no_stopped_clock(self) -> None:
        gone = withdraw(suspend(accepted(), MONDAY))
        assert gone.clock is not None
        assert not gone.clock.paused
        assert gone.suspended_from is None

    def test_stops_the_clock_for_good(self) -> None:
        gone = withdraw(accepted())
        assert gone.clock is not None
        later = on(dt.date(2026, 12, 1))
        assert gone.clock.light(later.calendar.moment(later.today)) is Light.GREEN


class TestTerminating:
    @pytest.mark.parametrize("facts", [accepted(), tolerated(), suspend(accepted(), MONDAY)])
    def test_ends_an_accepted_case(self, facts: CaseFacts) -> None:
        assert terminate(facts).state is CaseState.TERMINATED

    @pytest.mark.parametrize("facts", [case(), ready(), complete(accepted())])
    def test_ends_nothing_else(self, facts: CaseFacts) -> None:
        with pytest.raises(IllegalTransition):
            terminate(facts)

    def test_tells_the_trail_whether_a_promise_was_broken(self) -> None:
        promised_by = MONDAY + dt.timedelta(days=3)
        for day, broken in ((promised_by, False), (promised_by + dt.timedelta(days=1), True)):
            transition = rules.terminate(
                tolerated(), reason="逾期", basis="承诺书", actor=SUPERVISOR, occasion=on(day)
            )
            assert transition.audit.details == {"promise_broken": broken}


@pytest.mark.parametrize(
    ("facts", "end"),
    [(case(), decline), (case(), withdraw), (accepted(), withdraw), (accepted(), terminate)],
)
def test_the_end_of_a_case_ends_its_open_hand_over(
    facts: CaseFacts, end: Callable[[CaseFacts], CaseFacts]
) -> None:
    ended = end(offered(facts))
    assert not ended.handover_pending
    assert ended.holder_id == HELPER.id
