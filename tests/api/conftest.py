"""The whole application over ASGI, on the worker's own database, with one fully set-up district."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.casework import Desk, Run, applied, fresh
from tests.api.clients import PASSWORD, Client, Place
from tests.api.operators import Platform
from tests.api.told import Told, tell
from tests.conftest import fresh_database, maker_of_districts, opened
from tests.passwords import set_password

from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.access.roles import OperatorDuty
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings
from bangban.web.app import create_app
from bangban.web.services import AppServices, Opening

ROOT = Path(__file__).resolve().parents[2]
TOWN = "371681101"


# The application works in the background on its own: its loop and its database are not those of other tests.


@pytest.fixture(scope="session")
def run() -> Iterator[Callable[[Any], Any]]:
    """Runs a coroutine on the application's event loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def database(server: Endpoint, run: Callable[[Any], Any], worker_id: str) -> Iterator[Endpoint]:
    """The application's database."""
    with fresh_database(server, run, worker_id, to_the_end=True) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def installation(database: Endpoint, ring: KeyRing, run: Callable[[Any], Any]) -> Installation:
    """The application's installation."""
    installation: Installation = run(Installation.prepare(database, ring))
    return installation


@pytest.fixture(scope="session")
def tenancy(installation: Installation, run: Callable[[Any], Any]) -> Iterator[Tenancy]:
    """Sessions beside the application's own."""
    with opened(installation, run) as tenancy:
        yield tenancy


@pytest.fixture(scope="session")
def new_district(
    installation: Installation, tenancy: Tenancy, run: Callable[[Any], Any]
) -> Callable[..., District]:
    """Makes a fresh, empty, live district beside the sample ones."""
    return maker_of_districts(installation, tenancy, run)


@pytest.fixture(scope="session")
def app_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the application under test."""
    return Settings(
        var=tmp_path_factory.mktemp("var"),
        tenants=ROOT / "tenants",
        seal_every=0.2,
        onboarding_approval=True,  # no worker here makes districts: tests that want one work on the task themselves
        onboarding_address_daily=100_000,
        access_token_seconds=7_200,  # whoever signed in for a test stays so to the end, on a slow machine as well
    )


@pytest.fixture(scope="session")
def app(installation: Installation, app_settings: Settings, run: Callable[[Any], Any]) -> Iterator[Starlette]:
    """The application, started and stopped as a server would."""
    opening = Opening(
        settings=app_settings,
        endpoint=installation.application,
        direct=installation.application,
        names=installation.names,
        ring=installation.ring,
    )
    application = create_app(opening)
    stack = AsyncExitStack()
    run(stack.enter_async_context(application.router.lifespan_context(application)))
    yield application
    run(stack.aclose())


@pytest.fixture(scope="session")
def services(app: Starlette) -> AppServices:
    """What the application's process holds."""
    found: AppServices = app.state.services
    return found


@pytest.fixture(scope="session")
def api(app: Starlette, run: Callable[[Any], Any]) -> Client:
    """An anonymous client."""
    transport = httpx.ASGITransport(app=app)
    return Client(httpx.AsyncClient(transport=transport, base_url="http://api.test"), run)


@pytest.fixture(scope="session")
def place(
    installation: Installation, services: AppServices, api: Client, run: Callable[[Any], Any]
) -> Callable[[str], Place]:
    """Gives a district of tenants/, set up on first use. All its accounts share one password."""
    made: dict[str, Place] = {}
    passwords = Passwords(cost=Cost(1, 8, 1))

    async def set_up(slug: str) -> dict[str, str]:
        tenancy = services.tenancy
        await onboard(installation, tenancy, read_profile(ROOT / "tenants" / slug))
        async with platform_work(tenancy, tenancy.registry.get(slug)) as work:
            staff = await work.db.scalars(select(StaffRow).where(StaffRow.login.is_not(None)))
            for row in staff.all():
                await set_password(work, passwords=passwords, staff_id=row.id, password=PASSWORD)
            areas = await work.db.execute(select(AreaRow.name, AreaRow.id))
            return {name: str(area_id) for name, area_id in areas.all()}

    def get(slug: str) -> Place:
        if slug not in made:
            made[slug] = Place(slug, api, run(set_up(slug)))
        return made[slug]

    return get


@pytest.fixture(scope="session")
def zouping(place: Callable[[str], Place]) -> Place:
    """邹平: three levels, clerks in the county hall and in towns."""
    return place("zouping")


@pytest.fixture(scope="session")
def zibo(place: Callable[[str], Place]) -> Place:
    """淄博高新区: down to grids and micro-grids."""
    return place("zibo-hitech")


@pytest.fixture(scope="session")
def rushan(place: Callable[[str], Place]) -> Place:
    """乳山: staff at county level only."""
    return place("rushan")


@pytest.fixture(scope="session")
def told(
    api: Client,
    services: AppServices,
    installation: Installation,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Told:
    """A small district of its own, whose settings tests may change as they like."""
    return tell(api, services, installation, run, tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    """邹平, with the insides that tests count in."""
    return Desk(zouping, services, run, app_settings.outbox_folder)


@pytest.fixture
def n() -> int:
    """A sample person of whom no other test knows."""
    return fresh()


@pytest.fixture
def number(desk: Desk, n: int) -> str:
    """A case for which that person applied in a town."""
    return applied(desk.resident(n), desk.area(TOWN), n=n)


@pytest.fixture(scope="module")
def platform(services: AppServices, api: Client, run: Any) -> Platform:
    """The platform's side, for operators of each duty."""
    return Platform(services, api, run)


@pytest.fixture(scope="module")
def system(platform: Platform) -> Client:
    """A system operator."""
    return platform.client(OperatorDuty.SYSTEM)


@pytest.fixture(scope="module")
def audit(platform: Platform) -> Client:
    """An audit operator."""
    return platform.client(OperatorDuty.AUDIT)
