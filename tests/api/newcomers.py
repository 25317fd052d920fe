"""A helper who is there for one test only: nothing in hand, and the only one of a village."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.api.casework import Desk
from tests.api.operation_steps import VILLAGE

from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.roles import Role
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

NOBODYS: Final = "371681101201"  # a village where nobody else is posted


@pytest.fixture
def newcomer(desk: Desk) -> Iterator[UUID]:
    """A helper of two villages without anything in hand, who has gone when the test is over."""
    staff_id, villages = new_id(), [UUID(desk.area(each)) for each in (VILLAGE, NOBODYS)]

    async def come(work: Work) -> None:
        work.db.add(StaffRow(id=staff_id, key=f"new-{staff_id}", login=f"new-{staff_id}", name="样本新人"))
        await work.db.flush()
        post = {"role": Role.HELPER.value, "since": work.today - timedelta(days=9)}
        for each in villages:
            work.db.add(AssignmentRow(id=new_id(), staff_id=staff_id, area_id=each, **post))

    async def go(work: Work) -> None:
        await work.db.execute(update(StaffRow).where(StaffRow.id == staff_id).values(active=False))

    desk.inside(come)
    yield staff_id
    desk.inside(go)
