"""Posts that people may hold, and that may be taken from them: overlaps, the last administrator, whose area it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.integration.features.people.some_people import (
    BEGAN,
    STAFF,
    Body,
)

from bangban.features.areas.problems import AreaRetired, AreaUnknown
from bangban.features.areas.service import area_ids, retire_area
from bangban.features.districts.platform import PlatformGrants
from bangban.features.people.imports import import_people
from bangban.features.people.problems import (
    AssignmentOver,
    AssignmentOverlaps,
    AssignmentUnknown,
    AuditorApart,
    DatesReversed,
    LastAdmin,
    PlaceOnly,
    StaffInactive,
    StaffUnknown,
)
from bangban.features.people.service import assign, end_assignment
from bangban.features.people.tables import AssignmentRow, StaffRow
from bangban.kernel.access.grants import Scope
from bangban.kernel.access.problems import AreaOutsideGrant
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.problems import InvalidInput
from bangban.kernel.tenancy.work import Work


async def staff_ids(work: Work) -> dict[str, Any]:
    return {row.key: row.id for row in await work.db.execute(select(StaffRow.key, StaffRow.id))}


def test_one_person_holds_several_posts_but_none_twice(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        p = people["p"]
        village = await assign(work, staff_id=p, role="helper", area_id=areas["v1"], since=date(2025, 1, 1))
        assert village.until is None
        with pytest.raises(AssignmentOverlaps):
            await assign(work, staff_id=p, role="helper", area_id=areas["v1"], since=date(2030, 1, 1))
        clerk = {"staff_id": p, "role": "window-clerk", "area_id": areas["t2"]}
        again = await assign(work, **clerk, since=date(2025, 1, 1))
        with pytest.raises(AssignmentOverlaps):
            await assign(work, **clerk, since=date(2024, 12, 31), until=date(2024, 12, 31))
        ended = await end_assignment(work, assignment_id=again.id, until=date(2025, 3, 31))
        assert ended.until == date(2025, 3, 31)
        with pytest.raises(AssignmentOver):
            await end_assignment(work, assignment_id=again.id, until=date(2025, 4, 30))
        with pytest.raises(DatesReversed):
            await end_assignment(work, assignment_id=again.id, until=date(2024, 12, 31))

    tried(body)


def test_posts_that_cannot_be_are_refused(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        backwards = {"since": BEGAN, "until": date(2023, 1, 1)}
        gone = await work.db.get(StaffRow, people["q"])
        assert gone is not None
        for attempt, refusal in (
            (assign(work, staff_id=uuid4(), role="helper", area_id=areas["t1"]), StaffUnknown),
            (assign(work, staff_id=people["p"], role="helper", area_id=uuid4()), AreaUnknown),
            (assign(work, staff_id=people["p"], role="resident", area_id=areas["t1"]), InvalidInput),
            (assign(work, staff_id=people["p"], role="helper", area_id=areas["m1"]), PlaceOnly),
            (assign(work, staff_id=people["p"], role="auditor", area_id=areas["c"]), AuditorApart),
            (
                assign(work, staff_id=people["p"], role="guide", area_id=areas["c"], **backwards),
                DatesReversed,
            ),
            (end_assignment(work, assignment_id=uuid4(), until=BEGAN), AssignmentUnknown),
        ):
            with pytest.raises(refusal):
                await attempt
        gone.active = False
        await work.db.flush()
        with pytest.raises(StaffInactive):
            await assign(work, staff_id=people["q"], role="guide", area_id=areas["t1"])
        await retire_area(work, area_id=areas["t2"])
        with pytest.raises(AreaRetired):
            await assign(work, staff_id=people["p"], role="guide", area_id=areas["t2"])

    tried(body)


def test_the_last_administrator_stays_until_there_is_another(tried: Callable[[Body], Any]) -> None:
    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        row = await work.db.scalar(select(AssignmentRow).where(AssignmentRow.role == "admin"))
        assert row is not None
        with pytest.raises(LastAdmin):
            await end_assignment(work, assignment_id=row.id, until=work.today)
        await assign(work, staff_id=people["q"], role="admin", area_id=areas["c"])
        await end_assignment(work, assignment_id=row.id, until=work.today)

    tried(body)


def test_a_town_gives_posts_in_the_town_only(tried: Callable[[Body], Any]) -> None:
    class GrantsAt(PlatformGrants):
        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

        def scope(self, permission: Permission) -> Scope:
            return Scope(paths=(self.path,))

    async def body(work: Work) -> None:
        people, areas = await staff_ids(work), await area_ids(work.db)
        work.grants = GrantsAt(f"{areas['c'].hex}.{areas['t1'].hex}")
        await assign(work, staff_id=people["q"], role="guide", area_id=areas["v1"])
        with pytest.raises(AreaOutsideGrant):
            await assign(work, staff_id=people["q"], role="guide", area_id=areas["t2"])
        with pytest.raises(AreaOutsideGrant):
            await import_people(work, staff=STAFF)

    tried(body)
