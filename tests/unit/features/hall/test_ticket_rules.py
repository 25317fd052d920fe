"""What may be done to a ticket, and who is called first."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.hall.problems import OvertimeOpen
from bangban.features.hall.rules.crowds import Limits, Standing, crowds, limits_at
from bangban.features.hall.rules.tickets import LIVE, Ticket, priority_of, step
from bangban.features.hall.ticket_problems import TicketExpired, TicketNotThere
from bangban.features.hall.values import (
    AlertKind,
    CareNeed,
    OvertimeOutcome,
    TicketState,
    TicketStep,
    VisitState,
)
from bangban.kernel.problems import InvalidInput

NOW = dt.datetime(2026, 6, 8, 2, tzinfo=dt.UTC)
TODAY = NOW.date()
MINUTE = dt.timedelta(minutes=1)
MOMENTS = st.integers(0, 5).map(lambda minutes: NOW + minutes * MINUTE)
WHY = "系统故障,明日优先办理"
TICKETS = st.builds(
    Ticket,
    number=st.just("A-001"),
    state=st.sampled_from(TicketState),
    day=st.sampled_from((TODAY, TODAY - dt.timedelta(days=1))),
    priority=st.integers(0, 3),
    queued_at=MOMENTS,
    serial=st.integers(1, 9),
    overtime=st.booleans(),
)


@given(TICKETS, st.sampled_from(TicketStep))
def test_nothing_dead_comes_to_life_and_what_ends_says_what_becomes_of_the_visit(
    ticket: Ticket, what: TicketStep
) -> None:
    try:
        moved = step(ticket, what, today=TODAY, explanation=WHY)
    except (TicketNotThere, TicketExpired, OvertimeOpen, InvalidInput):
        return
    assert ticket.state in LIVE
    assert ticket.day == TODAY
    assert moved.over is (moved.state not in LIVE)
    assert (moved.visit is not None) or what is TicketStep.RECALL
    ends_overtime = moved.over and ticket.overtime
    assert (moved.overtime is not None) is ends_overtime, "what began in overtime ends done or explained"
    if moved.overtime is OvertimeOutcome.CARRIED_OVER:
        assert moved.explanation == WHY
    assert moved.audit["step"] == what.value


def test_a_visit_follows_its_ticket() -> None:
    ticket = Ticket(number="A-001", state=TicketState.CALLED, day=TODAY, priority=0, queued_at=NOW, serial=1)
    assert step(ticket, TicketStep.SERVE, today=TODAY).visit is VisitState.AT_WINDOW
    assert step(ticket, TicketStep.NO_SHOW, today=TODAY).visit is VisitState.LEFT
    assert step(ticket, TicketStep.TRANSFER, today=TODAY).visit is VisitState.WAITING


@given(st.sets(st.sampled_from(CareNeed)), st.dictionaries(st.sampled_from(CareNeed), st.integers(0, 9)))
def test_the_class_is_the_highest_of_the_needs(needs: set[CareNeed], classes: dict[CareNeed, int]) -> None:
    found = priority_of(needs, classes)
    assert all(classes.get(each, 0) <= found for each in needs)
    assert found == 0 or any(classes.get(each) == found for each in needs)


def test_a_crowd_is_more_than_the_limit_and_a_wait_as_long_as_it() -> None:
    limits = Limits(length=3, minutes=20)
    assert crowds(Standing(waiting=3, since=NOW), limits, now=NOW + 19 * MINUTE) == {}
    assert crowds(Standing(waiting=4, since=NOW), limits, now=NOW) == {AlertKind.LENGTH: 4}
    assert crowds(Standing(waiting=1, since=NOW), limits, now=NOW + 20 * MINUTE) == {AlertKind.WAIT: 20}
    assert crowds(Standing(waiting=0, since=None), limits, now=NOW) == {}


def test_a_point_says_its_own_limits_one_by_one_and_the_districts_hold_for_the_rest() -> None:
    usual = Limits(length=20, minutes=30)
    assert limits_at(usual, length=None, minutes=None) == usual
    assert limits_at(usual, length=8, minutes=None) == Limits(length=8, minutes=30)
    assert limits_at(usual, length=None, minutes=10) == Limits(length=20, minutes=10)


def test_a_blank_explanation_is_none() -> None:
    ticket = Ticket(
        number="A-001",
        state=TicketState.SERVING,
        day=TODAY,
        priority=0,
        queued_at=NOW,
        serial=1,
        overtime=True,
    )
    for why in (None, "", "    短    "):
        with pytest.raises(InvalidInput):
            step(ticket, TicketStep.CARRY_OVER, today=TODAY, explanation=why)
