"""Whoever does not answer in the days that the law leaves has accepted, from the day on which the papers came in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.cases.case_facts import APPLICANT, CALENDAR, CLERK, MONDAY, REQUIRED, case, on, ready

from bangban.features.cases import rules
from bangban.features.cases.rules.facts import CaseFacts
from bangban.features.cases.rules.silence import ANSWER_WORKING_DAYS, LATE_ANSWER, deemed_accepted_on
from bangban.features.cases.rules.transition import Transition
from bangban.kernel.clock import start_clock

LAST = CALENDAR.add_working_days(MONDAY, ANSWER_WORKING_DAYS)  # the Monday after
TOO_LATE = LAST + dt.timedelta(days=1)


def licence(**changes: object) -> CaseFacts:
    return ready(licence=True, received_on=MONDAY, **changes)


def accepted(facts: CaseFacts, day: dt.date) -> Transition:
    return rules.accept(facts, actor=CLERK, occasion=on(day))


def noticed(facts: CaseFacts, day: dt.date, *, may_repeat: bool = False) -> Transition:
    return rules.give_notice(
        facts,
        dict.fromkeys(REQUIRED, "未提交"),
        opinion=None,
        deadline=None,
        may_repeat=may_repeat,
        actor=CLERK,
        occasion=on(day),
    )


def test_the_fifth_day_is_in_time_and_the_sixth_is_not() -> None:
    assert accepted(licence(), LAST).case.counts_from is None
    late = accepted(licence(), TOO_LATE)
    assert late.case.counts_from == MONDAY
    assert late.case.accepted_at == on(TOO_LATE).at, "what the office did keeps its own moment"
    assert late.case.clock == start_clock(CALENDAR, accepted_on=MONDAY, promised=10)
    assert str(MONDAY) in (late.event.note or "")
    assert late.audit.details["countsFrom"] == str(MONDAY)
    assert late.violation is not None
    assert late.violation.kind == LATE_ANSWER


def test_days_of_rest_do_not_count() -> None:
    before = dt.date(2026, 2, 10)  # the Spring Festival comes between
    facts = replace(licence(), received_on=before)
    assert deemed_accepted_on(facts, occasion=on(dt.date(2026, 2, 24))) is None
    assert deemed_accepted_on(facts, occasion=on(dt.date(2026, 2, 25))) == before


def test_other_matters_follow_rules_of_their_own() -> None:
    given_ = accepted(ready(received_on=MONDAY), TOO_LATE)
    assert given_.case.counts_from is None
    assert given_.violation is None


def test_a_late_notice_stops_nothing_and_is_a_breach() -> None:
    late = noticed(case(licence=True, received_on=MONDAY), TOO_LATE)
    assert late.violation is not None
    assert late.violation.kind == LATE_ANSWER
    came_on = TOO_LATE + dt.timedelta(days=10)
    supplied = rules.supply(late.case, REQUIRED, actor=APPLICANT, occasion=on(came_on)).case
    again = replace(supplied, received_on=came_on)  # as it is read from the timeline
    checked = rules.pre_check(again, opinion=None, actor=CLERK).case
    done = accepted(checked, came_on)
    assert done.case.counts_from == MONDAY
    assert done.violation is None, "there was one late answer"


def test_after_a_notice_in_time_the_days_begin_with_the_papers() -> None:
    told = noticed(case(licence=True, received_on=MONDAY), LAST)
    assert told.violation is None
    waiting = told.case
    assert deemed_accepted_on(waiting, occasion=on(TOO_LATE)) is None, "it waits for the applicant"
    supplied = rules.supply(waiting, REQUIRED, actor=APPLICANT, occasion=on(TOO_LATE)).case
    checked = rules.pre_check(replace(supplied, received_on=TOO_LATE), opinion=None, actor=CLERK).case
    until = CALENDAR.add_working_days(TOO_LATE, ANSWER_WORKING_DAYS)
    assert accepted(checked, until).case.counts_from is None
    assert accepted(checked, until + dt.timedelta(days=3)).case.counts_from == TOO_LATE


def test_a_second_notice_that_is_late_as_well_is_one_breach_that_says_both() -> None:
    told = noticed(case(licence=True, received_on=MONDAY), LAST).case
    supplied = rules.supply(told, REQUIRED, actor=APPLICANT, occasion=on(LAST)).case
    again = noticed(replace(supplied, received_on=LAST), LAST + dt.timedelta(days=20), may_repeat=True)
    assert again.violation is not None
    assert again.violation.kind == "SECOND_NOTICE"
    assert "第三十二条" in (again.violation.note or "")
    assert again.case.counts_from == LAST


def test_to_decline_too_late_is_on_record() -> None:
    late = rules.decline(licence(), reason="不属于本机关", basis="条例", actor=CLERK, occasion=on(TOO_LATE))
    assert late.violation is not None
    assert late.violation.kind == LATE_ANSWER


def test_tolerance_has_its_whole_time_though_the_office_was_late() -> None:
    day = MONDAY + dt.timedelta(days=28)
    facts = licence(supplied=("FORM",))
    by = CALENDAR.add_working_days(day, 10)
    given_ = rules.accept(
        facts, tolerated=["LEASE", "PHOTO"], promised_by=by, actor=CLERK, occasion=on(day)
    ).case
    assert given_.clock is not None
    assert given_.clock.due_on < day < by


@given(st.integers(0, 200), st.integers(0, 60), st.integers(0, 30))
def test_no_answer_makes_a_case_due_later_than_an_answer_in_time(
    start: int, waited: int, promised: int
) -> None:
    received = dt.date(2025, 3, 3) + dt.timedelta(days=start)
    today = received + dt.timedelta(days=waited)
    facts = replace(licence(promised_days=promised), received_on=received)
    clock = accepted(facts, today).case.clock
    assert clock is not None
    latest = start_clock(
        CALENDAR, accepted_on=CALENDAR.add_working_days(received, ANSWER_WORKING_DAYS), promised=promised
    )
    assert clock.due_ordinal <= latest.due_ordinal
