"""One small district for the tests of halls; each test has a hall of its own in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle
from tests.integration.features.hall.halls import Hall, hired, opened

from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="session")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """The district, filled."""
    return hired(settle(tenancy, new_district(), run))


@pytest.fixture
def hall(world: World) -> Hall:
    """A hall with two comprehensive windows and one special one."""
    return opened(world)
