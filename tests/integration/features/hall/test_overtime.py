"""Overtime: before closing, for whoever was there by then; done, or carried over with an explanation."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.features.cases.casework import MONDAY
from tests.integration.features.hall.halls import Hall, on_shift

from bangban.features.hall.problems import (
    NotOpenToday,
    OvertimeNotOffered,
    OvertimeOpen,
    OvertimeUntimely,
    TicketExpired,
    TicketNotThere,
)
from bangban.features.hall.service.days import end_day
from bangban.features.hall.service.overtime import start_overtime
from bangban.features.hall.tables import OvertimeRow, TicketRow
from bangban.features.hall.values import OvertimeKind, OvertimeOutcome, TicketState, TicketStep, VisitState
from bangban.kernel.problems import InvalidInput

SHANGHAI = dt.timedelta(hours=8)
CLOSING = dt.datetime(2026, 6, 8, 17, tzinfo=dt.UTC) - SHANGHAI
MINUTES = dt.timedelta(minutes=1)


def begin(
    hall: Hall, ticket: TicketRow, *, now: dt.datetime, kind: OvertimeKind = OvertimeKind.EVENING
) -> None:
    how = {"ticket_id": ticket.id, "window_id": hall.windows["1"], "kind": kind}
    hall.world.act("guide", start_overtime, now=now, **how)


def overtime_of(hall: Hall, ticket: TicketRow) -> OvertimeRow:
    return hall.world.rows(OvertimeRow, OvertimeRow.ticket_id == ticket.id)[0]


def test_overtime_ends_done_and_its_minutes_count_from_closing(hall: Hall) -> None:
    ticket = hall.ticketed(1, now=CLOSING - 40 * MINUTES)
    begin(hall, ticket, now=CLOSING - 30 * MINUTES)  # as soon as it may be
    hall.call(now=CLOSING - 5 * MINUTES)
    hall.move(ticket, TicketStep.SERVE, TicketStep.FINISH, now=CLOSING + 25 * MINUTES)
    row = overtime_of(hall, ticket)
    assert (row.outcome, row.starts_at) == (OvertimeOutcome.DONE, CLOSING)
    assert row.ended_at == CLOSING + 25 * MINUTES
    assert hall.visit(ticket.visit_id).state is VisitState.DONE


@pytest.mark.parametrize("minutes", [-31, 0, 1])
def test_overtime_is_opened_shortly_before_closing_and_never_after(hall: Hall, minutes: int) -> None:
    ticket = hall.ticketed(1, now=CLOSING - 60 * MINUTES)
    with pytest.raises(OvertimeUntimely):
        begin(hall, ticket, now=CLOSING + minutes * MINUTES)


def test_only_what_the_district_offers_on_a_day_that_closes(hall: Hall) -> None:
    ticket = hall.ticketed(1, now=CLOSING - 20 * MINUTES)
    with pytest.raises(OvertimeNotOffered):
        begin(hall, ticket, now=CLOSING - 10 * MINUTES, kind=OvertimeKind.NOON)
    saturday = CLOSING + dt.timedelta(days=5)
    on_shift(hall, "guide", begins=saturday - 60 * MINUTES)
    weekend = hall.ticketed(2, now=saturday - 20 * MINUTES)
    with pytest.raises(NotOpenToday):
        begin(hall, weekend, now=saturday - 10 * MINUTES)


def test_what_is_in_overtime_is_finished_or_explained(hall: Hall) -> None:
    ticket = hall.ticketed(1, now=CLOSING - 20 * MINUTES)
    begin(hall, ticket, now=CLOSING - 10 * MINUTES)
    with pytest.raises(OvertimeOpen):
        begin(hall, ticket, now=CLOSING - 9 * MINUTES)
    later = CLOSING + 10 * MINUTES
    for step in (TicketStep.CANCEL, TicketStep.TRANSFER):
        with pytest.raises(OvertimeOpen):
            hall.move(ticket, step, now=later)
    for explanation in (None, " ", "短"):
        with pytest.raises(InvalidInput):
            hall.move(ticket, TicketStep.CARRY_OVER, now=later, explanation=explanation)
    hall.move(ticket, TicketStep.CARRY_OVER, now=later, explanation="系统故障,明日优先办理")
    row = overtime_of(hall, ticket)
    assert (row.outcome, row.explanation) == (OvertimeOutcome.CARRIED_OVER, "系统故障,明日优先办理")
    assert hall.ticket(ticket.id).state is TicketState.CANCELLED
    with pytest.raises(TicketNotThere):
        hall.move(ticket, TicketStep.CARRY_OVER, now=later, explanation="系统故障,明日优先办理")


def test_nothing_is_carried_over_without_overtime(hall: Hall) -> None:
    with pytest.raises(InvalidInput):
        hall.move(hall.ticketed(1), TicketStep.CARRY_OVER, explanation="系统故障,明日优先办理")


def test_midnight_ends_what_is_left_once_and_leaves_today_alone(hall: Hall) -> None:
    done, left = hall.ticketed(1), hall.ticketed(2, now=CLOSING - 20 * MINUTES)
    greeted = hall.greet(3)
    begin(hall, left, now=CLOSING - 10 * MINUTES)
    how = {"point_id": hall.id, "day": MONDAY.date()}
    assert hall.world.act("admin", end_day, now=CLOSING, **how) == 0
    tomorrow = MONDAY + dt.timedelta(days=1)
    with pytest.raises(TicketExpired):
        hall.move(done, TicketStep.CANCEL, now=tomorrow)
    assert hall.world.act("admin", end_day, now=tomorrow, **how) == 3
    assert hall.world.act("admin", end_day, now=tomorrow, **how) == 0
    assert {each.state for each in hall.tickets()} == {TicketState.CANCELLED}
    assert {hall.visit(each).state for each in (done.visit_id, left.visit_id, greeted)} == {VisitState.LEFT}
    row = overtime_of(hall, left)
    assert row.outcome is OvertimeOutcome.CARRIED_OVER
    assert row.explanation
