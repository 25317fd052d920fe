"""What operators see of districts and do to them: the directory, suspension, quotas, statistics, the trail."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from tests.api.casework import Run
from tests.api.clients import Client, Place
from tests.api.directory_steps import CASES, HERE, eventually
from tests.api.operators import Platform
from tests.api.wire_ws import subscribed

from bangban.features.statistics.service import keep_statistics
from bangban.web.services import AppServices

SUSPEND = "mutation($i: SuspendDistrictInput!) { suspendDistrict(input: $i) { slug status suspendedWhy } }"
RESUME = "mutation($i: ResumeDistrictInput!) { resumeDistrict(input: $i) { slug status suspendedWhy } }"
DISTRICTS = """query($s: String, $of: [DistrictStatus!]) { platformDistricts(search: $s, status: $of, first: 100) {
  totalCount edges { node {
    slug status revision createdAt liveSince storageMb staffAccounts quotas { storageMb } } } } }"""
TRAIL = """query($f: AuditFilter) { platformTrail(filter: $f, first: 50) {
  totalCount edges { node { seq actor action object details } } } }"""
STATISTICS = """{ platformStatistics { counts { measure word count day }
  history(measure: STATE, word: "ALL") { day count } } }"""
OF_DISTRICTS = """query($d: String) { districtStatistics(district: $d, first: 100) {
  edges { node { district measure word count } } } }"""


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
        async with asyncio.timeout(60):
            while True:
                event = await from_app.get()
                if event["type"] == "websocket.close":
                    return event["code"], event["reason"]
                if not suspended and '"next"' in event.get("text", ""):
                    suspended = True
                    await system.send(SUSPEND, i={"slug": slug, "reason": "样本"})
    finally:
        to_app.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(serving, timeout=60)


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201, "a\u0000b"])
def test_a_reason_is_asked_for(system: Client, rushan: Place, reason: str) -> None:
    assert system(SUSPEND, i={"slug": rushan.slug, "reason": reason}).code == "INVALID_INPUT"


def test_resuming_what_is_open_changes_nothing(platform: Platform, system: Client, rushan: Place) -> None:
    before = platform.trail(f"district:{rushan.slug}")
    assert system(RESUME, i={"slug": rushan.slug}).data["resumeDistrict"]["status"] == "LIVE"
    assert platform.trail(f"district:{rushan.slug}") == before


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
