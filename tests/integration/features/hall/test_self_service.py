"""A number from a terminal: the desk's rules without a guide, and one live number for a visitor and queue at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, MONDAY
from tests.integration.features.hall.halls import NEEDED, Hall, numbers_of
from tests.integration.features.hall.test_many_at_once import at_once

from bangban.features.hall.problems import ChecklistIncomplete, PapersMissing, PapersUnchecked
from bangban.features.hall.rules.papers import Found
from bangban.features.hall.service.announcing import DAY_ENDED, day_reference
from bangban.features.hall.service.self_service import AtTerminal, take_ticket
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.ticket_problems import DuplicateTicket, WrongQueue
from bangban.features.hall.values import PaperState, TicketState, TicketStep, VisitState
from bangban.features.places.problems import ClosedNow, TerminalDown, TerminalUnknown
from bangban.features.places.tables import ServicePointRow, TerminalRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.problems import Forbidden, InvalidInput, Problem
from bangban.kernel.tenancy.work import Work

READY = tuple(Found(code=code, state=PaperState.HAS) for code in NEEDED)


@pytest.fixture
def key(hall: Hall) -> str:
    """A terminal of the hall."""
    key = f"terminal-{hall.id}"

    async def put(work: Work) -> None:
        work.db.add(
            TerminalRow(
                id=new_id(), point_id=hall.id, key=key, name="自助终端", service_codes=[], installed_at=MONDAY
            )
        )

    hall.world.act("admin", put)
    return key


def entered(key: str, n: int, **how: Any) -> AtTerminal:
    given: dict[str, Any] = {"service_code": ITEM, "visitor": sample_phone(n), "found": READY, **how}
    return AtTerminal(key=key, **given)


def test_a_terminal_gives_the_number_that_a_guide_would_give(hall: Hall, key: str) -> None:
    taken = hall.world.act("guide", take_ticket, terminal=entered(key, 601))
    ticket = hall.ticket(taken)
    visit = hall.visit(ticket.visit_id)
    assert (ticket.number, ticket.issued_by, ticket.priority) == ("W7-001", None, 0)
    assert (visit.state, visit.guide_id, visit.queue) == (VisitState.TICKETED, None, "W7")
    assert visit.visitor_masked is not None
    assert "****" in visit.visitor_masked
    assert visit.papers is not None
    assert DAY_ENDED in hall.world.outbox(day_reference(hall.id, MONDAY.date())), "its timer ends the day"
    with pytest.raises(DuplicateTicket) as refused:
        hall.world.act("guide", take_ticket, terminal=entered(key, 601))
    assert refused.value.number == "W7-001"
    desk = hall.greet(601, service_code=ITEM)
    hall.check(desk)
    with pytest.raises(DuplicateTicket):
        hall.issue(desk)
    hall.move(hall.call("7"), TicketStep.SERVE, TicketStep.FINISH)
    assert hall.visit(visit.id).state is VisitState.DONE


def test_what_the_desk_refuses_a_terminal_refuses_and_keeps_nothing(hall: Hall, key: str) -> None:
    missing = (*READY[:2], Found(code=NEEDED[2], state=PaperState.MISSING))
    for wrong, refusal in (
        ({"found": ()}, PapersUnchecked),
        ({"found": READY[:1]}, ChecklistIncomplete),
        ({"found": missing}, PapersMissing),
        ({"visitor": " "}, InvalidInput),
        ({"key": "nowhere"}, TerminalUnknown),
    ):
        given: dict[str, Any] = {"key": key, "n": 602, **wrong}
        with pytest.raises(refusal):
            hall.world.act("guide", take_ticket, terminal=entered(**given))
    with pytest.raises(WrongQueue):
        hall.world.act("guide", take_ticket, terminal=entered(key, 602), queue="W9")
    with pytest.raises(TerminalUnknown):
        hall.world.act("guide-town", take_ticket, terminal=entered(key, 602))
    for who in ("auditor", "admin", "clerk"):
        with pytest.raises(Forbidden):
            hall.world.act(who, take_ticket, terminal=entered(key, 602))
    assert numbers_of(hall.world, hall.id) == []
    advice = hall.world.act("guide", take_ticket, terminal=entered(key, 602, found=()), advisory=True)
    assert hall.ticket(advice).advisory


def test_no_number_is_given_where_nobody_is_served(hall: Hall, key: str) -> None:
    async def put(work: Work, *, fault: str | None = None, until: dt.date | None = None) -> None:
        await work.db.execute(update(TerminalRow).where(TerminalRow.key == key).values(fault=fault))
        await work.db.execute(
            update(ServicePointRow).where(ServicePointRow.id == hall.id).values(until=until)
        )

    def refused(refusal: type[Problem], at: dt.datetime = MONDAY) -> None:
        with pytest.raises(refusal) as found:
            hall.world.act("guide", take_ticket, now=at, terminal=entered(key, 605))
        assert found.value.code == "CONFLICT", "no fault that passes, which clients would try again"

    hall.world.act("admin", put, fault="打印机缺纸")
    refused(TerminalDown)
    hall.world.act("admin", put, until=MONDAY.date() - dt.timedelta(days=1))
    refused(ClosedNow)
    hall.world.act("admin", put)
    for at in (MONDAY.replace(hour=16), MONDAY - dt.timedelta(days=1)):  # UTC: at midnight, and on a Sunday
        refused(ClosedNow, at)
    assert numbers_of(hall.world, hall.id) == []
    assert hall.world.act("guide", take_ticket, terminal=entered(key, 605))


def test_of_many_terminals_and_a_guide_one_gives_the_visitor_a_number(hall: Hall, key: str) -> None:
    world = hall.world
    # Nobody has met the visitor today, so there is nothing to lock but the number itself.
    acts = [world.acting("guide", take_ticket, terminal=entered(key, 603)) for _ in range(9)]
    found = at_once(world, *acts)
    refused = [each for each in found if isinstance(each, DuplicateTicket)]
    assert len(refused) == 8, found
    assert [each.number for each in hall.tickets(TicketState.ISSUED)] == ["W7-001"]
    visit = hall.greet(604, service_code=ITEM)
    hall.check(visit)
    both = [
        world.acting("guide", issue_ticket, visit_id=visit),
        *(world.acting("guide", take_ticket, terminal=entered(key, 604)) for _ in range(4)),
    ]
    assert sum(not isinstance(each, BaseException) for each in at_once(world, *both)) == 1
    others = [world.acting("guide", take_ticket, terminal=entered(key, 700 + n)) for n in range(9)]
    assert not [each for each in at_once(world, *others) if isinstance(each, BaseException)]
    assert sorted(numbers_of(world, hall.id)) == [f"W7-{n:03}" for n in range(1, 12)], "without gap"
