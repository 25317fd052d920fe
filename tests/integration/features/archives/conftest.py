"""Two installations under different keys, and a district in the first that has lived a little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import fresh_database, opened
from tests.integration.features.archives.ground import HELD, Side, fill
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.vault.keyring import KeyRing, MasterKey


@pytest.fixture(scope="session")
def home(
    installation: Installation,
    tenancy: Tenancy,
    run: Callable[[Any], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Side:
    """Where the district is."""
    return Side(installation, tenancy, run, tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def elsewhere(
    server: Endpoint, run: Callable[[Any], Any], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Side]:
    """Another installation, with another master key."""
    with fresh_database(server, run, worker_id) as endpoint:
        installation: Installation = run(Installation.prepare(endpoint, KeyRing(MasterKey.fresh())))
        with opened(installation, run) as tenancy:
            yield Side(installation, tenancy, run, tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def world(
    home: Side, tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]
) -> World:
    """A district with people, items, cases and files."""
    found = settle(tenancy, new_district(), run)
    fill(found)
    for content in HELD:
        home.keep(found, content)
    return found


@pytest.fixture(scope="module")
def archive(home: Side, world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its archive."""
    return home.archive(world.district.slug, tmp_path_factory.mktemp("archives") / "district.zip").file


@pytest.fixture
def gone(elsewhere: Side, world: World) -> Iterator[None]:
    """The other installation without the district, before and after."""
    yield
    if elsewhere.traces(world.district.slug):
        elsewhere.drop(world.district.slug)
