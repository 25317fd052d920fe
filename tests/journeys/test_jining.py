"""济宁: a call from a park falls to the county team; tolerance is promised and kept; certificates come together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.casework import PERMIT, REQUIRED, Desk, Run, applicant, fresh, lacking
from tests.api.casework import done as casework_done
from tests.api.casework import refused as casework_refused
from tests.api.clients import Client, Place
from tests.api.named import text_of
from tests.api.test_journey_to_rating import day
from tests.journeys.orders import done, later, orders, sent

from bangban.features.cases.tables import CaseRow
from bangban.features.orders.tables import OrderRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_uscc
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

STREET_COMMUNITY = "370871002001"


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("jining-hitech"), services, run, app_settings.outbox_folder)


def passes(desk: Desk, number: str, **by: float) -> None:
    """So much time passes: the order was placed so much earlier, and the outbox's clock is as much later."""

    async def earlier(work: Work) -> None:
        gone = dt.timedelta(**by)
        moved = {"placed_at": OrderRow.placed_at - gone, "due_at": OrderRow.due_at - gone}
        await work.db.execute(update(OrderRow).where(OrderRow.number == number).values(moved))

    desk.inside(earlier)
    later(desk, **by)


DELEGATIONS = """query($f: DelegationFilter) { delegations(filter: $f) {
    edges { node { id scope live until staff { name } point { id key } service { code } } } } }"""
TIMELINE = """query($n: String!) { case(number: $n) { timeline {
    kind delegation { id scope staff { id } } } } }"""
REVIEW = "JNGX-SCHEME-REVIEW"


def under_way(desk: Desk, n: int, *, by: str = "clerk-county") -> str:
    """A review that a firm asked for in the park and that ``by`` accepted, in whose hands it is: its number."""
    county = desk.staff(by)
    given = {
        "serviceCode": REVIEW,
        "areaId": desk.place.ids["园区01"],
        "applicant": applicant(
            n, kind="LEGAL_ENTITY", name="样本股份有限公司", identityNumber=sample_uscc(n)
        ),
        "supplied": ["APPLICATION", "SCHEME", "OPINION"],
    }
    number = str(casework_done(county, "applyForCase", **given)["number"])
    casework_done(county, "preCheckCase", number=number)
    casework_done(county, "acceptCase", number=number)
    return number


def own_delegation(client: Client) -> dict[str, Any]:
    """What the representative may decide now."""
    found = client(DELEGATIONS, f={"serviceCode": REVIEW, "representatives": True}).data["delegations"][
        "edges"
    ]
    (live,) = (each["node"] for each in found if each["node"]["live"])
    return dict(live)


def test_a_chief_representative_decides_in_the_park_what_the_park_may_not(desk: Desk) -> None:
    n = fresh()
    number, admin, person = under_way(desk, n), desk.staff("admin"), desk.staff("representative")
    own, told = own_delegation(admin), own_delegation(desk.place.anonymous)
    assert (own["scope"], own["point"]["key"], told["staff"]) == ("FULL", "park-field", None)
    assert own["staff"] is not None  # who it is is told to staff alone
    decision = {"number": number, "outcome": "DONE", "opinion": "现场审查通过"}
    assert casework_done(person, "completeCase", **decision)["state"] == "COMPLETED"

    def ground(of: Any) -> Any:
        return of(TIMELINE, n=number).data["case"]["timeline"][-1]["delegation"]

    carried = {"id": own["id"], "scope": "FULL", "staff": {"id": desk.staff_id("representative")}}
    assert ground(person) == ground(desk.staff("auditor")) == carried
    assert ground(desk.resident(n)) is None
    entry = select(AuditEntryRow.details).where(
        AuditEntryRow.object == f"case:{number}", AuditEntryRow.action == "case:complete"
    )
    assert desk.scalar(entry)["delegation"] == own["id"]


