"""What operators see of districts and do to them: the directory, suspension, quotas, statistics, the trail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.api.casework import Run, applicant, fresh
from tests.api.clients import Client, Place
from tests.api.operators import Platform
from tests.api.wire_ws import subscribed

from bangban.features.statistics.service import count_one, keep_statistics
from bangban.kernel.tenancy.names import Wall
from bangban.web.services import AppServices

SUSPEND = "mutation($i: SuspendDistrictInput!) { suspendDistrict(input: $i) { slug status suspendedWhy } }"
RESUME = "mutation($i: ResumeDistrictInput!) { resumeDistrict(input: $i) { slug status suspendedWhy } }"
QUOTAS = """mutation($i: SetDistrictQuotasInput!) { setDistrictQuotas(input: $i) {
  slug quotas { storageMb staffAccounts costPerMinute statementTimeoutMs } } }"""
DISTRICTS = """query($s: String, $of: [DistrictStatus!]) { platformDistricts(search: $s, status: $of, first: 100) {
  totalCount edges { node {
    slug status revision createdAt liveSince storageMb staffAccounts quotas { storageMb } } } } }"""
TRAIL = """query($f: AuditFilter) { platformTrail(filter: $f, first: 50) {
  totalCount edges { node { seq actor action object details } } } }"""
STATISTICS = """{ platformStatistics { counts { measure word count day }
  history(measure: STATE, word: "ALL") { day count } } }"""
OF_DISTRICTS = """query($d: String) { districtStatistics(district: $d, first: 100) {
  edges { node { district measure word count } } } }"""
HERE = "{ district { slug status } }"
CASES = "{ cases { totalCount } }"


def eventually(platform: Platform, client: Client, query: str, right: Callable[[Any], bool]) -> Any:
    """The first reply that is as it must become, once this process has heard; the time limit ends it otherwise."""

    async def wait() -> Any:
        async with asyncio.timeout(10):
            while True:
                reply = await client.send(query)
                if right(reply):
                    return reply
                await asyncio.sleep(0)  # a refusal waits for nothing, and the notification has to come in

    return platform.run(wait())


def refused(reply: Any) -> bool:
    return bool(reply.body.get("errors"))


@pytest.fixture
def suspended(platform: Platform, system: Client, rushan: Place) -> Any:
    """A district that is suspended for the test."""
    for login in ("clerk-county", "auditor"):
        rushan.sign_in(login)  # while it is open
    given = {"slug": rushan.slug, "reason": "升级  机房"}
    found = system(SUSPEND, i=given).data["suspendDistrict"]
    eventually(platform, rushan.anonymous, HERE, refused)
    yield found
    system(RESUME, i={"slug": rushan.slug})
    eventually(platform, rushan.anonymous, HERE, lambda reply: not refused(reply))


# ---------------------------------------------------------------------- suspending


def test_a_suspended_district_is_read_by_its_auditors_alone_and_says_why(
    suspended: Any, platform: Platform, rushan: Place
) -> None:
    assert suspended == {"slug": rushan.slug, "status": "SUSPENDED", "suspendedWhy": "升级 机房"}
    for client in (rushan.anonymous, rushan.sign_in("clerk-county")):
        for query in (HERE, CASES):
            reply = client(query, headers={"Accept-Language": "zh-CN"})
            assert (reply.body.get("data"), reply.code) == (None, "DISTRICT_SUSPENDED")
            assert "升级 机房" in reply.body["errors"][0]["message"]
            english = client(query, headers={"Accept-Language": "en"}).body["errors"][0]["message"]
            assert english == "This district is suspended at present: 升级 机房."
    auditor = rushan.sign_in("auditor")
    assert auditor(HERE).data == {"district": {"slug": rushan.slug, "status": "SUSPENDED"}}
    assert auditor(CASES).data
    assert auditor('mutation { takeOverCase(input: {number: "x"}) { id } }').code == "FORBIDDEN"
    about = platform.trail(f"district:{rushan.slug}")
    assert about[-1][1:] == ("district:manage", {"status": "SUSPENDED", "reason": "升级 机房"})


def test_the_districts_own_trail_says_who_suspended_it(suspended: Any, rushan: Place) -> None:
    auditor = rushan.sign_in("auditor")
    wanted = "query($o: String) { auditTrail(filter: {object: $o}, first: 1) { edges { node { action } } } }"
    found = auditor(wanted, o=f"district:{suspended['slug']}").data["auditTrail"]["edges"]
    assert found == [{"node": {"action": "district:manage"}}]


def test_a_socket_is_ended_with_the_code_that_new_ones_meet(
    app: Starlette, platform: Platform, system: Client, rushan: Place
) -> None:
    """One that is open when the district is suspended, and one that comes after."""
    token = rushan.sign_in("clerk-county").headers["Authorization"]
    init = {"authorization": token, "district": rushan.slug}
    watching = "subscription { casesChanged { kind } }"
    heard = platform.run(_watched(app, platform, system, rushan.slug, init, watching))
    assert heard == (4403, "DISTRICT_SUSPENDED")
    after = platform.run(subscribed(app, init, watching, {}))
    assert after.closed == 4403
    system(RESUME, i={"slug": rushan.slug})
    eventually(platform, rushan.anonymous, HERE, lambda reply: not refused(reply))


async def _watched(
    app: Starlette, platform: Platform, system: Client, slug: str, init: dict[str, Any], query: str
) -> tuple[int, str]:
    """The code and reason with which an open subscription ends when the district is suspended."""
    to_app: asyncio.Queue[Any] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"api.test")],
        "subprotocols": ["graphql-transport-ws"],
        "client": ("127.0.0.1", 1),
        "server": ("api.test", 80),
    }
    to_app.put_nowait({"type": "websocket.connect"})
    for message in (
        {"type": "connection_init", "payload": init},
        {"id": "1", "type": "subscribe", "payload": {"query": query}},
    ):
        to_app.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
    serving = asyncio.create_task(app(scope, to_app.get, from_app.put))
    suspended = False
    try:
        async with asyncio.timeout(10):
            while True:
                event = await from_app.get()
                if event["type"] == "websocket.close":
                    return event["code"], event["reason"]
                if not suspended and '"next"' in event.get("text", ""):
                    suspended = True
                    await system.send(SUSPEND, i={"slug": slug, "reason": "样本"})
    finally:
        to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(serving, timeout=10)


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201, "a\u0000b"])
def test_a_reason_is_asked_for(system: Client, rushan: Place, reason: str) -> None:
    assert system(SUSPEND, i={"slug": rushan.slug, "reason": reason}).code == "INVALID_INPUT"


def test_resuming_what_is_open_changes_nothing(platform: Platform, system: Client, rushan: Place) -> None:
    before = platform.trail(f"district:{rushan.slug}")
    assert system(RESUME, i={"slug": rushan.slug}).data["resumeDistrict"]["status"] == "LIVE"
    assert platform.trail(f"district:{rushan.slug}") == before


# ---------------------------------------------------------------------- quotas


def test_quotas_are_set_one_by_one_and_taken_away(platform: Platform, system: Client, rushan: Place) -> None:
    slug = rushan.slug
    one = system(QUOTAS, i={"slug": slug, "storageMb": 5000, "staffAccounts": 100}).data
    assert one["setDistrictQuotas"]["quotas"] == {
        "storageMb": 5000,
        "staffAccounts": 100,
        "costPerMinute": None,
        "statementTimeoutMs": None,
    }
    two = system(QUOTAS, i={"slug": slug, "storageMb": None, "statementTimeoutMs": 9000}).data
    assert two["setDistrictQuotas"]["quotas"]["storageMb"] is None
    assert two["setDistrictQuotas"]["quotas"]["staffAccounts"] == 100
    reply = system(QUOTAS, i={"slug": slug, "costPerMinute": 1, "staffAccounts": 0})
    assert reply.code == "INVALID_INPUT"
    fields = reply.body["errors"][0]["extensions"]["fields"]
    assert set(fields) == {"input.costPerMinute", "input.staffAccounts"}
    last = platform.trail(f"district:{slug}")[-1]
    assert last[2]["quotas"] == {"staff_accounts": 100, "statement_timeout_ms": 9000}
    system(QUOTAS, i={"slug": slug, "staffAccounts": None, "statementTimeoutMs": None})


def test_every_process_hears_of_a_quota_and_keeps_to_it(
    platform: Platform, system: Client, services: AppServices, rushan: Place
) -> None:
    """The limit of a statement and the budget of a minute, as this process applies them."""
    slug = rushan.slug
    system(QUOTAS, i={"slug": slug, "costPerMinute": 30_000, "statementTimeoutMs": 7_000})
    eventually(platform, rushan.anonymous, HERE, lambda _: services.registry.get(slug).quotas.cost_per_minute)
    assert services.registry.timeouts[slug] == 7_000

    async def limit() -> bytes:
        sql = "SELECT to_json(current_setting('statement_timeout'))::text"
        return await services.tenancy.reader.district(slug, Wall.READ, sql, ())

    assert platform.run(limit()) == b'"7s"'
    assert services.budgets._of_district(slug) == 30_000
    system(QUOTAS, i={"slug": slug, "costPerMinute": None, "statementTimeoutMs": None})
    eventually(
        platform, rushan.anonymous, HERE, lambda _: not services.registry.get(slug).quotas.cost_per_minute
    )
    assert platform.run(limit()) == b'"15s"'


def test_a_full_district_takes_no_new_case_and_says_what_to_do(
    platform: Platform, system: Client, services: AppServices, rushan: Place
) -> None:
    slug = rushan.slug
    system(QUOTAS, i={"slug": slug, "storageMb": 1})

    async def measure() -> None:
        await count_one(services.tenancy, slug, now=datetime.now(UTC))

    platform.run(measure())
    eventually(platform, rushan.anonymous, HERE, lambda _: _is_full(services, slug))
    query = "mutation($i: ApplyForCaseInput!) { applyForCase(input: $i) { number } }"
    clerk = rushan.sign_in("clerk-county")
    given = {
        "serviceCode": "x",
        "areaId": "00000000-0000-7000-8000-000000000000",
        "applicant": applicant(fresh()),
    }
    reply = clerk(query, headers={"Accept-Language": "zh-CN"}, i=given)
    assert reply.code == "QUOTA_EXCEEDED", reply.body
    assert "1 MB" in reply.body["errors"][0]["message"]
    assert clerk(CASES).data  # what is there is read as before
    system(QUOTAS, i={"slug": slug, "storageMb": None})
    eventually(platform, rushan.anonymous, HERE, lambda _: not _is_full(services, slug))
    assert clerk(query, i=given).code != "QUOTA_EXCEEDED"


def _is_full(services: AppServices, slug: str) -> bool:
    district = services.registry.get(slug)
    most = district.quotas.storage_mb
    return most is not None and (district.storage_bytes or 0) >= most * 1024 * 1024


# ---------------------------------------------------------------------- directory, trail


def test_the_directory_has_every_district_for_operators_of_two_duties(
    system: Client, audit: Client, suspended: Any
) -> None:
    for client in (system, audit):
        found = client(DISTRICTS).data["platformDistricts"]
        assert found["totalCount"] == len(found["edges"])
        nodes = {each["node"]["slug"]: each["node"] for each in found["edges"]}
        assert nodes[suspended["slug"]]["status"] == "SUSPENDED"
        assert all(each["revision"] for each in nodes.values())
        assert nodes[suspended["slug"]]["liveSince"] is not None
        only = client(DISTRICTS, of=["SUSPENDED"]).data["platformDistricts"]["edges"]
        assert suspended["slug"] in {each["node"]["slug"] for each in only}
        assert {each["node"]["status"] for each in only} == {"SUSPENDED"}
        assert client(DISTRICTS, s="rush").data["platformDistricts"]["totalCount"] == 1


def test_audit_operators_read_what_was_done(audit: Client, suspended: Any) -> None:
    found = audit(TRAIL, f={"object": f"district:{suspended['slug']}"}).data["platformTrail"]["edges"]
    assert json.loads(found[0]["node"]["details"]) == {"reason": "升级 机房", "status": "SUSPENDED"}
    assert [each["node"]["seq"] for each in found] == sorted((e["node"]["seq"] for e in found), reverse=True)
    assert audit(TRAIL, f={"action": "no:such"}).data["platformTrail"]["edges"] == []


@pytest.mark.parametrize("of", ["platformDistricts", "platformTrail", "districtStatistics"])
@pytest.mark.usefixtures("zouping", "rushan")
def test_pages_follow_one_another(audit: Client, services: AppServices, run: Run, of: str) -> None:
    async def fill() -> None:
        await keep_statistics(services.tenancy, every=timedelta(0))

    run(fill())
    page = f"""query($after: String) {{ {of}(first: 1, after: $after) {{
      edges {{ cursor }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    first = audit(page).data[of]
    second = audit(page, after=first["pageInfo"]["endCursor"]).data[of]
    assert first["pageInfo"]["hasNextPage"]
    cursors = [each["cursor"] for each in (*first["edges"], *second["edges"])]
    assert len(set(cursors)) == len(cursors) == 2
