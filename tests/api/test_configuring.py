"""Setting a district up through the API: who may, what portals see of it, and every process follows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.api.casework import Run
from tests.api.clients import Client, Place

from bangban.kernel.tenancy.installation import Installation
from bangban.settings import Settings
from bangban.web.app import create_app
from bangban.web.services import AppServices, Opening

CONFIGURE = (
    "mutation($i: ConfigureDistrictInput!) { configureDistrict(input: $i) { slug name brand circleMinutes } }"
)
PORTAL = (
    "{ district { slug name contactPhone levels levelNames { level name nameEn } modes { mode name required { key } }"
    " rating { moments dimensions { key name } assessment { key weight } } projectLead hardCaseChannelEn } }"
)


@pytest.fixture
def other(
    installation: Installation, app_settings: Settings, run: Run
) -> Iterator[tuple[Client, AppServices]]:
    """A second process of the same installation."""
    application = create_app(
        Opening(
            settings=app_settings,
            endpoint=installation.application,
            direct=installation.application,
            names=installation.names,
            ring=installation.ring,
        )
    )
    stack = AsyncExitStack()
    run(stack.enter_async_context(application.router.lifespan_context(application)))
    transport = httpx.ASGITransport(app=application)
    client = Client(httpx.AsyncClient(transport=transport, base_url="http://other.test"), run)
    yield client, application.state.services
    run(stack.aclose())


def test_a_portal_reads_modes_rating_levels_and_contact_in_one_query(zibo: Place) -> None:
    found = zibo.anonymous(PORTAL).data["district"]
    assert found["levelNames"][2] == {"level": "VILLAGE", "name": "村居", "nameEn": "Village"}
    assert [each["level"] for each in found["levelNames"]] == found["levels"]
    assert {"BEFORE", "DURING", "AFTER"} <= set(found["rating"]["moments"])
    assert all(each["name"] for each in found["modes"])


def test_the_directory_knows_no_settings(zibo: Place) -> None:
    fields = "slug contactPhone modes { mode } rating { moments } levelNames { level }"
    query = f'{{ districts(search: "zibo") {{ edges {{ node {{ {fields} }} }} }} }}'
    (edge,) = zibo.api(query).data["districts"]["edges"]
    assert edge["node"] == {
        "slug": "zibo-hitech",
        "contactPhone": None,
        "modes": None,
        "rating": None,
        "levelNames": None,
    }


@pytest.mark.parametrize("login", ["clerk-county", "leader", "auditor"])
def test_others_than_the_administrator_may_neither_look_nor_change(rushan: Place, login: str) -> None:
    client = rushan.sign_in(login)
    assert client("{ readiness { code } }").code == "FORBIDDEN"
    assert client(CONFIGURE, i={"name": "x"}).code == "FORBIDDEN"
    assert client("mutation { goLive { slug } }").code == "FORBIDDEN"
    assert rushan.anonymous("{ readiness { code } }").code == "UNAUTHENTICATED"


def test_a_change_is_seen_in_every_process_and_in_the_directory(
    rushan: Place, other: tuple[Client, AppServices], run: Run
) -> None:
    client, services = other
    followed = asyncio.Event()

    async def heard(slug: str, _: str) -> None:  # called after the process's own followers
        if slug == "rushan" and services.registry.get(slug).brand == "乳山新帮":
            followed.set()

    services.listener.on("registry.changed", heard)
    admin = rushan.sign_in("admin")
    key = {"Idempotency-Key": "configure-once"}
    wished: dict[str, Any] = {
        "brand": "乳山新帮",
        "circleMinutes": 12,
        "allowedOrigins": ["https://p.example"],
    }
    first = admin(CONFIGURE, headers=key, i=wished).data["configureDistrict"]
    assert first == {"slug": "rushan", "name": "乳山市", "brand": "乳山新帮", "circleMinutes": 12}
    assert admin(CONFIGURE, headers=key, i=wished).data["configureDistrict"] == first

    run(asyncio.wait_for(followed.wait(), 60))
    assert services.registry.get("rushan").allowed_origins == {"https://p.example"}
    elsewhere = client.as_(X_District="rushan")
    assert elsewhere("{ district { brand circleMinutes } }").data["district"] == {
        "brand": "乳山新帮",
        "circleMinutes": 12,
    }
    (edge,) = client('{ districts(search: "rushan") { edges { node { brand } } } }').data["districts"][
        "edges"
    ]
    assert edge["node"]["brand"] == "乳山新帮"


def test_faults_are_named_by_their_input(rushan: Place) -> None:
    reply = rushan.sign_in("admin")(
        CONFIGURE,
        i={
            "name": "\u202e乳山",
            "brandEn": "Help\nat once",
            "circleMinutes": 500,
            "timezone": "Mars/Base",
            "modes": [
                {"mode": "ONLINE", "name": {"zh": "线上帮", "en": "Online"}},
                {"mode": "ONLINE", "name": {"zh": "又一个", "en": "Again"}},
            ],
        },
    )
    assert reply.code == "INVALID_INPUT"
    fields = reply.body["errors"][0]["extensions"]["fields"]
    assert set(fields) == {
        "input.name",
        "input.brandEn",
        "input.circleMinutes",
        "input.timezone",
        "input.modes.1",
    }


def test_a_time_zone_that_has_another_day_is_refused_in_both_languages(rushan: Place) -> None:
    admin = rushan.sign_in("admin")
    # Until 20:00 in China it is yesterday in the one, from 18:00 on tomorrow in the other.
    early = datetime.now(ZoneInfo("Asia/Shanghai")).hour < 19
    wished = {"timezone": "Etc/GMT+12" if early else "Pacific/Kiritimati"}
    for language, said in (("zh-CN", "起可以更改"), ("en", "It can be changed from")):
        reply = admin.as_(Accept_Language=language)(CONFIGURE, i=wished)
        assert reply.code == "CONFLICT"
        (error,) = reply.body["errors"]
        assert error["extensions"]["fields"] == ["input.timezone"]
        assert said in error["message"]
    assert admin("{ readiness { code } }").data["readiness"]


def test_readiness_names_what_is_missing_in_the_callers_language(rushan: Place) -> None:
    query = "{ readiness { code passed required message count findings { reference name } } }"
    admin, said = rushan.sign_in("admin"), {}
    for language in ("zh-CN", "en"):
        found = admin.as_(Accept_Language=language)(query).data["readiness"]
        said[language] = {each["code"]: each for each in found}
    assert said["en"]["admin"]["passed"]
    assert said["zh-CN"]["calendar"]["required"] is False
    assert "管理员" in said["zh-CN"]["admin"]["message"]
    assert "administrator" in said["en"]["admin"]["message"]
    for code, check in said["en"].items():
        assert check["passed"] is (check["count"] == 0), code


def test_a_level_that_is_in_use_does_not_go(zibo: Place) -> None:
    reply = zibo.sign_in("admin")(
        "mutation($i: SetLevelsInput!) { setLevels(input: $i) { levels } }", i={"levels": ["COUNTY", "TOWN"]}
    )
    assert reply.code == "CONFLICT"
    message = reply.body["errors"][0]["message"] + reply.body["errors"][0]["extensions"].get("message", "")
    assert "VILLAGE" in message
    assert "GRID" in message
