"""Cases that are dispatched by an order, and how the two stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

from tests.integration.features.cases.casework import World
from tests.integration.features.orders.ordering import place, row_of
from tests.integration.features.orders.test_falling_through import Letters

from bangban.features.cases.reminders import handlers as handover_clock
from bangban.features.cases.tables import HandoverRow
from bangban.features.orders import service
from bangban.features.orders.messages import handlers as messages_of
from bangban.features.orders.parting import bring_along
from bangban.features.orders.parting import handlers as moved_cases
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import OrderKind
from bangban.kernel.jobs.deliveries import Delivery, joined
from bangban.kernel.jobs.relay import Relay

OWNER, HELPER, OTHER = "helper-a", "grid-helper", "grid-helper-2"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def act(world: World, who: str, do: Callable[..., Awaitable[Any]], **how: Any) -> None:
    world.act(who, do, now=now(), **how)


def told(world: World, **later: float) -> Letters:
    """What the outbox does, once so much more time has passed; and who got a message."""
    letters, at = Letters(world.district.slug), now() + dt.timedelta(**later)
    handlers = joined(
        handover_clock(world.tenancy, letters),
        messages_of(world.tenancy, letters),
        moved_cases(world.tenancy),
    )
    relay = Relay(world.tenancy, handlers, clock=lambda: at)
    for _ in range(2):  # what was announced by what was announced
        world.run(relay.drain())
    return letters


def again(world: World, number: str) -> None:
    """Every announcement that a case went from hand to hand, once more."""
    reference = str(world.case(number).id)
    for kind in moved_cases(world.tenancy):
        delivery = Delivery(id=1, kind=kind, reference=reference, district=world.district, at=now(), tries=1)
        world.run(bring_along(world.tenancy, delivery))


def offered(world: World, area: str = "grid-a") -> tuple[str, OrderRow]:
    """A case in its owner's hands, and the order that offers it."""
    number = world.apply(OWNER, area=area)
    told(world)  # nothing of this is looked at
    return number, place(
        world, "dispatcher", kind=OrderKind.CASE, case_number=number, area_id=world.areas[area].id
    )


def assign(world: World, order: OrderRow, to: str) -> None:
    to_staff_id = world.people[to].id
    act(
        world, "dispatcher", service.assign_order, number=order.number, to_staff_id=to_staff_id, reason="派单"
    )


def assigned(world: World) -> tuple[str, OrderRow]:
    """The same, given to somebody who is to take the case yet."""
    number, order = offered(world)
    assign(world, order, HELPER)
    return number, order


def hands(world: World, number: str, order: OrderRow) -> tuple[str, str | None, str | None]:
    """The order's state, who has it, and who the case."""
    names = {person.id: name for name, person in world.people.items()}
    row = row_of(world, order.id)
    return row.state.value, row.holder_id and names[row.holder_id], names[world.case(number).holder_id]


def pending(world: World, number: str) -> list[str]:
    """To whom the case is being handed."""
    names = {person.id: name for name, person in world.people.items()}
    found = world.rows(HandoverRow, HandoverRow.case_id == world.case(number).id)
    return [names[each.to_id] for each in found if each.taken_at is None and each.returned_at is None]
