"""A hall's screen over a real server: each call of each window is told, however many windows call at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.casework import PERMIT, Desk, Run, fresh, mutation_of, together
from tests.api.halls import make_hall
from tests.api.named import text_of
from tests.api.serving import Socket, introduced, serving

from bangban.features.hall.tables import TicketRow
from bangban.features.places.tables import ServiceWindowRow
from bangban.features.places.values import WindowKind
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

WINDOWS, VISITORS = 6, 12
CALL = mutation_of("callNextTicket", "id number")
MOVE = mutation_of("moveTicket", "id state")
ISSUE = mutation_of("issueTicket", "id number")
GREET = mutation_of("greetVisitor", "id")
OWN = """subscription($p: ID!, $f: String!) { ticketCalls(pointId: $p) {
    myTickets(phone: $f) { number state window } } }"""


@pytest.fixture(scope="module")
def address(app: Starlette, run: Run) -> Iterator[str]:
    stack = AsyncExitStack()
    yield run(stack.enter_async_context(serving(app)))
    run(stack.aclose())


@pytest.fixture(scope="module")
def hall(desk: Desk) -> dict[str, Any]:
    """A hall with windows enough, where visitors wait: its point, and its windows."""
    guide, clerk = UUID(desk.staff_id("guide")), UUID(desk.staff_id("clerk-county"))
    county = UUID(desk.area("371681"))

    async def make(work: Work) -> dict[str, Any]:
        made = await make_hall(work, area_id=county, guide_id=guide, clerk_id=clerk, special=PERMIT)
        more = [new_id() for _ in range(WINDOWS - 1)]
        work.db.add_all(
            ServiceWindowRow(
                id=each,
                point_id=UUID(made["point"]),
                number=str(number),
                name=f"{number}号窗口",
                kind=WindowKind.COMPREHENSIVE,
            )
            for number, each in enumerate(more, start=3)
        )
        return {"point": made["point"], "windows": [made["window"], *map(str, more)]}

    found: dict[str, Any] = desk.inside(make)
    wanted = {"pointId": found["point"], "applicantKind": "PERSON", "purpose": "咨询"}
    for _ in range(VISITORS):
        visit = desk.staff("guide")(GREET, input=wanted).data["greetVisitor"]["id"]
        assert desk.staff("guide")(ISSUE, input={"visitId": visit}).data
    return found


async def screen(one: Socket) -> dict[str, dict[str, Any]]:
    """The next event: what is at the windows, by number."""
    found = (await one.data())["ticketCalls"]["nowServing"]
    return {each["number"]: each for each in found}


def test_every_call_of_windows_that_call_at_once_is_told(
    desk: Desk, hall: dict[str, Any], address: str
) -> None:
    clerk = desk.staff("clerk-county")

    async def call(window: str) -> str:
        reply = await clerk.send(CALL, input={"windowId": window})
        return str(reply.data["callNextTicket"]["number"])

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            token = clerk.headers["Authorization"]
            one = await stack.enter_async_context(introduced(address, authorization=token))
            await one.ask(text_of("TicketCalls"), pointId=hall["point"])
            assert await screen(one) == {}
            # At once: hints of several calls may be told by one event, but no call is left untold.
            called = await together(*(call(each) for each in hall["windows"]))
            assert len(set(called)) == WINDOWS
            shown: dict[str, dict[str, Any]] = {}
            events = 0
            while shown.keys() != set(called):
                told = await screen(one)
                assert told.keys() >= shown.keys(), "what is at a window stays on the screen"
                shown, events = told, events + 1
            assert 1 <= events <= WINDOWS
            assert {each["window"] for each in shown.values()} == {"1", *map(str, range(3, WINDOWS + 2))}
            assert {each["state"] for each in shown.values()} == {"CALLED"}

    desk.run(scene())


def test_each_step_at_a_window_is_told_before_the_next(
    desk: Desk, hall: dict[str, Any], address: str
) -> None:
    clerk, window = desk.staff("clerk-county"), hall["windows"][-1]
    at_window = select(TicketRow.id).where(TicketRow.window_id == UUID(window), TicketRow.ended_at.is_(None))
    ticket, mine = (
        str(desk.scalar(at_window)),
        str(desk.scalar(at_window.with_only_columns(TicketRow.number))),
    )

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            token = clerk.headers["Authorization"]
            one = await stack.enter_async_context(introduced(address, authorization=token))
            await one.ask(text_of("TicketCalls"), pointId=hall["point"])

            async def state_of(number: str, wanted: str | None) -> None:
                """Events may repeat what is known already; this one is bound to come."""
                while (shown := (await screen(one)).get(number)) is None or shown["state"] != wanted:
                    if shown is None and wanted is None:
                        return

            await state_of(mine, "CALLED")
            for step, state in (("SERVE", "SERVING"), ("FINISH", None)):
                assert (await clerk.send(MOVE, input={"ticketId": ticket, "step": step})).data
                await state_of(mine, state)
            reply = await clerk.send(CALL, input={"windowId": window})
            await state_of(reply.data["callNextTicket"]["number"], "CALLED")

    desk.run(scene())


def test_a_resident_hears_of_their_own_number_on_the_screen_and_a_stranger_does_not(
    desk: Desk, hall: dict[str, Any], address: str
) -> None:
    n = fresh()
    phone, guide = sample_phone(n), desk.staff("guide")
    wanted = {"pointId": hall["point"], "applicantKind": "PERSON", "purpose": "咨询", "visitor": phone}

    residents = (desk.resident(n), desk.resident(fresh()))

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            sockets = []
            for client in residents:
                token = client.headers["Authorization"]
                one = await stack.enter_async_context(introduced(address, authorization=token))
                await one.ask(OWN, p=hall["point"], f=phone)
                assert (await one.data())["ticketCalls"] == {"myTickets": []}
                sockets.append(one)
            visit = (await guide.send(GREET, input=wanted)).data["greetVisitor"]["id"]
            number = (await guide.send(ISSUE, input={"visitId": visit})).data["issueTicket"]["number"]
            own, other = [(await one.data())["ticketCalls"]["myTickets"] for one in sockets]
            assert own == [{"number": number, "state": "ISSUED", "window": None}]
            assert other == []

    desk.run(scene())
