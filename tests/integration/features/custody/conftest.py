"""One small district for the tests of custody; each test has cases of its own in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture(scope="session")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """The district, filled."""
    return settle(tenancy, new_district(), run)
