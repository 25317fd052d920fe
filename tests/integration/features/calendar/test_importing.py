"""A notice is stored whole, for every district and every process; repeating it changes nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.features.calendar.notices import NEXT, next_csv, next_lines, next_notice
from tests.integration.features.cases.casework import World

from bangban.features.calendar.notices import read_notice
from bangban.features.calendar.service import Imported, change_local_day, import_notice
from bangban.kernel.clock import CalendarIncomplete
from bangban.kernel.jobs.listener import Listener
from bangban.kernel.tenancy.tables import HolidayRow
from bangban.web.forgetting import forget_what_changes

MAKE_UP = dt.date.fromisoformat(next_lines()[-1][:10])
CORRECTED = [*next_lines()[:-1], f"{NEXT - 1}-12-31,休,样本假日"]


def stored(world: World) -> dict[dt.date, tuple[bool, str]]:
    async def find() -> dict[dt.date, tuple[bool, str]]:
        async with world.tenancy.platform() as db:
            return {row.day: (row.working, row.source) for row in await db.scalars(select(HolidayRow))}

    found: dict[dt.date, tuple[bool, str]] = world.run(find())
    return found


def do_import(world: World, *lines: str, source: str = "样本文号") -> Imported:
    done: Imported = world.run(import_notice(world.tenancy, read_notice(next_csv(*lines)), source=source))
    return done


def test_an_imported_year_is_everybodys_calendar(world: World, other: Any) -> None:
    done = do_import(world)
    assert (done.year, done.holidays, done.make_up_days, done.changed) == (NEXT, 21, 1, 22)
    assert done.horizon == dt.date(NEXT, 12, 31)
    assert world.calendar().horizon == done.horizon
    assert world.calendar().is_working(MAKE_UP)
    assert stored(world)[MAKE_UP] == (True, "样本假日 · 样本文号")

    world.run(other.registry.load())
    assert other.registry.published.horizon == done.horizon


def test_repeating_it_changes_nothing(world: World) -> None:
    do_import(world)
    before, version = stored(world), world.calendar().version
    assert do_import(world).changed == 0
    assert stored(world) == before
    assert world.calendar().version == version


def test_a_corrected_notice_replaces_the_year(world: World) -> None:
    do_import(world)
    done = do_import(world, *CORRECTED)
    assert (done.changed, done.make_up_days) == (2, 0)
    assert MAKE_UP not in stored(world)
    assert not world.calendar().is_working(dt.date(NEXT - 1, 12, 31))


def test_a_year_cannot_be_skipped_and_a_refusal_stores_nothing(world: World) -> None:
    later = [line.replace(str(NEXT), str(NEXT + 1), 1) for line in next_lines()[:-1]]
    with pytest.raises(CalendarIncomplete):
        do_import(world, *later)
    assert not stored(world)
    do_import(world)
    assert do_import(world, *later).horizon == dt.date(NEXT + 1, 12, 31)


def test_a_local_day_stays_through_an_import(world: World) -> None:
    closed = dt.date(NEXT, 3, 3)
    world.run(change_local_day(world.tenancy, world.district, day=closed, working=False, reason="样本理由"))
    do_import(world)
    assert not world.calendar().is_working(closed)
    assert world.calendar().is_working(MAKE_UP)


def test_processes_that_listen_hear_of_imports_and_of_local_days(
    world: World, other: Any, installation: Any
) -> None:
    closed = dt.date(NEXT, 3, 3)

    async def story() -> None:
        listener = Listener(installation.application, installation.names.channel)
        heard = asyncio.Queue[str]()

        async def hear(slug: str, _: str) -> None:
            heard.put_nowait(slug)

        nothing: Any = SimpleNamespace(changed=hear)
        forget_what_changes(listener, tenancy=other, desk=nothing, sockets=nothing, documents=nothing)
        listener.on("calendar.changed", hear)  # after what forgets
        await listener.start()
        try:
            old = await other.calendar(world.district)
            await import_notice(world.tenancy, next_notice(), source="")
            assert await heard.get() == ""
            new = await other.calendar(world.district)
            assert (old.horizon.year, new.horizon.year) == (NEXT - 1, NEXT)
            await change_local_day(world.tenancy, world.district, day=closed, working=False, reason="样本")
            assert await heard.get() == world.district.slug
            assert not (await other.calendar(world.district)).is_working(closed)
        finally:
            await listener.stop()

    world.run(story())


def test_rules_that_were_read_before_a_change_are_not_kept(
    world: World, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = dt.date(NEXT, 3, 3)

    async def story() -> None:
        reading, go_on = asyncio.Event(), asyncio.Event()
        read = other.reader.district

        async def slowly(*arguments: Any) -> str:
            found: str = await read(*arguments)
            reading.set()
            await go_on.wait()
            return found

        monkeypatch.setattr(other.reader, "district", slowly)
        old = asyncio.create_task(other.calendar(world.district))
        await reading.wait()
        await change_local_day(world.tenancy, world.district, day=closed, working=False, reason="样本")
        other.forget(world.district.slug)
        go_on.set()
        assert (await old).is_working(closed)
        assert not (await other.calendar(world.district)).is_working(closed)

    world.run(story())
