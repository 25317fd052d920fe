"""A small district for each module of tests of first-asked records; each test has cases of its own in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle

from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy

# Modules run in any order, and what one decides of groups and their leads is not the others' business.


@pytest.fixture(scope="module")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """The district, filled."""
    return settle(tenancy, new_district(), run)


@pytest.fixture
def apart(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """Another one, in which nothing has been asked yet and nobody else will ask."""
    return settle(tenancy, new_district(), run)
