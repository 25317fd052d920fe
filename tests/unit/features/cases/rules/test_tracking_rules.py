"""Whoever is kept posted hears every few working days, for as long as there is something to tell (DOMAIN C03)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.features.cases.case_facts import CALENDAR, HELPER, MONDAY, case, on

from bangban.features.cases.problems import IllegalTransition, NotTracked
from bangban.features.cases.rules.tracking import CHASED, LONGEST, SHORTEST, check_in, told_of
from bangban.features.cases.rules.transition import Announcement, Transition
from bangban.features.cases.values import CaseState, EventKind
from bangban.kernel.problems import InvalidInput

WORDS = "材料已送县级窗口"


def told(day: dt.date = MONDAY, *, words: str = WORDS, days: int = 5, **changes: object) -> Transition:
    facts = replace(case(tracked=True, check_in_due_on=MONDAY), **changes)
    return check_in(facts, words=words, days=days, actor=HELPER, occasion=on(day))


def test_a_check_in_tells_and_the_next_one_counts_from_it() -> None:
    done = told(dt.date(2026, 6, 10), words=f"  {WORDS} ")
    assert done.case.check_in_due_on == dt.date(2026, 6, 17)
    assert (done.event.kind, done.event.note, done.event.due_on) == (EventKind.CHECKED_IN, WORDS, MONDAY)
    assert done.announce == (Announcement.CHANGED, Announcement.CHECKED_IN)
    assert done.audit.details == {}  # the words stay in the timeline


@given(gaps=st.lists(st.integers(0, 9), min_size=1, max_size=12), hours=st.integers(1, 6))
def test_messages_keep_apart_and_nobody_waits_for_one_without_end(gaps: list[int], hours: int) -> None:
    start, every = dt.datetime(2026, 6, 8, tzinfo=dt.UTC), dt.timedelta(hours=hours)
    times = [start + dt.timedelta(hours=sum(gaps[:n])) for n in range(len(gaps))]
    told = [times[n] for n in told_of(times, every=every)]
    assert told[0] == start
    assert all(after - before >= every for before, after in pairwise(told))
    for at in times:  # whoever heard nothing of one heard of another shortly before
        assert any(at - every < each <= at for each in told)


def test_of_no_check_in_nobody_is_told() -> None:
    assert told_of([], every=dt.timedelta(hours=1)) == []


@given(days=st.integers(1, 60), later=st.integers(0, 200))
def test_the_next_one_is_so_many_working_days_away_whenever_it_was(days: int, later: int) -> None:
    today = MONDAY + dt.timedelta(days=later)
    due = told(today, days=days).case.check_in_due_on
    assert due is not None
    between = [today + dt.timedelta(days=each) for each in range(1, (due - today).days + 1)]
    assert sum(map(CALENDAR.is_working, between)) == days
    assert CALENDAR.is_working(due)


@pytest.mark.parametrize("state", sorted(set(CaseState) - CHASED))
def test_where_nothing_goes_on_there_is_nothing_to_tell(state: CaseState) -> None:
    with pytest.raises(IllegalTransition):
        told(state=state)


@pytest.mark.parametrize("state", sorted(CHASED))
def test_a_check_in_moves_nothing_else(state: CaseState) -> None:
    before = case(tracked=True, check_in_due_on=MONDAY, state=state)
    after = check_in(before, words=WORDS, days=5, actor=HELPER, occasion=on()).case
    assert replace(after, check_in_due_on=MONDAY) == before


def test_who_did_not_ask_to_be_kept_posted_is_not() -> None:
    with pytest.raises(NotTracked):
        told(tracked=False)


@pytest.mark.parametrize("words", ["", "  ", "字" * (SHORTEST - 1), "字" * (LONGEST + 1)])
def test_something_is_said_and_fits_into_a_message(words: str) -> None:
    with pytest.raises(InvalidInput):
        told(words=words)
