"""Budgets, costs on request and the order of service, as clients of the whole application meet them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.api.clients import Client, Place
from tests.api.counting import counted, hang_on

from bangban.web.admission import Admission, Bounds
from bangban.web.app import Application
from bangban.web.budgets import Allowances, Budgets
from bangban.web.services import AppServices

PAGE = "{ services(first: 10) { edges { node { name } } } }"
PAGE_COSTS = 10 * (1 + 1 * (1 + 1))
OFF = Allowances(district=0, principal=0, portal=0, address=0)


class Clock:
    """Nanoseconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def budgets(services: AppServices) -> Iterator[Any]:
    """Puts other budgets into the running application, and back afterwards: their clock."""
    before, clock = services.budgets, Clock()

    def use(**allowed: Any) -> Clock:
        chosen = replace(OFF, **allowed)
        object.__setattr__(services, "budgets", Budgets(chosen, clock=clock))
        return clock

    yield use
    object.__setattr__(services, "budgets", before)


@pytest.fixture
def clerk(zouping: Place) -> Client:
    return zouping.sign_in("clerk-county")


def spend(client: Client, price: int) -> None:
    """Ask for pages until so much is paid."""
    for _ in range(price // PAGE_COSTS):
        assert client(PAGE).data


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_who_has_spent_the_budget_is_told_when_to_come_back(
    zouping: Place, budgets: Any, language: str
) -> None:
    clock = budgets(address=60, burst_seconds=0)  # a bucket of 30,000 all the same
    dear = "{ areas(first: 100) { edges { node { children(first: 98) { edges { cursor } } } } } }"
    anonymous = zouping.anonymous.as_(Accept_Language=language)
    assert anonymous(dear).data  # 100 * (1 + 1 + 1 + 98 * 2) = 19,900
    spend(anonymous, 10_090)
    reply = anonymous(PAGE)
    assert (reply.status, reply.code) == (429, "RATE_LIMITED")
    wait = reply.body["errors"][0]["extensions"]["retryAfter"]
    assert reply.headers["Retry-After"] == str(wait) == "10"
    assert ("秒" if language == "zh-CN" else "seconds") in reply.body["errors"][0]["message"]
    clock.now += wait * 10**9
    assert anonymous(PAGE).data


def test_a_refused_request_reads_nothing_and_costs_nothing(
    zouping: Place, budgets: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang_on(monkeypatch)
    budgets(address=60, burst_seconds=0)
    spend(zouping.anonymous, 30_000)

    async def go() -> tuple[int, list[str]]:
        with counted() as heard:
            return (await zouping.anonymous.send(PAGE)).status, heard.texts

    assert zouping.api.run(go()) == (429, [])


def test_a_mutation_pays_for_its_root_field_and_what_was_not_allowed_pays_nothing(
    clerk: Client, budgets: Any
) -> None:
    budgets(principal=30_000)
    report = clerk.as_(GraphQL_Cost="report")
    three = " ".join(f'm{n}: takeOverCase(input: {{number: "{n}"}}) {{ id }}' for n in range(3))
    assert clerk('mutation { takeOverCase(input: {number: "0"}) { id } }').code == "NOT_FOUND"
    assert clerk("mutation { " + three + " }").code == "LIMIT_EXCEEDED"
    assert clerk("{ auditTrail { edges { cursor } } }").code in ("FORBIDDEN", "GRAPHQL_VALIDATION_FAILED")
    left = report(PAGE).body["extensions"]["cost"]["remaining"]
    assert left == 30_000 - 100 - PAGE_COSTS


def test_the_cost_is_told_to_whoever_asks_and_to_nobody_else(
    clerk: Client, zouping: Place, budgets: Any
) -> None:
    budgets(principal=60_000)
    assert "extensions" not in clerk(PAGE).body
    told = clerk.as_(GraphQL_Cost="report")(PAGE)
    assert told.data["services"]["edges"]
    assert told.body["extensions"] == {
        "cost": {
            "requested": PAGE_COSTS,
            "most": 30_000,
            "budget": 60_000,
            "remaining": 60_000 - 2 * PAGE_COSTS,
        }
    }
    walked = clerk.as_(GraphQL_Cost="report")("{ __schema { queryType { name } } }")
    assert walked.body["extensions"]["cost"]["requested"] == 0
    unlimited = zouping.anonymous.as_(GraphQL_Cost="report")(PAGE).body["extensions"]["cost"]
    assert (unlimited["budget"], unlimited["remaining"]) == (None, None)


def test_what_is_told_to_one_is_not_cached_for_others(zouping: Place) -> None:
    async def go(headers: dict[str, str]) -> str:
        named = {**zouping.anonymous.headers, **headers}
        response = await zouping.api.http.get("/graphql", params={"query": PAGE}, headers=named)
        return str(response.headers["Cache-Control"])

    assert "public" in zouping.api.run(go({}))
    assert zouping.api.run(go({"GraphQL-Cost": "report"})) == "no-store"


def test_districts_have_budgets_of_their_own(zouping: Place, rushan: Place, budgets: Any) -> None:
    budgets(district=30_000)
    spend(zouping.anonymous, 30_000)
    assert zouping.anonymous(PAGE).code == "RATE_LIMITED"
    assert zouping.sign_in("clerk-county")(PAGE).code == "RATE_LIMITED"
    assert rushan.anonymous(PAGE).data


# ---------------------------------------------------------------------------------------------- admission


@pytest.fixture
def admission(app: Application) -> Iterator[Any]:
    """Puts other bounds into the running application, and back afterwards."""
    endpoint: Any = app.endpoint
    before = endpoint._admission

    def use(**bounds: Any) -> Admission:
        endpoint._admission = Admission(Bounds(**bounds))
        chosen: Admission = endpoint._admission
        return chosen

    yield use
    endpoint._admission = before


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("media", ["application/json", "application/graphql-response+json"])
def test_a_full_house_refuses_before_the_body_is_read(
    zouping: Place, rushan: Place, admission: Any, language: str, media: str
) -> None:
    chosen = admission(room=5)
    inside = [chosen.enter("zouping") for _ in range(4)]

    def read() -> bytes:
        raise AssertionError("the body is read")

    async def unread() -> Any:
        yield read()

    async def go() -> Any:
        headers = {**zouping.anonymous.headers, "Accept-Language": language, "Accept": media}
        return await zouping.api.http.post("/graphql", content=unread(), headers=headers)

    response = zouping.api.run(go())
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    assert response.headers["Content-Type"].startswith(media)
    assert len(response.headers["X-Request-Id"]) == 32
    (error,) = json.loads(response.content)["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert ("秒" if language == "zh-CN" else "seconds") in error["message"]
    assert rushan.anonymous(PAGE).data  # another district still finds a place
    for each in inside:
        each.leave()
    assert zouping.anonymous(PAGE).data
    assert chosen.room.free == 5


def test_every_way_to_leave_gives_the_places_back(zouping: Place, clerk: Client, admission: Any) -> None:
    chosen = admission(room=50)
    documents = [
        PAGE,
        "{ nonsense }",
        "{ oops",
        "{ viewer { kind } }",
        'mutation { takeOverCase(input: {number: "1"}) { id } }',
        "{ areas(first: 100) { edges { node { children(first: 100) { edges { node { name } } } } } } }",
        "subscription { x }",
    ]
    for document in documents:
        clerk(document)
        zouping.anonymous(document)
    zouping.api.as_(Authorization="Bearer nonsense")(PAGE)
    assert chosen.room.free == 50
    assert chosen.reading.working == chosen.writing.working == 0


def test_a_district_s_flood_lets_others_by(zouping: Place, rushan: Place, admission: Any) -> None:
    chosen = admission(reading=2, least=1, wait_seconds=60)
    lane = chosen.reading

    async def until(settled: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not settled():  # noqa: ASYNC110 - no event says who waits
                await asyncio.sleep(0)

    async def go() -> int:
        at_work = [chosen.enter("zouping") for _ in range(2)]  # so all of the flood waits, however fast
        for each in at_work:
            await each.turn()
        flood = [asyncio.create_task(zouping.anonymous.send(PAGE)) for _ in range(40)]
        await until(lambda: lane.waiting("zouping") == 40)
        other = asyncio.create_task(rushan.anonymous.send(PAGE))
        await until(lambda: lane.waiting("rushan") == 1)
        for each in at_work:
            each.leave()
        await until(lambda: lane.waiting("rushan") == 0)
        still_waiting: int = lane.waiting("zouping")
        assert (await other).data
        assert all(each.data for each in await asyncio.gather(*flood))
        return still_waiting

    assert zouping.api.run(go()) >= 30  # of forty that were there before
    assert lane.working == 0


def test_who_waits_too_long_is_refused(zouping: Place, admission: Any) -> None:
    chosen = admission(reading=1, wait_seconds=0.01)

    async def go() -> Any:
        first = chosen.enter("rushan")
        await first.turn()
        reply = await zouping.anonymous.send(PAGE)
        first.leave()
        return reply

    reply = zouping.api.run(go())
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "UNAVAILABLE", "1")
    assert zouping.anonymous(PAGE).data
    assert chosen.room.free == Bounds().room
