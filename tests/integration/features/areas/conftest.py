"""A small tree of areas, and changes tried in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from tests.integration.features.areas.some_areas import TREE, Body, Undo

from bangban.features.areas.whole_tree import import_areas
from bangban.features.districts.platform import platform_work
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="module")
def place(new_district: Callable[..., District]) -> District:
    return new_district()


@pytest.fixture
def tried(tenancy: Tenancy, place: District, run: Callable[[Any], Any]) -> Callable[[Body], Any]:
    """Runs a body over the small tree in one transaction, and undoes it."""

    def tried(body: Body) -> Any:
        async def whole() -> Any:
            async with platform_work(tenancy, place) as work:
                await import_areas(work, TREE)
                found.append(await body(work))
                await work.finish()
                raise Undo

        found: list[Any] = []
        with suppress(Undo):
            run(whole())
        return found[0]

    return tried
