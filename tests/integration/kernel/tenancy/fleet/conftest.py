"""A fleet of ten small districts, and releases that move it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.integration.kernel.tenancy.apart import Apart
from tests.releases import Releases, releases_in

from bangban.kernel.database.engine import Endpoint
from bangban.kernel.tenancy.fleet.outcome import Pace
from bangban.kernel.tenancy.installation import Installation
from bangban.kernel.vault.keyring import KeyRing

Run = Callable[[Any], Any]

SLUGS = tuple(f"f{number:02}" for number in range(10))
QUICK = Pace(workers=4, lock_timeout_ms=50, tries=2)


@pytest.fixture(scope="module")
def fleet(server: Endpoint, ring: KeyRing, run: Run) -> Iterator[Installation]:
    """An installation of its own with ten live districts, the same for all tests of a module."""
    apart = Apart(server, ring, run)
    try:
        yield apart.make(*SLUGS)
    finally:
        apart.close()


@pytest.fixture(scope="module")
def releases(fleet: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releases]:
    """Releases to come; each test adds its own, so that the fleet moves on from test to test."""
    with releases_in(tmp_path_factory.mktemp("releases")) as made:
        yield made


async def standing(fleet: Installation) -> dict[str, str]:
    """Each district's noted revision."""
    async with fleet.connection() as connection:
        return dict(await connection.fetch("SELECT slug, revision FROM platform.district"))


async def findings(fleet: Installation, kind: str = "MIGRATION") -> dict[str, Any]:
    """What is noted about districts."""
    async with fleet.connection() as connection:
        rows = await connection.fetch("SELECT * FROM platform.fleet_finding WHERE kind = $1", kind)
        return {row["slug"]: row for row in rows}


async def having(fleet: Installation, column: str) -> set[str]:
    """The districts whose areas have a column."""
    async with fleet.connection() as connection:
        rows = await connection.fetch(
            "SELECT slug FROM platform.district JOIN information_schema.columns"
            " ON table_schema = 'd_' || replace(slug, '-', '_') WHERE column_name = $1",
            column,
        )
        return {row["slug"] for row in rows}
