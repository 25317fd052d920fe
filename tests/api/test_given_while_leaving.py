"""Who is just leaving is given nothing: of the two that happen at once, the one that began first counts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from tests.api.casework import Desk, mutation_of
from tests.api.meanwhile import meanwhile
from tests.api.newcomers import NOBODYS, newcomer
from tests.api.operation_steps import STEPS

from bangban.features.areas.tables import AreaRow
from bangban.features.cases.service.staffing import find_holder
from bangban.features.cases.tables import CaseRow
from bangban.features.districts.platform import platform_work
from bangban.features.first_asks.tables import FirstAskRow
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.features.staffing.leaving import require_nothing_left
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.work import Work

Leaving = Callable[[Work], Coroutine[Any, Any, None]]

BY_NAME = ["HandOverCase", "ForwardPapers", "AssignOrder", "TransferFirstAsk"]
WAYS = ["the account is closed", "all posts end"]
__all__ = ["newcomer"]  # a fixture


def leaving(staff_id: UUID, way: str) -> Leaving:
    """What an administrator's transaction does, up to its commit."""

    async def leave(work: Work) -> None:
        await require_nothing_left(work, [staff_id])
        if way == WAYS[0]:
            await work.db.execute(update(StaffRow).where(StaffRow.id == staff_id).values(active=False))
        else:
            ended = update(AssignmentRow).where(AssignmentRow.staff_id == staff_id)
            await work.db.execute(ended.values(until=work.today - timedelta(days=1)))

    return leave


def given_to(desk: Desk, step: str, staff_id: UUID) -> Any:
    """The act of giving them something."""
    client, given = STEPS[step](desk)
    name = f"{step[0].lower()}{step[1:]}"
    return client.send(mutation_of(name, "__typename"), input=given | {"toStaffId": str(staff_id)})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("step", BY_NAME)
def test_nothing_is_given_to_who_is_just_leaving(
    step: str, way: str, desk: Desk, newcomer: UUID, installation: Installation
) -> None:
    reply = desk.run(meanwhile(desk, installation, leaving(newcomer, way), given_to(desk, step, newcomer)))
    assert "errors" in reply.body
    assert "input.toStaffId" in reply.body["errors"][0]["extensions"]["fields"]


@pytest.mark.parametrize("step", BY_NAME)
def test_it_would_have_been_given_otherwise(step: str, desk: Desk, newcomer: UUID) -> None:
    assert "errors" not in desk.run(given_to(desk, step, newcomer)).body


@pytest.mark.parametrize("way", [None, *WAYS])
@pytest.mark.parametrize(("step", "owner"), [("ApplyForCase", CaseRow), ("AskOnline", FirstAskRow)])
def test_nobody_is_chosen_who_is_just_leaving(
    step: str, owner: Any, way: str | None, desk: Desk, newcomer: UUID, installation: Installation
) -> None:
    _, given = STEPS[step](desk)
    sent = desk.resident(4711).send(
        mutation_of(f"{step[0].lower()}{step[1:]}", "number"), input=given | {"areaId": desk.area(NOBODYS)}
    )
    reply = desk.run(sent if way is None else meanwhile(desk, installation, leaving(newcomer, way), sent))
    (number,) = (each["number"] for each in reply.data.values())
    held = owner.holder_id if owner is CaseRow else owner.owner_id
    chosen = desk.scalar(select(held).where(owner.number == number))
    assert (chosen == newcomer) is (way is None)


def test_two_may_choose_the_same_helper_at_once(desk: Desk, newcomer: UUID) -> None:
    """Neither waits for the other: an application may be one of several that are made together."""
    tenancy = desk.services.tenancy
    district = tenancy.registry.get(desk.place.slug)
    village = desk.scalar(select(AreaRow.path).where(AreaRow.id == UUID(desk.area(NOBODYS))))

    async def chosen(work: Work) -> UUID:
        await work.db.execute(text("SET LOCAL lock_timeout = '2s'"))
        return await find_holder(work, area_path=village, levels=(), department=None)

    async def both() -> list[UUID]:
        async with platform_work(tenancy, district) as one, platform_work(tenancy, district) as other:
            return [await chosen(one), await chosen(other)]

    assert desk.run(both()) == [newcomer, newcomer]
