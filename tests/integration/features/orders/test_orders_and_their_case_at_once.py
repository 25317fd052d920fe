"""An order and its case are acted on at once: the second act waits, and sees what the first one did."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from sqlalchemy import text
from tests.integration.features.cases.casework import World
from tests.integration.features.orders.dispatching import (
    HELPER,
    OTHER,
    OWNER,
    act,
    again,
    assigned,
    hands,
    now,
    offered,
    pending,
    told,
)
from tests.integration.features.orders.ordering import claim, race, step

from bangban.features.cases import service as cases
from bangban.features.orders import service
from bangban.features.orders.values import OrderStep
from bangban.kernel.problems import Problem

Act: TypeAlias = tuple[str, Callable[..., Awaitable[Any]], dict[str, Any]]
_WAITING = text("SELECT count(*) FROM pg_catalog.pg_locks WHERE NOT granted")


def meanwhile(world: World, first: Act, second: Act) -> str | None:
    """How the second act is refused, which begins before the first one is over, and waits for it."""

    async def attempt() -> str | None:
        who, do, how = second
        try:
            await world.acting(who, do, now=now(), **how)
        except Problem as refused:
            return type(refused).__name__
        return None

    async def one_after_the_other() -> str | None:
        who, do, how = first
        async with world.tenancy.write(world.district, world.people[who], now=now()) as work:
            await do(work, **how)
            sent = asyncio.create_task(attempt())
            while not sent.done() and not await work.db.scalar(_WAITING):  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0)
        return await sent

    refused: str | None = world.run(one_after_the_other())
    return refused


@pytest.mark.parametrize("what", [OrderStep.RELEASE, OrderStep.CANCEL])
@pytest.mark.parametrize("taken_first", [False, True])
def test_a_case_is_taken_while_its_order_is_given_up(
    world: World, what: OrderStep, taken_first: bool
) -> None:
    number, order = assigned(world)
    who = HELPER if what is OrderStep.RELEASE else "dispatcher"
    given_up = (who, service.progress_order, {"number": order.number, "step": what, "reason": "改派"})
    taken = (HELPER, cases.take_over_case, {"number": number})
    refused = meanwhile(world, taken, given_up) if taken_first else meanwhile(world, given_up, taken)
    assert refused == (None if taken_first else "NoHandover"), "who took it gives up the order alone"
    told(world)
    state, _, case_holder = hands(world, number, order)
    assert pending(world, number) == []
    assert state == ("OPEN" if what is OrderStep.RELEASE else "CANCELLED")
    assert case_holder == (HELPER if taken_first else OWNER)


@pytest.mark.parametrize("taken_first", [False, True])
def test_a_case_is_taken_elsewhere_while_its_order_is_finished(world: World, taken_first: bool) -> None:
    number, order = offered(world)
    claim(world, HELPER, order.number)
    step(world, HELPER, order.number, OrderStep.START)
    to = world.people[OTHER].id
    act(world, HELPER, cases.hand_over_case, number=number, to_staff_id=to, reason="请假")
    finished = (HELPER, service.progress_order, {"number": order.number, "step": OrderStep.FINISH})
    taken = (OTHER, cases.take_over_case, {"number": number})
    refused = meanwhile(world, taken, finished) if taken_first else meanwhile(world, finished, taken)
    assert refused == ("CaseNotInHand" if taken_first else None)
    told(world)
    assert hands(world, number, order) == ("CANCELLED" if taken_first else "DONE", HELPER, OTHER)


@pytest.mark.parametrize("_", range(3))
def test_two_dispatchers_acts_and_a_return_leave_one_state(world: World, _: int) -> None:
    number, order = assigned(world)
    reassigned = {"number": order.number, "to_staff_id": world.people[OTHER].id, "reason": "改派"}
    race(
        world,
        ("dispatcher", service.assign_order, reassigned),
        (HELPER, cases.return_case, {"number": number, "reason": "不在辖区"}),
    )
    told(world)
    again(world, number)
    assert hands(world, number, order) == ("CLAIMED", OTHER, OWNER)
    assert pending(world, number) == [OTHER]
