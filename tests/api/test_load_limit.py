"""Nobody takes more orders than one person may have in hand, however many they take at once (DOMAIN C05)."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from tests.api.casework import Desk, fresh, mutation_of, together
from tests.api.clients import Client, Reply
from tests.api.meanwhile import meanwhile
from tests.api.newcomers import NOBODYS, newcomer
from tests.api.parts.orders import VILLAGE, placed

from bangban.features.orders.rules.settings import USUAL_LOAD
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import HELD, OrderKind, OrderState
from bangban.features.people.tables import StaffRow
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

HELPER = "helper-village"
__all__ = ["newcomer"]  # a fixture


def _sent(client: Client, name: str, **given: Any) -> Coroutine[Any, Any, Reply]:
    return client.send(mutation_of(name, "number"), input=given)


def taken(desk: Desk, work: Work, staff_id: UUID) -> OrderRow:
    """An order in hand."""
    area = UUID(desk.area(VILLAGE))
    given: dict[str, Any] = {"area_id": area, "offered_to_area_id": area, "holder_id": staff_id}
    row = OrderRow(
        id=new_id(), stem="LOAD-D", kind=OrderKind.NEED, state=OrderState.CLAIMED, placed_at=work.now, **given
    )
    work.db.add(row)
    return row


def with_room_for_one(desk: Desk, staff_id: UUID) -> None:
    """They have all but one of the orders in hand that one person may have."""

    async def give(work: Work) -> None:
        mine = select(func.count()).where(OrderRow.holder_id == staff_id, OrderRow.state.in_(sorted(HELD)))
        for _ in range((await work.db.scalar(mine) or 0), USUAL_LOAD - 1):
            taken(desk, work, staff_id)

    desk.inside(give)


@pytest.fixture(autouse=True)
def _as_before(desk: Desk) -> Iterator[None]:
    before = set(desk.inside(_order_ids))
    yield

    async def end(work: Work) -> None:
        new = set(await _order_ids(work)) - before
        ended = {"state": OrderState.DONE, "started_at": work.now, "ended_at": work.now}
        await work.db.execute(update(OrderRow).where(OrderRow.id.in_(new)).values(ended))

    desk.inside(end)


async def _order_ids(work: Work) -> list[UUID]:
    return list(await work.db.scalars(select(OrderRow.id)))


def test_of_three_that_are_claimed_at_once_one_is_had(desk: Desk) -> None:
    client, numbers = desk.staff(HELPER), [placed(desk) for _ in range(3)]
    with_room_for_one(desk, UUID(desk.staff_id(HELPER)))
    replies = desk.run(together(*(_sent(client, "claimOrder", number=each) for each in numbers)))
    assert sorted("errors" in each.body for each in replies) == [False, True, True], [
        each.body for each in replies
    ]
    refusals = [each.body["errors"][0] for each in replies if "errors" in each.body]
    assert [(each["extensions"]["code"], str(USUAL_LOAD) in each["message"]) for each in refusals] == [
        ("CONFLICT", True)
    ] * 2


def test_what_is_taken_meanwhile_counts(desk: Desk, installation: Installation) -> None:
    staff_id, number = UUID(desk.staff_id(HELPER)), placed(desk)
    with_room_for_one(desk, staff_id)
    reply = desk.run(
        meanwhile(
            desk,
            installation,
            _takes(desk, staff_id),
            _sent(desk.staff(HELPER), "claimOrder", number=number),
        )
    )
    assert reply.code == "CONFLICT"
    assert desk.scalar(select(OrderRow.state).where(OrderRow.number == number)) is OrderState.OPEN


@pytest.mark.parametrize("named", [False, True])
def test_who_is_chosen_by_rule_has_room_for_it(
    named: bool, desk: Desk, newcomer: UUID, installation: Installation
) -> None:
    with_room_for_one(desk, newcomer)
    wanted = {"kind": "NEED", "areaId": desk.area(NOBODYS), "note": "请帮忙填写养老认证"}
    place = mutation_of("placeOrder", "number")
    number = desk.resident(fresh())(place, input=wanted).data["placeOrder"]["number"]
    given = {"number": number, "reason": "就近派单"} | ({"toStaffId": str(newcomer)} if named else {})
    act = _sent(desk.staff("dispatcher"), "assignOrder", **given)
    reply = desk.run(meanwhile(desk, installation, _takes(desk, newcomer), act))
    holder = desk.scalar(select(OrderRow.holder_id).where(OrderRow.number == number))
    if named:  # the limit does not bind a dispatcher who names somebody
        assert ("errors" in reply.body, holder) == (False, newcomer)
    else:
        assert (reply.code, holder) == ("CONFLICT", None)


def _takes(desk: Desk, staff_id: UUID) -> Any:
    async def take(work: Work) -> None:
        await work.db.execute(
            select(StaffRow.id).where(StaffRow.id == staff_id).with_for_update(key_share=True)
        )
        taken(desk, work, staff_id)

    return take