def test_residents_are_told_when_which_departments_representative_is_in_the_park(desk: Desk) -> None:
    person, dispatcher = desk.staff_id("representative"), desk.staff("dispatcher")
    point = own_delegation(desk.staff("admin"))["point"]["id"]
    begins = dt.datetime.now(dt.UTC)  # to the microsecond: what was decided before is not counted
    given = {
        "pointId": point,
        "guideId": person,
        "kind": "REPRESENTATIVE",
        "beginsAt": begins.isoformat(),
        "endsAt": (begins + dt.timedelta(hours=8)).isoformat(),
    }
    nobody = {**given, "guideId": desk.staff_id("clerk-county")}  # to whom nothing was delegated
    assert sent(dispatcher, "PlanGuideShift", **nobody).code == "INVALID_INPUT"
    planned = done(dispatcher, "PlanGuideShift", **given)
    number = under_way(desk, fresh())
    casework_done(
        desk.staff("representative"), "completeCase", number=number, outcome="DONE", opinion="现场办结"
    )

    def told(client: Client) -> dict[str, Any]:
        edges = client(text_of("Representatives"), pointId=point).data["representatives"]["edges"]
        (node,) = (each["node"] for each in edges)
        return dict(node)

    seen = told(desk.place.anonymous)
    assert (seen["department"], seen["decisions"], seen["representative"]) == ("行政审批服务局", 1, None)
    assert {each["code"] for each in seen["services"]} == {REVIEW, "JNGX-LAND-PERMIT"}
    assert told(dispatcher)["representative"] == {"id": person}
    done(dispatcher, "CancelGuideShift", shiftId=planned["id"])
    over = told(desk.place.anonymous)  # it ran, so it ends, and what was decided stays counted
    assert (over["beginsAt"], over["decisions"]) == (seen["beginsAt"], 1)
    assert dt.datetime.fromisoformat(over["endsAt"]) <= dt.datetime.now(dt.UTC)


def test_a_chief_representative_decides_nothing_once_it_was_taken_back(desk: Desk) -> None:
    admin, person = desk.staff("admin"), desk.staff("representative")
    number = under_way(desk, fresh())  # begun while it was live
    back = {"delegationId": own_delegation(admin)["id"], "running": "KEEP", "reason": "任期届满"}
    done(admin, "WithdrawDelegation", **back)
    refusal = casework_refused(person, "completeCase", number=number, outcome="DONE", opinion="同意")
    assert refusal[0] == "ITEM_NOT_HANDLED_HERE"
    turns = desk.place.anonymous(text_of("Representatives")).data["representatives"]["edges"]
    assert REVIEW not in {each["code"] for turn in turns for each in turn["node"]["services"]}
    given = {"serviceCode": REVIEW, "fromAreaId": desk.area("370871"), "scope": "FULL", "basis": "续任"}
    park = {**given, "toAreaId": desk.place.ids["园区01"]}
    assert sent(admin, "DelegateService", **park, staffId=desk.staff_id("clerk-town")).code == "INVALID_INPUT"
    done(admin, "DelegateService", **park, staffId=desk.staff_id("representative"))
    ended = casework_done(person, "completeCase", number=number, outcome="DONE", opinion="同意")
    assert ended["state"] == "COMPLETED"

    mine, theirs = under_way(desk, fresh(), by="representative"), under_way(desk, fresh())
    back = {"delegationId": own_delegation(admin)["id"], "running": "RETURN", "reason": "任期届满"}
    done(admin, "WithdrawDelegation", **back)
    after = [desk.scalar(select(CaseRow.holder_id).where(CaseRow.number == each)) for each in (mine, theirs)]
    assert str(after[0]) != desk.staff_id("representative")  # it went to the owner's people
    assert str(after[1]) == desk.staff_id("clerk-county")


def test_a_call_that_the_park_does_not_answer_is_answered_by_the_county_team(desk: Desk) -> None:
    n = fresh()
    firm, park, county = desk.resident(n), desk.staff("helper-park"), desk.staff("helper-county")
    called = done(firm, "PlaceOrder", kind="CALL_OUT", areaId=desk.place.ids["园区01"], note="请上门指导填报")
    number = called["number"]
    assert called["offeredTo"]["name"] == "园区01"
    due, placed = (
        dt.datetime.fromisoformat(each)
        for each in (called["clock"]["dueAt"], orders(firm, number=number)[0]["placedAt"])
    )
    assert due - placed == dt.timedelta(minutes=5)
    assert sent(county, "ClaimOrder", number=number).code == "FORBIDDEN", (
        "the park's own helper is asked first"
    )
    assert number not in {each["number"] for each in orders(desk.staff("helper-town"), offered=True)}

    passes(desk, number, minutes=6)
    (fallen,) = orders(firm, number=number)
    assert fallen["offeredTo"]["level"] == "COUNTY"
    answered = done(county, "ClaimOrder", number=number)
    assert answered["clock"]["answeredMinutes"] >= 6
    assert sent(park, "ClaimOrder", number=number).code == "CONFLICT", "too late"
    attended = done(county, "ProgressOrder", number=number, step="START")
    assert attended["clock"]["attendedMinutes"] >= 6
    done(county, "ProgressOrder", number=number, step="FINISH")
    assert done(firm, "RateOrder", number=number, grade="FAIRLY_SATISFIED")["rating"]["grade"]
    (seen,) = orders(desk.staff("supervisor"), number=number)
    kinds = [each["kind"] for each in seen["history"]]
    assert kinds == ["PLACED", "FELL_THROUGH", "CLAIMED", "STARTED", "DONE", "RATED"]


