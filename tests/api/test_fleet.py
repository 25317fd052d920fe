"""Operators see the fleet and every task; a district's administrator sees and halts what is its own, and no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, update
from starlette.applications import Starlette
from tests.api.casework import Run
from tests.api.clients import Client, Place
from tests.api.fleet_desk import keeper, task_of, without_runs
from tests.api.wire_ws import subscribed

from bangban.kernel.jobs.tables import TaskState
from bangban.kernel.tenancy.fleet.tables import FindingKind, FleetFindingRow
from bangban.kernel.tenancy.migrations import district_head
from bangban.kernel.tenancy.tables import DistrictRow
from bangban.web.services import AppServices

TASK = "query($id: ID!) { task(id: $id) { id district state } }"
TASKS = "query($d: String) { tasks(district: $d, first: 100) { edges { node { id district } } } }"
PROGRESS = "subscription($id: ID!) { taskProgress(id: $id) { id state } }"
FLEET = """
{ fleet { head districts current lagging failed ahead drifted revisions { revision districts } } }
"""
DISTRICTS = """
query($status: FleetStatus) {
  fleetDistricts(status: $status, first: 100) {
    edges { node { slug revision head status failure { problem tries } drift { differences { object found } } } }
  }
}
"""


def change(verb: str) -> str:
    return f"mutation($t: ID!) {{ {verb}Task(input: {{taskId: $t}}) {{ id state stopping }} }}"


@pytest.fixture(scope="module")
def operator(api: Client, services: AppServices, run: Run) -> Client:
    return keeper(api, services, run)


def said(run: Run, services: AppServices, *statements: Any) -> None:
    async def go() -> None:
        async with services.tenancy.platform() as db:
            for statement in statements:
                await db.execute(statement)

    run(go())


def test_the_fleet_is_counted_and_each_district_says_where_it_stands(
    operator: Client, services: AppServices, zouping: Place, rushan: Place, zibo: Place, run: Run
) -> None:
    note = {"tries": 2, "at": datetime.now(UTC)}
    item = {"kind": "index", "object": "area.x", "expected": "CREATE INDEX x", "found": None}

    def at(slug: str, revision: str) -> Any:
        return update(DistrictRow).where(DistrictRow.slug == slug).values(revision=revision)

    said(
        run,
        services,
        at("zouping", "0002"),
        at("rushan", "0002"),
        at("zibo-hitech", "later"),
        insert(FleetFindingRow).values(
            slug="rushan",
            kind=FindingKind.MIGRATION,
            revision="0002",
            problem="LOCK_TIMEOUT",
            items=[],
            **note,
        ),
        insert(FleetFindingRow).values(
            slug="rushan", kind=FindingKind.DRIFT, revision="0002", items=[item], **note
        ),
    )
    try:
        fleet = operator(
            "{ fleet { head districts current lagging failed ahead drifted revisions { revision districts } } }"
        )
        found = fleet.data["fleet"]
        assert (found["head"], found["lagging"], found["failed"]) == (district_head(), 1, 1)
        assert (found["ahead"], found["drifted"]) == (1, 1)
        assert found["current"] == found["districts"] - 3
        assert {"revision": "0002", "districts": 2} in found["revisions"]
        for status, slug in (("LAGGING", "zouping"), ("FAILED", "rushan"), ("AHEAD", "zibo-hitech")):
            edges = operator(DISTRICTS, status=status).data["fleetDistricts"]["edges"]
            assert [each["node"]["slug"] for each in edges] == [slug]
            if status == "FAILED":
                node = edges[0]["node"]
                assert node["failure"] == {"problem": "LOCK_TIMEOUT", "tries": 2}
                assert node["drift"] == {"differences": [{"object": "area.x", "found": None}]}
        assert zouping.sign_in("admin")("{ fleet { districts } }").code == "FORBIDDEN"
    finally:
        head = district_head()
        said(
            run,
            services,
            *(at(slug, head) for slug in ("zouping", "rushan", "zibo-hitech")),
            delete(FleetFindingRow),
        )


def test_a_district_that_this_process_cannot_serve_is_refused_and_the_others_are_not(
    services: AppServices, zouping: Place, rushan: Place, run: Run
) -> None:
    """Its revision is older than the code reads, or something that the code reads is gone."""
    ask = "{ district { slug } }"
    for values in ({"revision": "0002"}, {"code_from": "later"}):
        said(run, services, update(DistrictRow).where(DistrictRow.slug == "rushan").values(values))
        run(services.registry.refresh("rushan"))
        try:
            refused = rushan.anonymous(ask)
            assert (refused.code, refused.status) == ("UNAVAILABLE", 503)
            assert zouping.anonymous(ask).data["district"] == {"slug": "zouping"}
        finally:
            usual = {"revision": district_head(), "code_from": "0001"}
            said(run, services, update(DistrictRow).where(DistrictRow.slug == "rushan").values(usual))
            run(services.registry.refresh("rushan"))
        assert rushan.anonymous(ask).data["district"] == {"slug": "rushan"}


def test_a_run_is_asked_for_once_however_often_it_is_sent(
    operator: Client, services: AppServices, zouping: Place, run: Run
) -> None:
    without_runs(services, run)
    migrate = "mutation($i: MigrateFleetInput!) { migrateFleet(input: $i) { id kind state district } }"
    key = {"Idempotency-Key": uuid4().hex}
    first = operator(migrate, headers=key, i={"only": [zouping.slug], "canary": 1}).data["migrateFleet"]
    assert (first["kind"], first["state"], first["district"]) == ("fleet.migrate", "WAITING", None)
    assert (
        operator(migrate, headers=key, i={"only": [zouping.slug], "canary": 1}).data["migrateFleet"] == first
    )
    assert operator(migrate, i={}).code == "CONFLICT"
    assert operator(change("cancel"), t=first["id"]).data["cancelTask"]["state"] == "CANCELLED"
    assert operator(migrate, i={"only": ["nowhere"]}).code == "NOT_FOUND"
    for wrong in ({"workers": 0}, {"workers": 65}, {"canary": -1}, {"only": []}):
        assert operator(migrate, i=wrong).code == "INVALID_INPUT"
    assert zouping.sign_in("admin")(migrate, i={}).code == "FORBIDDEN"
    drift = operator("mutation { checkDrift(input: {}) { kind state } }").data["checkDrift"]
    assert drift == {"kind": "fleet.drift", "state": "WAITING"}
    without_runs(services, run)


def test_an_administrator_sees_tasks_of_the_own_district_only(
    app: Starlette, operator: Client, services: AppServices, zouping: Place, rushan: Place, run: Run
) -> None:
    ours, theirs = task_of(services, run, "zouping"), task_of(services, run, "rushan")
    platforms = task_of(services, run, None)
    admin = zouping.sign_in("admin")
    assert admin(TASK, id=ours).data["task"]["district"] == "zouping"
    for other in (theirs, platforms, str(uuid4())):
        assert admin(TASK, id=other).data == {"task": None}
        for verb in ("pause", "resume", "cancel"):
            assert admin(change(verb), t=other).code == "NOT_FOUND"
        token = admin.headers["Authorization"]
        heard = run(subscribed(app, {"authorization": token}, PROGRESS, {"id": other}))
        assert (heard.data, heard.code) == (None, "NOT_FOUND")
    for given in (None, "zouping", "rushan"):
        seen = {each["node"]["district"] for each in admin(TASKS, d=given).data["tasks"]["edges"]}
        assert seen == (set() if given == "rushan" else {"zouping"})
    # Naming the other district in a header gets nowhere either.
    assert admin.as_(X_District="rushan")(TASK, id=theirs).code == "DISTRICT_MISMATCH"
    for login in ("clerk-county", "auditor"):
        assert zouping.sign_in(login)(TASK, id=ours).code == "FORBIDDEN"
    for each in (ours, theirs, platforms):
        assert operator(TASK, id=each).data["task"]["id"] == each
    heard = run(subscribed(app, {"authorization": admin.headers["Authorization"]}, PROGRESS, {"id": ours}))
    assert heard.data == {"taskProgress": {"id": ours, "state": "WAITING"}}


def test_tasks_are_paused_resumed_and_cancelled(
    operator: Client, services: AppServices, zouping: Place, run: Run
) -> None:
    admin, task = zouping.sign_in("admin"), task_of(services, run, "zouping")
    assert admin(change("pause"), t=task).data["pauseTask"]["state"] == "PAUSED"
    assert admin(change("pause"), t=task).code == "CONFLICT"
    assert operator(change("resume"), t=task).data["resumeTask"]["state"] == "WAITING"
    assert admin(change("cancel"), t=task).data["cancelTask"]["state"] == "CANCELLED"
    running = task_of(services, run, "zouping", state=TaskState.RUNNING)
    asked = admin(change("pause"), t=running).data["pauseTask"]
    assert (asked["state"], asked["stopping"]) == ("RUNNING", True)  # it stops at its next step
    # What the platform does for a district is not the district's to stop.
    imposed = task_of(services, run, "zouping", asked_by="system")
    assert admin(change("cancel"), t=imposed).code == "FORBIDDEN"
    assert operator(change("cancel"), t=imposed).data["cancelTask"]["state"] == "CANCELLED"
