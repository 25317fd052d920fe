"""Orders in the small district: helpers of every level, and acts on orders by number."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import JSONB
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import hire

from bangban.features.orders import service
from bangban.features.orders.rules.settings import SETTING
from bangban.features.orders.service import Wanted
from bangban.features.orders.tables import OrderEventRow, OrderRow
from bangban.features.orders.values import OrderKind, OrderStep
from bangban.kernel.access.roles import Role
from bangban.kernel.problems import Problem
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work

MORE = (
    ("grid-helper-2", Role.HELPER, "grid-a"),
    ("town-helper", Role.HELPER, "town-a"),
    ("county-helper", Role.HELPER, "county"),
    ("volunteer", Role.VOLUNTEER, "grid-a"),
)


def hire_more(world: World) -> None:
    """Helpers beyond those of casework."""

    async def hiring(work: Work) -> None:
        for name, role, area in MORE:
            await hire(work, world, name, role, area)

    world.act("admin", hiring)


def decide(world: World, **said: Any) -> None:
    """Let the district decide something about orders. All tests' orders are one resident's and few helpers', who may
    have many.
    """
    put(world, SETTING, {"open_limit": 1_000, "load_limit": 1_000} | said)


def put(world: World, section: str, said: dict[str, Any]) -> None:
    """Put a section of the district's settings."""

    async def deciding(work: Work) -> None:
        settings = ProfileRow.settings.op("||", return_type=JSONB())({section: said})
        await work.db.execute(update(ProfileRow).values(settings=settings))

    world.act("admin", deciding)
    world.tenancy.forget(world.district.slug)


def place(world: World, who: str = "resident", *, area: str = "grid-a", **how: Any) -> OrderRow:
    """An order that was just placed."""
    now = how.pop("now", dt.datetime.now(dt.UTC))
    wanted = Wanted(**({"kind": OrderKind.NEED, "area_id": world.areas[area].id, "note": "请帮忙"} | how))
    order_id = world.act(who, service.place_order, now=now, wanted=wanted)
    return row_of(world, order_id)


def row_of(world: World, order_id: UUID) -> OrderRow:
    """An order as it stands."""
    (row,) = world.rows(OrderRow, OrderRow.id == order_id)
    return row


def history(world: World, order_id: UUID) -> list[OrderEventRow]:
    """What happened to an order, in order."""
    found = world.rows(OrderEventRow, OrderEventRow.order_id == order_id)
    return sorted(found, key=lambda each: each.id)


def race(world: World, *acts: tuple[str, Any, dict[str, Any]]) -> list[str]:
    """The kinds of refusal of those who lost, after all acts ran at once."""

    async def attempt(who: str, do: Any, how: dict[str, Any]) -> str | None:
        try:
            await world.acting(who, do, now=dt.datetime.now(dt.UTC), **how)
        except Problem as refused:
            return type(refused).__name__
        return None

    async def all_at_once() -> list[str | None]:
        return await asyncio.gather(*(attempt(*act) for act in acts))

    return [name for name in world.run(all_at_once()) if name is not None]


def area_named(world: World, area_id: UUID) -> str:
    """The name of an area of the small district."""
    return next(name for name, row in world.areas.items() if row.id == area_id)


CLAIM = service.claim_order


def step(world: World, who: str, number: str, what: OrderStep, **how: Any) -> None:
    now = dt.datetime.now(dt.UTC)
    world.act(who, service.progress_order, now=now, number=number, step=what, **how)


def claim(world: World, who: str, number: str) -> None:
    world.act(who, CLAIM, now=dt.datetime.now(dt.UTC), number=number)


def done(world: World, **how: Any) -> OrderRow:
    order = place(world, **how)
    claim(world, "grid-helper", order.number)
    for each in (OrderStep.START, OrderStep.FINISH):
        step(world, "grid-helper", order.number, each)
    return row_of(world, order.id)