def test_a_dispatcher_assigns_what_the_rules_choose_and_a_call_answered_in_time_stays(desk: Desk) -> None:
    firm, dispatcher = desk.resident(fresh()), desk.staff("dispatcher")
    placed = {"kind": "CALL_OUT", "areaId": desk.place.ids["园区02"]}
    assert sent(firm, "PlaceOrder", **placed, fee="200.00").code == "INVALID_INPUT", "help is free"
    number = done(firm, "PlaceOrder", kind="CALL_OUT", areaId=desk.place.ids["园区01"])["number"]
    assert sent(desk.staff("helper-park"), "AssignOrder", number=number, reason="x").code == "FORBIDDEN"
    given = done(dispatcher, "AssignOrder", number=number, reason="园区专员就近")
    assert given["area"]["name"] == "园区01"
    assert given["history"][-1]["note"] == "园区专员就近"
    later(desk, hours=2)
    (seen,) = orders(dispatcher, number=number)
    assert [each["kind"] for each in seen["history"]] == ["PLACED", "ASSIGNED"]


def accepted(desk: Desk, n: int, *, tolerated: bool) -> str:
    """A case of the n-th sample person, accepted at a street's window; with a promise or without."""
    helper, clerk = desk.staff("helper-village"), desk.staff("clerk-town")
    supplied = ["ID-CARD", "DWELLING"] if tolerated else list(REQUIRED)
    area = desk.area(STREET_COMMUNITY)
    given: dict[str, Any] = {"serviceCode": PERMIT, "areaId": area, "applicant": applicant(n)}
    number: str = casework_done(helper, "applyForCase", **given, supplied=supplied)["number"]
    if tolerated:
        casework_done(helper, "preCheckCase", number=number, missing=lacking(["PHOTO"]))
    casework_done(helper, "preCheckCase", number=number)
    promise = {"tolerated": ["PHOTO"], "promisedBy": day(desk, 3)} if tolerated else {}
    casework_done(clerk, "acceptCase", number=number, **promise)
    return number


def test_tolerance_is_promised_and_kept_and_certificates_are_given_out_together(desk: Desk) -> None:
    n = fresh()
    clerk, resident = desk.staff("clerk-town"), desk.resident(n)
    promised, whole = accepted(desk, n, tolerated=True), accepted(desk, n, tolerated=False)
    together = done(resident, "IssueTogether", caseNumbers=[promised, whole])
    assert together["release"] == "TOGETHER"
    ending = {"outcome": "GRANTED", "opinion": "准予办理"}

    casework_done(clerk, "completeCase", number=whole, resultNumber="济高新证第1号", **ending)
    early = clerk(text_of("CompleteCase"), input={"number": promised, **ending})
    assert early.code == "TOLERANCE_OPEN"
    number = together["number"]
    assert sent(resident, "ReleaseResults", number=number).code == "CONFLICT", "one is not there yet"

    kept = casework_done(resident, "supplyMaterials", number=promised, codes=["PHOTO"])
    assert kept["tolerance"]["fulfilledAt"] is not None
    casework_done(clerk, "completeCase", number=promised, resultNumber="济高新证第2号", **ending)
    released = done(resident, "ReleaseResults", number=number)
    assert {each["case"]["resultNumber"] for each in released["members"]} == {
        "济高新证第1号",
        "济高新证第2号",
    }
    assert all(each["releasedAt"] for each in released["members"])
