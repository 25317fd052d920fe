"""Which districts are swept when: each at the start of its own day, and none holds the others up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update
from tests.integration.features.cases.casework import Run
from tests.integration.features.cases.settling import settle

from bangban.features.supervision import daily
from bangban.features.supervision.daily import AGAIN, SUPERVISING, ask_for_sweep, supervise
from bangban.features.supervision.sweeping import Swept
from bangban.kernel.jobs.deliveries import Delivery, joined
from bangban.kernel.jobs.tables import Halt, TaskRow, TaskState
from bangban.kernel.jobs.tasks import Task, TaskHalted
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictRow, DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy

NOON = dt.datetime(2026, 6, 8, 4, tzinfo=dt.UTC)  # noon in Shanghai
MIDNIGHT = dt.datetime(2026, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


class Town:
    """Two live districts that were never swept, and a look at the registry and the tasks."""

    def __init__(self, tenancy: Tenancy, installation: Installation, run: Run, slugs: list[str]) -> None:
        self.tenancy, self.installation, self.run, self.slugs = tenancy, installation, run, slugs

    def due(self) -> dict[str, dt.datetime | None]:
        async def find() -> dict[str, dt.datetime | None]:
            async with self.tenancy.platform() as db:
                rows = await db.execute(select(DistrictRow.slug, DistrictRow.duties_due_at))
                return {slug: due for slug, due in rows if slug in self.slugs}

        found: dict[str, dt.datetime | None] = self.run(find())
        return found

    def change(self, statement: Any) -> None:
        async def execute() -> None:
            async with self.tenancy.platform() as db:
                await db.execute(statement)

        self.run(execute())

    def tasks(self) -> list[TaskRow]:
        async def find() -> list[TaskRow]:
            async with self.tenancy.platform() as db:
                found = select(TaskRow).where(TaskRow.kind == SUPERVISING).order_by(TaskRow.asked_at)
                return list(await db.scalars(found))

        rows: list[TaskRow] = self.run(find())
        return rows

    def ask(self, now: dt.datetime) -> None:
        self.run(ask_for_sweep(self.tenancy, now=now))

    def work(self, now: dt.datetime) -> dict[str, Any]:
        """Do the task that waits, as a worker does."""
        (row,) = [each for each in self.tasks() if each.state is TaskState.WAITING]
        self.change(update(TaskRow).where(TaskRow.id == row.id).values(state=TaskState.RUNNING))
        task = Task(
            id=row.id,
            kind=row.kind,
            district=None,
            given={},
            asked_by="system",
            asked_at=row.asked_at,
            tries=1,
            tenancy=self.tenancy,
        )
        try:
            result: dict[str, Any] = self.run(supervise(self.tenancy, task, now=now))
        finally:
            self.change(update(TaskRow).where(TaskRow.id == row.id).values(state=TaskState.DONE))
        return result


@pytest.fixture
def town(
    tenancy: Tenancy, installation: Installation, new_district: Callable[..., District], run: Run
) -> Town:
    districts = [new_district() for _ in range(2)]
    for each in districts:
        settle(tenancy, each, run)
    town = Town(tenancy, installation, run, sorted(each.slug for each in districts))
    # Whoever else is in this database was swept and is not due for long.
    later = NOON + dt.timedelta(days=365)
    town.change(update(DistrictRow).where(DistrictRow.slug.not_in(town.slugs)).values(duties_due_at=later))
    town.change(delete(TaskRow))
    return town


def test_a_district_is_swept_at_once_and_then_as_its_day_begins(town: Town) -> None:
    town.ask(NOON)
    town.ask(NOON)  # another process
    assert len(town.tasks()) == 1
    assert town.work(NOON)["districts"] == 2
    assert set(town.due().values()) == {MIDNIGHT}
    town.ask(NOON)
    assert len(town.tasks()) == 1  # nothing is due for hours
    town.ask(MIDNIGHT - dt.timedelta(minutes=50))
    waiting = town.tasks()[-1]
    assert waiting.state is TaskState.WAITING
    assert waiting.not_before == MIDNIGHT
    assert town.work(MIDNIGHT)["districts"] == 2


def test_each_district_has_its_own_midnight(town: Town) -> None:
    west = town.slugs[0]

    async def move(zone: str) -> None:
        async with town.tenancy.platform() as db:
            await db.execute(update(DistrictRow).where(DistrictRow.slug == west).values(timezone=zone))
        await town.tenancy.registry.refresh(west)

    town.run(move("Asia/Kashgar"))
    town.ask(NOON)
    town.work(NOON)
    assert town.due() == {
        west: dt.datetime(2026, 6, 9, tzinfo=ZoneInfo("Asia/Kashgar")),
        town.slugs[1]: MIDNIGHT,
    }
    town.ask(MIDNIGHT)
    assert town.work(MIDNIGHT)["districts"] == 1


def test_a_suspended_district_is_passed_over_and_swept_when_it_is_back(town: Town) -> None:
    away = town.slugs[0]
    town.change(update(DistrictRow).where(DistrictRow.slug == away).values(status=DistrictStatus.SUSPENDED))
    town.ask(NOON)
    assert town.work(NOON) == {"districts": 1, "raised": 0, "void": 0, "refused": []}
    assert town.due()[away] is None
    town.change(update(DistrictRow).where(DistrictRow.slug == away).values(status=DistrictStatus.LIVE))
    town.ask(NOON)
    assert town.work(NOON)["districts"] == 1


def test_one_that_fails_is_tried_again_in_an_hour_and_stops_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = town.slugs[0]

    async def failing(_: Tenancy, district: District, **__: Any) -> Swept:
        if district.slug == bad:
            raise RuntimeError("a case of theirs")
        return Swept()

    monkeypatch.setattr(daily, "sweep_district", failing)
    town.ask(NOON)
    assert town.work(NOON)["refused"] == [bad]
    assert town.due() == {bad: NOON + AGAIN, town.slugs[1]: MIDNIGHT}
    town.ask(NOON)
    assert town.tasks()[-1].not_before == NOON + AGAIN


def test_somebody_who_stops_the_task_stops_it(town: Town) -> None:
    town.ask(NOON)
    (row,) = town.tasks()
    town.change(update(TaskRow).where(TaskRow.id == row.id).values(halt=Halt.PAUSE))
    with pytest.raises(TaskHalted):
        town.work(NOON)
    assert set(town.due().values()) == {None}


def test_after_its_calendar_changed_a_district_is_due_at_once(town: Town) -> None:
    now = dt.datetime.now(dt.UTC)
    town.ask(now)
    town.work(now)
    district = town.tenancy.registry.get(town.slugs[0])
    delivery = Delivery(id=1, kind="calendar.changed", reference="", district=district, at=now, tries=1)
    called: list[str] = []

    async def other(_: Delivery) -> None:
        called.append("other")

    both = joined({"calendar.changed": other}, daily.handlers(town.tenancy))
    town.run(both["calendar.changed"](delivery))
    assert called == ["other"]
    assert town.due()[district.slug] is None
    assert [each.state for each in town.tasks()] == [TaskState.DONE, TaskState.WAITING]
