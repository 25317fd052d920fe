"""Small districts for the tests of casework; each test has cases of its own in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from tests.integration.features.cases.casework import ITEM, World
from tests.integration.features.cases.settling import settle
from tests.letters import Letters

from bangban.kernel.tenancy.registry import District
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.tenancy import Tenancy
from bangban.kernel.tenancy.work import Work

SETTINGS: dict[str, Any] = {
    "modes": [
        {"mode": "ONLINE"},
        {"mode": "MOBILE", "required": [{"key": "phone", "label": {"zh": "手机号码", "en": "Phone"}}]},
        {
            "mode": "CARING",
            "required": [
                {"key": "address", "label": {"zh": "地址", "en": "Address"}},
                {"key": "care-need", "label": {"zh": "需要的照顾", "en": "Care needed"}},
            ],
        },
    ],
    "assistance": {
        "handover_minutes": 60,
        "phrases": [{"phrase": "不知道", "instead": "我来了解"}],
        "next_steps": {ITEM: ["370000-ITEM-COUNTY"]},
    },
}


@pytest.fixture(scope="session")
def world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """The district, filled."""
    return settle(tenancy, new_district(), run)


@pytest.fixture(scope="session")
def assisted_world(tenancy: Tenancy, new_district: Callable[..., District], run: Callable[..., Any]) -> World:
    """A district of its own, which decides something about assistance."""
    world = settle(tenancy, new_district(), run)

    async def decide(work: Work) -> None:
        await work.db.execute(update(ProfileRow).values(settings=SETTINGS))

    world.act("admin", decide)
    tenancy.forget(world.district.slug)
    return world


@pytest.fixture
def letters() -> Letters:
    return Letters()
