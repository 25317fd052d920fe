"""A visit about a case is one trip of its applicant, whatever is done for the case meanwhile."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest
from tests.integration.features.cases.casework import MONDAY, REQUIRED, World
from tests.integration.features.hall.halls import Hall, on_shift, opened

from bangban.features.cases import service
from bangban.features.catalog.values import Channel
from bangban.features.hall.problems import AboutAnotherCase
from bangban.features.hall.service.days import end_day
from bangban.features.hall.service.visits import end_visit
from bangban.features.hall.tables import TicketRow
from bangban.features.hall.values import TicketStep, VisitEnd, VisitState
from bangban.kernel.problems import NotFound

MINUTE = dt.timedelta(minutes=1)
_days = count(8)


@pytest.fixture
def day() -> dt.datetime:
    """A morning on which no other test has the clerk apply."""
    return MONDAY + dt.timedelta(days=next(_days))


@pytest.fixture
def hall(world: World, day: dt.datetime) -> Hall:
    """A hall with its guide on shift that day."""
    made = opened(world)
    on_shift(made, "guide", begins=day - dt.timedelta(hours=2))
    return made


def served(hall: Hall, at: dt.datetime, **how: object) -> TicketRow:
    """A ticket that is being served."""
    ticket = hall.ticketed(now=at, **how)
    assert hall.call("7" if ticket.queue == "W7" else "1", now=at).id == ticket.id
    return hall.move(ticket, TicketStep.SERVE, now=at)


def applied(hall: Hall, at: dt.datetime) -> str:
    return hall.world.apply("clerk", now=at, channel=Channel.HALL)


def trips(hall: Hall, number: str) -> int | None:
    return hall.world.case(number).trips


def test_applying_and_bringing_papers_in_one_visit_is_one_trip(hall: Hall, day: dt.datetime) -> None:
    ticket = served(hall, day)
    number = applied(hall, day + MINUTE)
    hall.world.act("clerk", service.supply_materials, now=day + 2 * MINUTE, number=number, codes=REQUIRED)
    assert trips(hall, number) == 2, "casework does not know that it was one visit"
    hall.move(ticket, TicketStep.FINISH, now=day + 3 * MINUTE)
    assert trips(hall, number) == 1
    visit = hall.visit(ticket.visit_id)
    assert visit.case_id == hall.world.case(number).id, "the case that was applied for while serving"
    # Another visit, to ask how it stands: nothing is done, and yet somebody came.
    later = day + dt.timedelta(hours=3)
    again = hall.greet(now=later, purpose=None, case_number=number)
    assert trips(hall, number) == 1, "counted when it is over"
    hall.world.act("guide", end_visit, now=later + MINUTE, visit_id=again, how=VisitEnd.DONE)
    assert trips(hall, number) == 2


def test_a_visit_is_linked_once_and_counted_once(hall: Hall, day: dt.datetime) -> None:
    first, second = applied(hall, day - 60 * MINUTE), applied(hall, day - 50 * MINUTE)
    ticket = served(hall, day, purpose=None, case_number=first)
    assert ticket.queue == "W7", "papers of a case are not looked at again for a number"
    with pytest.raises(AboutAnotherCase):
        hall.move(ticket, TicketStep.FINISH, now=day + MINUTE, case_number=second)
    hall.move(ticket, TicketStep.FINISH, now=day + MINUTE, case_number=first)
    assert (trips(hall, first), trips(hall, second)) == (2, 1)
    with pytest.raises(NotFound):
        hall.greet(case_number="ZZ20000101-000001")


def test_of_two_cases_applied_for_at_once_neither_is_taken_for_the_visits(
    hall: Hall, day: dt.datetime
) -> None:
    ticket = served(hall, day)
    numbers = [applied(hall, day + MINUTE) for _ in range(2)]
    hall.move(ticket, TicketStep.FINISH, now=day + 2 * MINUTE)
    assert hall.visit(ticket.visit_id).case_id is None
    assert [trips(hall, each) for each in numbers] == [1, 1]


def test_whoever_is_still_there_at_midnight_came_once(hall: Hall, day: dt.datetime) -> None:
    number = applied(hall, day - 60 * MINUTE)
    visit = hall.greet(now=day, purpose=None, case_number=number)
    for _ in range(2):  # the timer may come twice
        hall.world.act(
            "dispatcher", end_day, now=day + dt.timedelta(days=1), point_id=hall.id, day=day.date()
        )
    assert hall.visit(visit).state is VisitState.LEFT
    assert trips(hall, number) == 2
