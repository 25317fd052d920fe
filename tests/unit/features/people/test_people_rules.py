"""Periods and posts, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.people.drafts import (
    AssignmentDraft,
    MembershipDraft,
    StaffDraft,
    TeamDraft,
    check_drafts,
)
from bangban.features.people.problems import AuditorApart, DatesReversed, PeopleFaulty
from bangban.features.people.rules import (
    Held,
    HeldPlan,
    check_apart,
    check_dates,
    counts_on,
    first_overlap,
    overlap,
    plan_periods,
)

DAY = date(2026, 1, 1)
days = st.integers(0, 30).map(lambda number: DAY + timedelta(days=number))


@dataclass(frozen=True)
class Span:
    since: date
    until: date | None


@st.composite
def spans(draw: st.DrawFn) -> Span:
    since = draw(days)
    length = draw(st.none() | st.integers(0, 10))
    return Span(since, None if length is None else since + timedelta(days=length))


@given(one=spans(), other=spans())
def test_periods_overlap_when_a_day_counts_in_both(one: Span, other: Span) -> None:
    shared = any(
        counts_on(one, day) and counts_on(other, day) for day in (DAY + timedelta(days=n) for n in range(60))
    )
    assert overlap(one, other) == shared == overlap(other, one)


@given(st.lists(spans(), max_size=6))
def test_an_overlap_among_many_is_found(periods: list[Span]) -> None:
    twice = any(overlap(a, b) for i, a in enumerate(periods) for b in periods[i + 1 :])
    assert (first_overlap(periods) is not None) == twice


def held(what: str, since: int, until: int | None = None, own: UUID | None = None) -> Held:
    return Held(
        id=own or uuid4(),
        what=(what,),
        since=DAY + timedelta(days=since),
        until=None if until is None else DAY + timedelta(days=until),
        label=what,
    )


def stored_after(plan: HeldPlan, before: Sequence[Held]) -> list[Held]:
    rows = {each.id: each for each in before}
    return list((rows | {each.id: each for each in (*plan.created, *plan.changed)}).values())


@given(
    first=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=5
    ),
    second=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=5
    ),
)
def test_an_import_of_periods_is_idempotent_and_never_leaves_two_at_once(
    first: list[tuple[str, int, int | None]], second: list[tuple[str, int, int | None]]
) -> None:
    stored: list[Held] = []
    for wished in (first, second):
        periods = [held(what, since, None if more is None else since + more) for what, since, more in wished]
        try:
            plan = plan_periods(stored, periods)
        except PeopleFaulty:
            continue  # refused whole: nothing is written
        stored = stored_after(plan, stored)
        for what in "ab":
            assert first_overlap([each for each in stored if each.what == (what,)]) is None
        again = plan_periods(stored, periods)
        assert (again.created, again.changed) == ([], [])


def test_a_period_that_shifted_is_the_same_period() -> None:
    before = held("a", 0, 10)
    plan = plan_periods([before], [held("a", 3, 12)])
    assert [each.id for each in plan.changed] == [before.id]
    assert plan.created == []


def test_what_is_not_named_stays_and_is_counted() -> None:
    before = held("a", 0, 2)
    plan = plan_periods([before], [held("a", 5)])
    assert plan.unnamed == [before]
    assert len(plan.created) == 1


def test_nobody_audits_and_works_on_the_same_day() -> None:
    audit = ("auditor", held("x", 0, 5))
    check_apart([audit, ("helper", held("y", 6))])
    with pytest.raises(AuditorApart):
        check_apart([audit, ("helper", held("y", 5))])


def test_a_period_does_not_end_before_it_begins() -> None:
    check_dates(DAY, DAY)
    with pytest.raises(DatesReversed):
        check_dates(DAY, DAY - timedelta(days=1))


def test_every_fault_of_a_list_is_named_at_once() -> None:
    with pytest.raises(PeopleFaulty) as refusal:
        check_drafts(
            [StaffDraft(key="p", name="甲", login="x"), StaffDraft(key="p", name=" ", login="x")],
            [
                AssignmentDraft(staff="p", role="resident", area="c", since=DAY),
                AssignmentDraft(staff="q", role="helper", area="c", since=DAY, until=date(2020, 1, 1)),
                AssignmentDraft(staff="r", role="auditor", area="c", since=DAY),
                AssignmentDraft(staff="r", role="helper", area="c", since=DAY),
            ],
            [TeamDraft(key="t", name="队", kind="TOWN"), TeamDraft(key="t", name="队", kind="TOWN")],
            [MembershipDraft(team="t", staff="p", since=DAY, until=date(2020, 1, 1))],
        )
    assert {fault.key for fault in refusal.value.faults} == {"p", "x", "q", "r", "t", "t/p"}
    assert "审计员" in refusal.value.message("zh")
