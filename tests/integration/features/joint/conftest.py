"""One small district with a bundle; each test has applications of its own in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle
from tests.integration.features.joint.bundling import offer

from bangban.features.districts.platform import platform_work
from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="session")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """The district, filled."""
    made = settle(tenancy, new_district(), run)

    async def fill() -> None:
        async with platform_work(tenancy, made.district) as work:
            await offer(work)

    run(fill())
    return made
