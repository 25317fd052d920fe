"""A district with items of a template, tried in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from tests.integration.features.catalog.drifting import Body, Tried, Undo

from bangban.features.districts.platform import platform_work
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="module")
def tried(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[[Any], Any]) -> Tried:
    """Runs a body in one transaction of an empty district, and undoes it."""
    place = new_district()

    def tried(body: Body) -> None:
        async def whole() -> None:
            async with platform_work(tenancy, place) as work:
                await body(work)
                await work.finish()
                raise Undo

        with suppress(Undo):
            run(whole())

    return tried
