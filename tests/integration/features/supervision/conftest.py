"""A district of casework, whose days may be turned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.features.cases.casework import World
from tests.integration.features.cases.settling import settle
from tests.letters import Letters

from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tenancy import Tenancy


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district of its own for each test: a sweep looks at all cases of it."""
    return settle(tenancy, new_district(), run)
