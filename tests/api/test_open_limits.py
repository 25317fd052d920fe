"""One resident does not send for everybody again and again: open orders and unanswered questions are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update
from tests.api.casework import Desk, fresh, mutation_of, together
from tests.api.clients import Client, refusal
from tests.api.meanwhile import meanwhile
from tests.api.operation_steps import VILLAGE

from bangban.features.accounts.residents import find_resident, hold_resident
from bangban.features.areas.tables import AreaRow
from bangban.features.cases.rules.assistance import Assistance
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.first_asks.values import AskChannel, AskState
from bangban.features.orders.rules.settings import USUAL_OPEN
from bangban.features.orders.tables import OrderRow
from bangban.features.orders.values import LIVE, OrderKind, OrderState
from bangban.features.people.tables import StaffRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

QUESTION = "居住证怎么办理"
MOST = {"placeOrder": USUAL_OPEN, "askOnline": Assistance().open_questions}
ENDED = {"placeOrder": OrderState.CANCELLED, "askOnline": AskState.ANSWERED}


@pytest.fixture(autouse=True)
def _as_before(desk: Desk) -> Iterator[None]:
    before = set(desk.inside(_open))
    yield

    async def end(work: Work) -> None:
        new = set(await _open(work)) - before
        cancelled = {"state": OrderState.CANCELLED, "ended_at": work.now}
        for rows, ended in ((OrderRow, cancelled), (FirstAskRow, {"state": AskState.ANSWERED})):
            await work.db.execute(update(rows).where(rows.id.in_(new)).values(ended))

    desk.inside(end)


async def _open(work: Work) -> list[Any]:
    asks = select(FirstAskRow.id).where(
        FirstAskRow.state.not_in(sorted({AskState.ANSWERED, AskState.CLOSED}))
    )
    orders = select(OrderRow.id).where(OrderRow.state.in_(sorted(LIVE)))
    return [*(await work.db.scalars(orders)), *(await work.db.scalars(asks))]


def wanted(desk: Desk, name: str) -> dict[str, Any]:
    area = {"areaId": desk.area(VILLAGE)}
    if name == "askOnline":
        return {**area, "matter": QUESTION}
    return {**area, "kind": "NEED", "note": "请帮忙填写养老认证"}


async def _one_more(work: Work, name: str, n: int) -> None:
    """As another request of theirs does: they are held, and it is written."""
    resident = await find_resident(work, sample_phone(n))
    assert resident is not None
    await hold_resident(work, resident.id)
    area = await work.db.scalar(select(AreaRow.id).where(AreaRow.code == VILLAGE))
    if name == "placeOrder":
        row: Any = OrderRow(
            id=new_id(), stem="OPEN-D", kind=OrderKind.NEED, state=OrderState.OPEN, placed_at=work.now,
            area_id=area, offered_to_area_id=area, resident_id=resident.id,
        )  # fmt: skip
    else:
        owner = await work.db.scalar(select(StaffRow.id).where(StaffRow.login == "helper-village"))
        row = FirstAskRow(
            id=new_id(), stem="OPEN-Q", state=AskState.HANDLING, channel=AskChannel.ONLINE, area_id=area,
            asked_at=work.now, owner_id=owner, handler_id=owner, matter=QUESTION, within_duty=True,
            resident_id=resident.id,
        )  # fmt: skip
    work.db.add(row)
    await work.db.flush()


def with_room_for_one(desk: Desk, name: str, n: int) -> Client:
    client = desk.resident(n)

    async def fill(work: Work) -> None:
        for _ in range(MOST[name] - 1):
            await _one_more(work, name, n)

    desk.inside(fill)
    return client


@pytest.mark.parametrize("name", MOST)
def test_of_three_that_are_sent_at_once_one_is_taken_in(desk: Desk, name: str) -> None:
    client = with_room_for_one(desk, name, fresh())
    given = wanted(desk, name)
    sent = [client.send(mutation_of(name, "number"), input=given) for _ in range(3)]
    refused = [each for each in desk.run(together(*sent)) if "errors" in each.body]
    assert [refusal(each) for each in refused] == [("LIMIT_EXCEEDED", [])] * 2
    assert all(str(MOST[name]) in each.body["errors"][0]["message"] for each in refused)


@pytest.mark.parametrize("name", MOST)
def test_what_is_on_its_way_counts_and_what_is_over_does_not(
    desk: Desk, name: str, installation: Installation
) -> None:
    n, rows = fresh(), OrderRow if name == "placeOrder" else FirstAskRow
    client = with_room_for_one(desk, name, n)
    sent = client.send(mutation_of(name, "number"), input=wanted(desk, name))
    reply = desk.run(meanwhile(desk, installation, lambda work: _one_more(work, name, n), sent))
    assert refusal(reply)[0] == "LIMIT_EXCEEDED"

    async def one_ends(work: Work) -> None:
        resident = await find_resident(work, sample_phone(n))
        assert resident is not None
        last = select(rows.id).where(rows.resident_id == resident.id).limit(1).scalar_subquery()
        await work.db.execute(update(rows).where(rows.id == last).values(state=ENDED[name]))

    desk.inside(one_ends)
    assert client(mutation_of(name, "number"), input=wanted(desk, name)).data[name]["number"]


def test_staff_still_order_for_them(desk: Desk) -> None:
    n = fresh()
    with_room_for_one(desk, "placeOrder", n)
    for _ in range(2):
        given = {**wanted(desk, "placeOrder"), "phone": sample_phone(n)}
        assert desk.staff("dispatcher")(mutation_of("placeOrder", "number"), input=given).data
    assert refusal(desk.resident(n)(mutation_of("placeOrder", "number"), input=wanted(desk, "placeOrder")))[
        0
    ] == ("LIMIT_EXCEEDED")
    open_ = select(func.count()).where(OrderRow.note.is_not(None), OrderRow.state == OrderState.OPEN)
    assert desk.scalar(open_) >= 2
