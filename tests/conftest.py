"""Fixtures on a real PostgreSQL: one embedded server for the run, one database for each worker.

Roles are cluster-wide, so every worker's installation has a tag of its own; workers never meet.
Async tests are plain functions that call ``run``: one event loop for the whole worker, so that pools live on.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import shutil
import zlib
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, settings

import bangban.features.all_tables  # noqa: F401 - the metadata must be whole before a schema is made
from bangban.kernel.database.embedded import temporary_postgres
from bangban.kernel.database.engine import Endpoint
from bangban.kernel.levels import AreaLevel
from bangban.kernel.tenancy.installation import Installation, NewDistrict
from bangban.kernel.tenancy.limits import Limits
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import DistrictStatus
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey

T = TypeVar("T")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Flags of this project's own."""
    parser.addoption(
        "--oracle-minutes", type=float, default=0, help="draw operations for so long (with --timeout 0)"
    )


# How long an example takes says how busy the machine is, and nothing of what is tested. The same examples are drawn
# in each run, so that what is green stays green, and fifty of them keep the whole run below ten minutes;
# ``--hypothesis-profile exploring`` draws a hundred others, each time.
settings.register_profile(
    "exploring",
    settings.default,
    deadline=None,
    derandomize=False,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("settled", settings.get_profile("exploring"), derandomize=True, max_examples=50)
settings.load_profile("settled")

# The usual renderer draws every local variable of every frame: seconds for one failure that a test wants.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Hardly anything of what is collected is garbage. Afterwards as a server runs: what is there by then is
    there to the end, and is never looked through.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What scenes draw by themselves is the same in each run, too, whatever ran before."""
    if settings.default.derandomize:
        random.seed(zlib.crc32(item.path.name.encode()))


Run = Callable[[Coroutine[Any, Any, T]], T]

GIVEN = os.environ.get("BANGBAN_TEST_DATABASE_URL")
LIKE = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
ROOM = 8 * 2**30  # bytes: several times what the servers of two workers take


@pytest.fixture(scope="session")
def run() -> Iterator[Run[Any]]:
    """Runs a coroutine on the worker's one event loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def server() -> Iterator[Endpoint]:
    """The administrative way into a PostgreSQL: ``BANGBAN_TEST_DATABASE_URL``, or an embedded one."""
    if GIVEN:
        yield Endpoint.from_url(GIVEN)
        return
    with temporary_postgres(settings=FAST, base=memory()) as postgres:
        yield Endpoint.from_url(postgres.url)


def memory() -> Path | None:
    """Where a server's files stay in memory, if there is room; on a disk they cost more than the statements.

    A district has three hundred files, and the tests make hundreds of districts.
    """
    shared = Path("/dev/shm")
    with suppress(OSError, ValueError):
        told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(told["MemAvailable"].split()[0]) * 1024
        return shared if min(free, shutil.disk_usage(shared).free) > ROOM else None
    return None


@contextmanager
def fresh_database(
    server: Endpoint, run: Run[Any], worker_id: str, *, to_the_end: bool = False
) -> Iterator[Endpoint]:
    """A database of its own, dropped afterwards; one that lasts to the end of the run goes with its server."""
    name = f"bangban_{worker_id}_{uuid4().hex[:8]}"
    run(_statement(server, f"CREATE DATABASE {name} {LIKE}"))
    yield server.on(name)
    if GIVEN or not to_the_end:
        run(_statement(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@contextmanager
def opened(installation: Installation, run: Run[Any]) -> Iterator[Tenancy]:
    """Sessions as the application's login."""
    tenancy: Tenancy = run(
        Tenancy.open(
            installation.application,
            names=installation.names,
            ring=installation.ring,
            limits=Limits(acquire_timeout=60.0),  # crowds of tests are let in however slow the machine is
        )
    )
    yield tenancy
    run(tenancy.close())


@pytest.fixture(scope="session")
def database(server: Endpoint, run: Run[Any], worker_id: str) -> Iterator[Endpoint]:
    """A database of this worker's own."""
    with fresh_database(server, run, worker_id, to_the_end=True) as endpoint:
        yield endpoint


async def _statement(endpoint: Endpoint, sql: str) -> None:
    connection = await endpoint.connect()
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    """A key ring of the test run's own."""
    return KeyRing(MasterKey.fresh())


@pytest.fixture(scope="session")
def installation(database: Endpoint, ring: KeyRing, run: Run[Any]) -> Installation:
    """A prepared database without districts."""
    installation: Installation = run(Installation.prepare(database, ring))
    return installation


@pytest.fixture
def new_installation(
    server: Endpoint, run: Run[Any], worker_id: str
) -> Iterator[Callable[[KeyRing], Installation]]:
    """Makes further installations beside the worker's own, each with one small live district."""
    with ExitStack() as stack:

        def make(ring: KeyRing) -> Installation:
            endpoint = stack.enter_context(fresh_database(server, run, worker_id))
            installation: Installation = run(Installation.prepare(endpoint, ring))
            run(installation.create_district(small_district(f"n{uuid4().hex[:10]}")))
            return installation

        yield make


def small_district(slug: str) -> NewDistrict:
    """The registry's facts of an empty district with four levels."""
    return NewDistrict(
        slug=slug,
        name="测试区",
        brand="帮办",
        division_code=None,
        levels=[AreaLevel.COUNTY, AreaLevel.TOWN, AreaLevel.VILLAGE, AreaLevel.GRID],
    )


@pytest.fixture(scope="session")
def tenancy(installation: Installation, run: Run[Any]) -> Iterator[Tenancy]:
    """Sessions as the application's login."""
    with opened(installation, run) as tenancy:
        yield tenancy


def maker_of_districts(
    installation: Installation, tenancy: Tenancy, run: Run[Any]
) -> Callable[..., District]:
    """What makes a fresh, empty, live district, of the given slug or of any."""

    def make(slug: str | None = None) -> District:
        chosen = slug or f"t{uuid4().hex[:10]}"
        run(installation.create_district(small_district(chosen)))
        run(installation.set_status(chosen, DistrictStatus.LIVE))
        run(tenancy.registry.refresh(chosen))
        return tenancy.registry.get(chosen)

    return make


@pytest.fixture(scope="session")
def new_district(installation: Installation, tenancy: Tenancy, run: Run[Any]) -> Callable[..., District]:
    """Makes a fresh, empty, live district with four levels."""
    return maker_of_districts(installation, tenancy, run)


@pytest.fixture
def district(new_district: Callable[..., District]) -> District:
    """A fresh, empty, live district."""
    return new_district()
