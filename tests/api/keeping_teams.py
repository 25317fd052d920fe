"""Teams kept over the API: asked for, answered and refused."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.casework import Desk, mutation_of
from tests.api.clients import Client, Reply
from tests.api.parts.teams import team_of

ZONE = ZoneInfo("Asia/Shanghai")
TEAM = (
    "id key name nameEn brand kind department until headcount area { code }"
    " members { id since until lead fullTime staff { id name } }"
)
CONFIGURE = mutation_of("configureDistrict", "slug")


def sent(client: Client, name: str, /, retry: str | None = None, **given: Any) -> Coroutine[Any, Any, Reply]:
    headers = {} if retry is None else {"Idempotency-Key": retry}
    return client.send(mutation_of(name, TEAM), headers=headers, input=given)


def did(client: Client, name: str, /, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.run(sent(client, name, **given)).data[name]
    return found


def refusal(client: Client, name: str, /, **given: Any) -> tuple[str, list[str]]:
    (error,) = client.run(sent(client, name, **given)).body["errors"]
    return error["extensions"]["code"], error["extensions"]["fields"]


def day(days: int = 0) -> str:
    return (datetime.now(ZONE).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def back_office(desk: Desk) -> Iterator[dict[str, Any]]:
    """A team that the settings may name; they are put back afterwards."""
    admin, given = desk.staff("admin"), team_of(desk)
    did(admin, "setTeam", **given)
    yield given
    admin(CONFIGURE, input={"hall": {"batch": None}})
