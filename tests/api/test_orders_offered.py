"""Offers over a real server: an order is told to those who may take it, and that it is gone, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.api.casework import Desk, Run, fresh
from tests.api.clients import Client
from tests.api.named import text_of
from tests.api.serving import Socket, introduced, serving

VILLAGE, OTHER_VILLAGE = "371681101200", "371681001213"


@pytest.fixture(scope="module")
def address(app: Starlette, run: Run) -> Iterator[str]:
    stack = AsyncExitStack()
    yield run(stack.enter_async_context(serving(app)))
    run(stack.aclose())


async def event(one: Socket) -> dict[str, Any]:
    """The next event."""
    found: dict[str, Any] = (await one.data())["ordersOffered"]
    return found


async def watched(stack: AsyncExitStack, address: str, client: Client) -> Socket:
    """A connection on which a helper's offers are watched, its first event taken."""
    one = await stack.enter_async_context(introduced(address, authorization=client.headers["Authorization"]))
    await one.ask(text_of("OrdersOffered"))
    first = await event(one)
    assert (first["kind"], first["order"]) == ("REFRESH", None)
    return one


def test_an_order_is_offered_and_gone_where_it_may_be_taken_and_nowhere_else(
    desk: Desk, address: str
) -> None:
    resident, here, town = desk.resident(fresh()), desk.staff("helper-village"), desk.staff("helper-town")
    areas = {"here": desk.area(VILLAGE), "there": desk.area(OTHER_VILLAGE)}

    async def ordered(area: str) -> str:
        wanted = {"kind": "NEED", "areaId": areas[area], "note": "请帮忙"}
        reply = await resident.send(text_of("PlaceOrder"), input=wanted)
        return str(reply.data["placeOrder"]["number"])

    async def scene() -> None:
        async with AsyncExitStack() as stack:
            mine, above = [await watched(stack, address, each) for each in (here, town)]
            await ordered("there")  # another helper's, of which nobody here is told an order
            number = await ordered("here")
            told = await event(mine)
            while told["number"] != number:
                assert told["kind"] == "GONE"
                told = await event(mine)
            assert (told["kind"], told["order"]["note"]) == ("OFFERED", "请帮忙")
            told = await event(above)
            while told["number"] != number:
                assert told["kind"] == "GONE"
                told = await event(above)
            assert (told["kind"], told["order"]) == ("GONE", None), "not yet the town's"
            assert (await here.send(text_of("ClaimOrder"), input={"number": number})).data
            gone = await event(mine)
            assert (gone["kind"], gone["number"], gone["order"]) == ("GONE", number, None)

    desk.run(scene())
    assert desk.staff("clerk-county")(text_of("Orders"), filter={"states": ["OPEN"]}).data
