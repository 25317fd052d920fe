"""An installation of its own: what is imported here would be every other test's calendar, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus, HolidayRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[..., Any]


@pytest.fixture(scope="session")
def installation(server: Endpoint, ring: KeyRing, run: Run, worker_id: str) -> Iterator[Installation]:
    """A database for the tests of this folder alone."""
    name = f"bangban_{worker_id}_{uuid4().hex[:8]}"

    async def administrate(statement: str) -> None:
        connection = await server.connect()
        await connection.execute(statement)
        await connection.close()

    run(administrate(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8'"))
    yield run(Installation.prepare(server.on(name), ring))
    run(administrate(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def tenancy(installation: Installation, run: Run) -> Iterator[Tenancy]:
    """The process that imports and recomputes."""
    tenancy = run(another_process(installation))
    yield tenancy
    run(tenancy.close())


def another_process(installation: Installation) -> Any:
    """What a further process has: caches of its own."""
    return Tenancy.open(installation.application, names=installation.names, ring=installation.ring)


@pytest.fixture
def other(installation: Installation, run: Run) -> Iterator[Tenancy]:
    """A process that nobody tells of anything."""
    tenancy = run(another_process(installation))
    yield tenancy
    run(tenancy.close())


@pytest.fixture(scope="session")
def new_district(installation: Installation, tenancy: Tenancy, run: Run) -> Callable[[], District]:
    """Makes a fresh, empty, live district."""

    def make() -> District:
        slug = f"t{uuid4().hex[:10]}"
        levels = [AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID]
        new = NewDistrict(slug=slug, name="测试区", brand="帮办", division_code=None, levels=levels)
        run(installation.create_district(new))
        run(installation.set_status(slug, DistrictStatus.LIVE))
        run(tenancy.registry.refresh(slug))
        return tenancy.registry.get(slug)

    return make


@pytest.fixture
def world(tenancy: Tenancy, new_district: Callable[[], District], run: Run) -> Iterator[World]:
    """A district with people and items, before any notice was imported."""
    yield settle(tenancy, new_district(), run)

    async def forget() -> None:
        async with tenancy.platform() as db:
            await db.execute(delete(HolidayRow))
        await tenancy.holidays_changed()
        await asyncio.sleep(0)

    run(forget())
