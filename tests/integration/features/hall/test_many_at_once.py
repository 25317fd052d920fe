"""Fifty issuers and twenty windows at once: numbers without gap, one live ticket each, each called by one window."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from tests.integration.features.cases.casework import MONDAY, World
from tests.integration.features.hall.halls import Hall, numbers_of, opened

from bangban.features.hall.service.calling import call_next
from bangban.features.hall.service.moving import move_ticket
from bangban.features.hall.service.tickets import issue_ticket
from bangban.features.hall.tables import TicketRow
from bangban.features.hall.ticket_problems import DuplicateTicket, NobodyWaiting
from bangban.features.hall.values import TicketState, TicketStep

ISSUERS, WINDOWS = 50, 20


def at_once(world: World, *acts: Any) -> list[Any]:
    """Everything at the same time; refusals are answers."""

    async def go() -> list[Any]:
        return list(await asyncio.gather(*acts, return_exceptions=True))

    found: list[Any] = world.run(go())
    return found


def big_hall(world: World) -> Hall:
    return opened(world, *((str(number), ()) for number in range(1, WINDOWS + 1)))


def test_fifty_issuers_give_fifty_numbers_without_gap(world: World) -> None:
    hall = big_hall(world)
    visits = [hall.greet() for _ in range(ISSUERS)]
    given = at_once(world, *(world.acting("guide", issue_ticket, visit_id=each) for each in visits))
    assert not [each for each in given if isinstance(each, BaseException)]
    assert sorted(numbers_of(world, hall.id)) == [f"A-{n:03}" for n in range(1, ISSUERS + 1)]


def test_of_many_guides_one_gives_a_visitor_a_number_and_the_number_is_the_next(world: World) -> None:
    hall = big_hall(world)
    visits = [hall.greet(77, who=who) for who in ("guide", "guide-2") * 5]
    given = at_once(world, *(world.acting("guide", issue_ticket, visit_id=each) for each in visits))
    refused = [each for each in given if isinstance(each, DuplicateTicket)]
    assert len(refused) == len(visits) - 1, given
    assert {each.number for each in refused} == {"A-001"}
    assert hall.ticketed(78).number == "A-002", "who was refused gave nothing away"


def test_of_twenty_windows_each_gets_a_ticket_of_its_own(world: World) -> None:
    hall = big_hall(world)
    for _ in range(WINDOWS - 5):
        hall.ticketed()
    calls = at_once(
        world, *(world.acting("clerk", call_next, window_id=each) for each in hall.windows.values())
    )
    called = [each for each in calls if not isinstance(each, BaseException)]
    others = [each for each in calls if isinstance(each, BaseException)]
    assert len(set(called)) == len(called) == WINDOWS - 5
    assert all(isinstance(each, NobodyWaiting) for each in others), others


def test_issuing_calling_and_serving_all_at_once_loses_nobody(world: World) -> None:
    hall = big_hall(world)
    visits = [hall.greet() for _ in range(ISSUERS)]
    served: list[Any] = []

    async def serve(window: Any) -> None:
        idle = 0
        while idle < 3:
            try:
                ticket = await world.acting("clerk", call_next, window_id=window)
            except NobodyWaiting:
                idle += 1
                await asyncio.sleep(0)
                continue
            for step in (TicketStep.SERVE, TicketStep.FINISH):
                await world.acting("clerk", move_ticket, ticket_id=ticket, what=step)
            served.append(ticket)

    found = at_once(
        world,
        *(world.acting("guide", issue_ticket, visit_id=each) for each in visits),
        *(serve(each) for each in list(hall.windows.values())[:4]),
    )
    assert not [each for each in found if isinstance(each, BaseException)], found
    left = hall.tickets(TicketState.ISSUED)
    assert len(served) == len(set(served))
    assert len(served) + len(left) == ISSUERS
    assert Counter(each.state for each in hall.tickets())[TicketState.SERVED] == len(served)


def test_the_same_window_calls_one_at_a_time(world: World) -> None:
    hall = opened(world, ("1", ()))
    hall.ticketed()
    hall.ticketed()
    window = hall.windows["1"]
    calls = at_once(world, *(world.acting("clerk", call_next, window_id=window) for _ in range(5)))
    assert sum(not isinstance(each, BaseException) for each in calls) == 1
    rows = world.rows(TicketRow, TicketRow.point_id == hall.id, TicketRow.state == TicketState.CALLED)
    assert [each.number for each in rows] == ["A-001"]
    assert rows[0].called_at == MONDAY
