"""The whole application over ASGI, on the worker's own database, with one fully set-up district."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from tests.api.posting import post_graphql
from tests.conftest import fresh_database, maker_of_districts, opened

from bangban.features.accounts.credentials import set_password
from bangban.features.accounts.passwords import Cost, Passwords
from bangban.features.areas.tables import AreaRow
from bangban.features.districts.onboarding import onboard
from bangban.features.districts.platform import platform_work
from bangban.features.people.tables import StaffRow
from bangban.features.profiles.reader import read_profile
from bangban.kernel.access.vocabulary import OperatorDuty
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing
from bangban.settings import Settings
from bangban.web.app import create_app
from bangban.web.services import AppServices, Opening

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Reply:
    """An HTTP answer, taken apart."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        return self.body["data"]

    @property
    def code(self) -> str:
        """The code of the first refusal."""
        return str(self.body["errors"][0]["extensions"]["code"])


@dataclass
class Client:
    """Sends GraphQL to the application."""

    http: httpx.AsyncClient
    run: Callable[[Any], Any]
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, query: str, *, headers: dict[str, str] | None = None, **variables: Any) -> Reply:
        return self.run(self.send(query, headers=headers, **variables))

    async def send(self, query: str, *, headers: dict[str, str] | None = None, **variables: Any) -> Reply:
        """One POST."""
        asked = {"query": query, "variables": variables}
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return await self.send_bytes(body.encode(), headers=headers)

    async def send_bytes(self, body: bytes, *, headers: dict[str, str] | None = None) -> Reply:
        """One POST of JSON as it is."""
        named = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        answer = await post_graphql(self.http, body, named)
        return Reply(answer.status, json.loads(answer.body), answer.headers)

    def as_(self, **headers: str) -> Client:
        """The same with other headers; names take underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Client(self.http, self.run, {**self.headers, **named})


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


PASSWORD = "a-password-of-the-test-run"


@dataclass
class Place:
    """A district of tenants/, onboarded, whose people can sign in."""

    slug: str
    api: Client
    ids: dict[str, str]  # ids of areas by name
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def anonymous(self) -> Client:
        """Nobody in particular, in this district."""
        return self.api.as_(X_District=self.slug)

    def sign_in(self, login: str) -> Client:
        """The client of a member of staff, by login."""
        if login not in self._tokens:
            reply = self.anonymous(
                "mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
                i={"login": login, "password": PASSWORD},
            )
            self._tokens[login] = reply.data["signIn"]["accessToken"]
        return self.api.as_(Authorization=f"Bearer {self._tokens[login]}")


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


@pytest.fixture(scope="module")
def platform(services: AppServices, api: Client, run: Any) -> Any:
    """The platform's side, for operators of each duty."""
    from tests.api.operators import Platform  # noqa: PLC0415 - it builds on this module

    return Platform(services, api, run)


@pytest.fixture(scope="module")
def system(platform: Any) -> Client:
    """A system operator."""
    client: Client = platform.client(OperatorDuty.SYSTEM)
    return client


@pytest.fixture(scope="module")
def audit(platform: Any) -> Client:
    """An audit operator."""
    client: Client = platform.client(OperatorDuty.AUDIT)
    return client
