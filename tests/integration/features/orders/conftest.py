"""The small district of casework, with helpers who take orders in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle
from tests.integration.features.orders.ordering import decide, hire_more

from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="session")
def orders_world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """The district, filled."""
    world = settle(tenancy, new_district(), run)
    hire_more(world)
    decide(world)
    return world


@pytest.fixture
def world(orders_world: World) -> Iterator[World]:
    """The district, as it decides nothing else about orders."""
    yield orders_world
    decide(orders_world)
