"""Two districts side by side, and the two ways to them: straight, and through a transaction-mode pooler."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from tests.integration.kernel.tenancy.apart import Apart
from tests.pooler import SERVER_CONNECTIONS, pgbouncer

from bangban.kernel.access.principals import Principal
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.names import Names, Wall
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]

REFUSED = "42501"  # insufficient_privilege
READ_ONLY = "25006"  # read_only_sql_transaction
DONE = "00000"


@dataclass(frozen=True)
class Sides:
    """Two districts of one installation, each with a row that names it."""

    near: District
    far: District
    names: Names

    def role(self, wall: Wall) -> str:
        """A role of the near district."""
        return self.names.role(self.near.slug, wall)


@pytest.fixture(scope="session")
def sides(installation: Installation, new_district: Callable[[str], District], run: Run) -> Sides:
    """The near and the far district."""
    mark = uuid4().hex[:6]
    found = Sides(new_district(f"near-{mark}"), new_district(f"far-{mark}"), installation.names)
    for district in (found.near, found.far):
        run(sign(installation, district))
    return found


async def sign(installation: Installation, district: District) -> None:
    """Put a row into a district that tells where it is."""
    async with installation.connection() as connection:
        await connection.execute(
            f"INSERT INTO {district.schema}.closure (day, working, reason) VALUES ('2026-10-01', false, $1)",
            district.slug,
        )


@pytest.fixture(scope="session", params=["direct", "pooled"])
def way(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Endpoint]:
    """The application's way in, which everything that uses this fixture is tried on."""
    if request.param == "direct":
        yield installation.application
        return
    with pgbouncer(installation.application) as address:
        yield installation.application.through(address)


@asynccontextmanager
async def entered(
    endpoint: Endpoint, role: str | None = None, *, readonly: bool = False
) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of somebody who can write their own SQL, as ``role``; rolled back in the end."""
    connection = await endpoint.connect()
    try:
        transaction = connection.transaction(readonly=readonly)
        await transaction.start()
        if role:
            await connection.execute(f'SET LOCAL ROLE "{role}"')
        yield connection
        await transaction.rollback()
    finally:
        await connection.close()


async def outcome(connection: asyncpg.Connection, sql: str, *arguments: Any) -> str:
    """The SQLSTATE that PostgreSQL answers a statement with; the transaction around it goes on."""
    try:
        async with connection.transaction():
            await connection.fetch(sql, *arguments)
    except asyncpg.PostgresError as error:
        return str(error.sqlstate)
    return DONE


async def outcomes(endpoint: Endpoint, role: str | None, statements: list[str]) -> dict[str, str]:
    """The SQLSTATE of each statement under a role."""
    async with entered(endpoint, role) as connection:
        return {sql: await outcome(connection, sql) for sql in statements}


@dataclass(frozen=True)
class Here:
    """Where a statement ran, and as whom."""

    user: str
    session_user: str
    read_only: str
    timeout: str
    timezone: str
    jit: str

    SQL = (
        "SELECT json_build_array(current_user, session_user, current_setting('transaction_read_only'),"
        " current_setting('statement_timeout'), current_setting('TimeZone'), current_setting('jit'))::text"
    )


@asynccontextmanager
async def sessions(
    endpoint: Endpoint, installation: Installation, ring: KeyRing, **limits: Any
) -> AsyncIterator[Tenancy]:
    """Sessions of a process of its own."""
    tenancy = await Tenancy.open(endpoint, names=installation.names, ring=ring, limits=Limits(**limits))
    try:
        yield tenancy
    finally:
        await tenancy.close()


@pytest.fixture(scope="session")
def narrow(
    way: Endpoint, installation: Installation, ring: KeyRing, sides: Sides, run: Run
) -> Iterator[Tenancy]:
    """Sessions with one connection for reads and one for writes: whatever is left behind, the next one meets."""
    context = sessions(
        way, installation, ring, read_connections=1, write_connections=1, acquire_timeout=0.5,
        statement_timeout_ms=20_000,
    )  # fmt: skip
    tenancy = run(context.__aenter__())
    yield tenancy
    run(context.__aexit__(None, None, None))


@pytest.fixture(autouse=True)
def given_back_clean(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nobody gives a connection back inside a transaction and leaves it to the pool to end that."""
    yield
    said = [each.getMessage() for each in caplog.get_records("call")]
    assert not [each for each in said if "Resetting connection" in each]


@pytest.fixture
def apart(server: Endpoint, ring: KeyRing, run: Run) -> Iterator[Apart]:
    """Makes installations in databases of their own."""
    made = Apart(server, ring, run)
    yield made
    made.close()


def nobody(district: District) -> Principal:
    """Somebody without any grant: the wall stands below all grants."""
    return Principal.anonymous(district=district.slug)


async def here_reading(tenancy: Tenancy, sides: Sides, wall: Wall) -> Here:
    return Here(*json.loads(await tenancy.reader.district(sides.near.slug, wall, Here.SQL, ())))


async def here_writing(tenancy: Tenancy, sides: Sides) -> Here:
    async with tenancy.write(sides.near, nobody(sides.near)) as work:
        return Here(*json.loads((await work.db.execute(text(Here.SQL))).scalar_one()))


async def here_on_the_platform(tenancy: Tenancy) -> Here:
    async with tenancy.platform() as db:
        return Here(*json.loads((await db.execute(text(Here.SQL))).scalar_one()))


# A limit of time counts as left behind where it is not the connection's own.
_LEFT = Here.SQL.replace(
    "current_setting('statement_timeout')",
    "(SELECT CASE WHEN setting = reset_val THEN 'own' ELSE setting END FROM pg_settings"
    " WHERE name = 'statement_timeout')",
)


async def lanes_afterwards(tenancy: Tenancy) -> set[Here]:
    """What the next read meets on each lane. One that stands somewhere has the very role that it believes."""
    lanes = tenancy.reader.lanes
    await asyncio.gather(*lanes._settling)
    counts = lanes.counts()
    assert (counts.busy, counts.waiting, counts.parties) == (0, 0, 0)
    found = set()
    for lane in lanes._lanes:
        if lane.connection is None or not lane.open:
            continue
        assert not lane.connection.is_in_transaction()
        here = Here(*json.loads(await lane.connection.fetchval(_LEFT)))
        if lanes.pooled:
            found.add(here)
            continue
        assert here.read_only == "on"
        assert here.session_user == tenancy.names.application
        assert lane.at is None or here.user == lane.at.role
    return found


async def here_afterwards(tenancy: Tenancy) -> set[Here]:
    """What the next user of each connection meets: reads and writes, and every server connection of a pooler."""
    found = await lanes_afterwards(tenancy)
    async with tenancy._engine.connect() as connection:
        found.add(Here(*json.loads((await connection.execute(text(_LEFT))).scalar_one())))
    return found


async def clean(tenancy: Tenancy, way: Endpoint) -> bool:
    """Whether nothing of a role, a limit or a transaction is left where nobody knows of it."""
    found = await here_afterwards(tenancy)
    held = []
    try:
        for _ in range(SERVER_CONNECTIONS if way.pooled else 0):
            connection = await way.connect()
            held.append(connection)
            await connection.execute("BEGIN")
            found.add(Here(*json.loads(await connection.fetchval(_LEFT))))
    finally:
        for connection in held:
            await connection.execute("ROLLBACK")
            await connection.close()
    user = tenancy.names.application
    assert found == {Here(user, user, "off", "own", "UTC", "off")}
    assert tenancy._slots.busy == len(tenancy._slots.turns) == 0
    assert tenancy._engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of the queue pool
    return True
