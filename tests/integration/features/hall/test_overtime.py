"""Overtime: before closing, for whoever was there by then; done, or carried over with an explanation."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.features.cases.casework import ITEM, MONDAY
from tests.integration.features.hall.halls import Hall, on_shift

from bangban.features.hall.problems import NotOpenToday, OvertimeNotOffered, OvertimeOpen, OvertimeUntimely
from bangban.features.hall.service.days import end_day
from bangban.features.hall.service.overtime import start_overtime
from bangban.features.hall.tables import OvertimeRow, TicketRow
from bangban.features.hall.ticket_problems import TicketExpired, TicketNotThere
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


def test_whoever_waited_before_closing_and_is_served_after_it_counts_without_a_session(hall: Hall) -> None:
    early, late, after = (
        hall.ticketed(n, now=CLOSING + minutes * MINUTES) for n, minutes in ((1, -40), (2, -9), (3, 5))
    )
    for ticket, minutes in ((early, -1), (late, 12), (after, 20)):
        hall.call(now=CLOSING + (minutes - 2) * MINUTES)
        hall.move(ticket, TicketStep.SERVE, TicketStep.FINISH, now=CLOSING + minutes * MINUTES)
    (row,) = hall.world.rows(OvertimeRow, OvertimeRow.point_id == hall.id)
    assert (row.ticket_id, row.outcome) == (late.id, OvertimeOutcome.DONE)
    assert (row.starts_at, row.ended_at) == (CLOSING, CLOSING + 12 * MINUTES)


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
    assert {each.overtime_minutes for each in hall.tickets()} == {0}, "nobody said how long anything took"


def serve(hall: Hall, since: dt.datetime, until: dt.datetime) -> TicketRow:
    """Whoever is next comes to window 1, from one moment to another."""
    called = hall.call(now=since)
    hall.move(called, TicketStep.SERVE, now=since)
    hall.move(called, TicketStep.FINISH, now=until)
    return hall.ticket(called.id)


def test_what_goes_on_over_noon_counts_as_long_as_the_point_is_closed(hall: Hall) -> None:
    noon = CLOSING - 5 * 60 * MINUTES
    for n in (1, 2, 3):
        hall.ticketed(n, now=noon - 20 * MINUTES)
    served = [
        serve(hall, noon + since * MINUTES, noon + until * MINUTES)
        for since, until in ((-5, 40), (40, 120), (120, 130))
    ]
    assert [each.overtime_minutes for each in served] == [40, 50, 0], "it opens again at 13:30"
    assert not hall.world.rows(OvertimeRow, OvertimeRow.point_id == hall.id), "no noon is offered here"


def test_no_minute_of_a_window_counts_twice_though_somebodys_overtime_is_open_meanwhile(hall: Hall) -> None:
    first, second = (hall.ticketed(n, now=CLOSING - 20 * MINUTES) for n in (1, 2))
    begin(hall, second, now=CLOSING - 10 * MINUTES)
    for ticket, since, until in ((first, -5, 20), (second, 20, 43)):
        assert serve(hall, CLOSING + since * MINUTES, CLOSING + until * MINUTES).id == ticket.id
    assert [hall.ticket(each.id).overtime_minutes for each in (first, second)] == [20, 23]
    assert overtime_of(hall, second).ended_at == CLOSING + 43 * MINUTES


@pytest.mark.parametrize("days", [5, 11], ids=["Saturday", "Dragon Boat Festival"])
def test_on_days_without_hours_all_service_counts(hall: Hall, days: int) -> None:
    begins = CLOSING + dt.timedelta(days=days) - 60 * MINUTES
    on_shift(hall, "guide", begins=begins)
    hall.ticketed(1, now=begins)
    assert serve(hall, begins + 5 * MINUTES, begins + 17 * MINUTES).overtime_minutes == 12


def test_what_was_served_before_a_transfer_counts_too_and_what_was_never_served_does_not(hall: Hall) -> None:
    ticket = hall.ticketed(1, now=CLOSING - 20 * MINUTES)
    hall.call(now=CLOSING - 5 * MINUTES)
    hall.move(ticket, TicketStep.SERVE, now=CLOSING - 5 * MINUTES)
    other = hall.move(ticket, TicketStep.TRANSFER, now=CLOSING + 6 * MINUTES, service_code=ITEM)
    hall.move(other, TicketStep.CANCEL, now=CLOSING + 30 * MINUTES)
    assert [hall.ticket(each.id).overtime_minutes for each in (ticket, other)] == [6, 0]
