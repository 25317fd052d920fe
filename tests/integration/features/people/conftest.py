"""A small district with people, and changes tried in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from tests.integration.features.people.some_people import (
    AREAS,
    HELD,
    MEMBERS,
    STAFF,
    TEAMS,
    Body,
    Undo,
)

from bangban.features.areas.whole_tree import import_areas
from bangban.features.districts.platform import platform_work
from bangban.features.people.imports import import_people
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="module")
def place(new_district: Callable[..., District]) -> District:
    return new_district()


@pytest.fixture
def tried(tenancy: Tenancy, place: District, run: Callable[[Any], Any]) -> Callable[[Body], Any]:
    """Runs a body over a few areas and people in one transaction, and undoes it."""

    def tried(body: Body) -> Any:
        async def whole() -> None:
            async with platform_work(tenancy, place) as work:
                await import_areas(work, AREAS)
                await import_people(work, staff=STAFF, assignments=HELD, teams=TEAMS, memberships=MEMBERS)
                await body(work)
                await work.finish()
                raise Undo

        with suppress(Undo):
            run(whole())

    return tried
