"""Zibo (DOMAIN 2.2): a bank's outlet round the corner, the circle of five minutes, and 1 + 39 + N."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.casework import REQUIRED, Desk, Run, applicant, done, fresh, mutation_of, refused, seen, tried
from tests.api.clients import Client, Place
from tests.api.named import text_of

from bangban.features.areas.tables import AreaRow
from bangban.features.people.tables import AssignmentRow
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

STREET, COMMUNITY = "370303008", "370303008002"
CARD, PERMIT, MEDICAL = "TPL-SOCIAL-SECURITY-CARD", "TPL-RESIDENCE-PERMIT", "TPL-MEDICAL-INSURANCE"
FLEXIBLE = "TPL-FLEXIBLE-WORK-INSURANCE"
CARD_PAPERS = ["ID-CARD", "PHOTO"]

POINT = """query($key: String!) { servicePoint(key: $key) {
    id kind area { code } windows { number } agreement { key inForce until serviceCodes } } }"""
SERVICES = "query($id: ID!, $on: Date) { pointServices(pointId: $id, on: $on) { scope service { code } } }"
COVERAGE = """query($area: ID, $minutes: Int, $travel: Travel) {
    coverage(areaId: $area, minutes: $minutes, travel: $travel) {
        minutes metres travel villages villagesCovered unplaced population populationCovered villageShare
        populationShare uncovered(first: 100) { totalCount edges { node { code name } } } } }"""
CONFORMANCE = """query($area: ID!) { networkConformance(areaId: $area) {
    centres villages stationsMissing grids gridsUncovered agents agentsPerGrid conforms
    missingStations(first: 50) { edges { node { code } } } uncoveredGrids(first: 50) { edges { node { name } } } } }"""
ORDER = mutation_of("placeOrder", "area { level longitude latitude }")
END = "mutation($i: EndAssignmentInput!) { endAssignment(input: $i) { id } }"
WHOLE_POINT = """query($key: String!) { servicePoint(key: $key) {
    key kind name openingHours longitude latitude area { code key } } }"""
SET_POINT = "mutation($i: SetServicePointInput!) { setServicePoint(input: $i) { id until } }"


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("zibo-hitech"), services, run, app_settings.outbox_folder)


def point(desk: Desk, key: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.place.anonymous(POINT, key=key).data["servicePoint"]
    return found


def offered(desk: Desk, key: str, on: str | None = None) -> dict[str, str]:
    """What can be done at a point: codes, and how far."""
    found = desk.place.anonymous(SERVICES, id=point(desk, key)["id"], on=on).data["pointServices"]
    return {each["service"]["code"]: each["scope"] for each in found}


def asked(desk: Desk, client: Client, code: str, **changes: Any) -> Any:
    given = {
        "serviceCode": code,
        "areaId": desk.area(COMMUNITY),
        "applicant": applicant(fresh()),
        "supplied": CARD_PAPERS,
        **changes,
    }
    return tried(client, "applyForCase", **given)


def test_an_order_with_a_location_goes_to_the_grid_around_it(desk: Desk) -> None:
    """群众点单: grids have places of their own, so nobody has to know which one they live in."""
    wanted = {"kind": "NEED", "note": "请上门帮忙", "longitude": 118.0521, "latitude": 36.8413}
    reply = desk.resident(fresh())(ORDER, input=wanted)
    area = reply.data["placeOrder"]["area"]
    assert area["level"] == "GRID"
    assert abs(area["longitude"] - 118.0521) < 0.006  # nearer than half a grid
    assert abs(area["latitude"] - 36.8413) < 0.006


class TestTheBankRoundTheCorner:
    """政银+: an outlet takes what was delegated to it while its agreement runs, and nothing else."""

    def test_it_says_what_can_be_done_there(self, desk: Desk) -> None:
        assert point(desk, "bank-1")["agreement"]["inForce"] is True
        assert offered(desk, "bank-1") == {CARD: "ACCEPT", "TPL-FLEXIBLE-WORK-INSURANCE": "PRE_CHECK"}
        assert offered(desk, "bank-2") == {CARD: "ACCEPT"}  # agreed on more than was delegated
        assert offered(desk, "bank-1", "2100-01-01") == {}

    def test_it_accepts_what_was_delegated_and_the_hall_decides(self, desk: Desk) -> None:
        bank = desk.staff("clerk-bank")
        case = asked(desk, bank, CARD).data["applyForCase"]
        number = case["number"]
        assert case["channel"] == "BANK"
        done(bank, "preCheckCase", number=number)
        assert done(bank, "acceptCase", number=number)["state"] == "ACCEPTED"
        # What it took in it keeps account of: papers into custody, a scan beside them, a receipt for the applicant.
        for act in ("TakePapers", "ReturnPapers"):
            paper = {"number": number, "papers": [{"code": "ID-CARD", "originals": 1}]}
            assert bank(text_of(act), input=paper).data
        scan = {"number": number, "purpose": "MATERIAL", "materialCode": "ID-CARD", "name": "id.pdf"}
        assert bank(text_of("RequestUpload"), input={**scan, "kind": "PDF", "size": 1000}).data
        assert bank(text_of("IssueReceipt"), input={"number": number, "kind": "ACCEPTANCE"}).data
        # It sees the case in its hands, and decides nothing.
        assert refused(bank, "completeCase", number=number, outcome="DONE", opinion="同意")[0] == "FORBIDDEN"
        ended = done(
            desk.staff("clerk-county"), "completeCase", number=number, outcome="DONE", opinion="同意"
        )
        assert (ended["state"], ended["number"]) == ("COMPLETED", number)

    def test_it_is_refused_another_item(self, desk: Desk) -> None:
        bank = desk.staff("clerk-bank")
        before = desk.cases()
        refusal = asked(desk, bank, PERMIT, supplied=list(REQUIRED)).body["errors"][0]["extensions"]
        assert refusal == {
            "code": "ITEM_NOT_HANDLED_HERE",
            "message": "您所在的合作网点未承接该事项。",
            "fields": ["input.serviceCode"],
        }
        assert (
            asked(desk, bank, MEDICAL).code == "ITEM_NOT_HANDLED_HERE"
        )  # its community has it, not the bank
        assert desk.cases() == before
        # Pre-checking is as far as it goes with this one.
        flexible = asked(desk, bank, FLEXIBLE, supplied=["ID-CARD"]).data["applyForCase"]["number"]
        done(bank, "preCheckCase", number=flexible)
        assert refused(bank, "acceptCase", number=flexible)[0] == "ITEM_NOT_HANDLED_HERE"

    def test_it_takes_nothing_after_its_agreement_ended(self, desk: Desk) -> None:
        assert point(desk, "bank-7")["agreement"]["inForce"] is False
        assert offered(desk, "bank-7") == {}
        former = desk.staff("clerk-former-bank")
        reply = asked(desk, former, CARD, areaId=desk.area("370303008017"))
        assert reply.code == "ITEM_NOT_HANDLED_HERE"

    def test_it_searches_nobody(self, desk: Desk) -> None:
        bank = desk.staff("clerk-bank")
        other = done(
            desk.staff("clerk-village"),
            "applyForCase",
            serviceCode=CARD,
            areaId=desk.area(COMMUNITY),
            applicant=applicant(fresh()),
        )["number"]
        assert seen(bank, other) is None
        listed = bank('{ cases(filter: {search: "样本"}) { edges { node { number } } } }').data["cases"]
        assert other not in [each["node"]["number"] for each in listed["edges"]]
        assert bank("{ staff { edges { node { name } } } }").code == "FORBIDDEN"
        reveal = refused(bank, "revealApplicant", number=other, reason="样本理由五字")
        assert reveal[0] == "FORBIDDEN"


class TestTheCircleOfFiveMinutes:
    def test_whoever_has_a_station_is_within_reach(self, desk: Desk) -> None:
        leader, street = desk.staff("leader"), desk.area(STREET)
        circle = leader(COVERAGE, area=street).data["coverage"]
        assert (circle["minutes"], circle["travel"], circle["metres"]) == (5, "WALKING", 375)
        assert (circle["villages"], circle["villagesCovered"], circle["unplaced"]) == (39, 39, 0)
        assert (circle["population"], circle["populationCovered"]) == (200_000, 200_000)
        assert circle["villageShare"] == circle["populationShare"] == 1
        whole = leader(COVERAGE).data["coverage"]
        assert whole["villages"] == 39 + 30 + 63 + 12 + 1
        uncovered = whole["uncovered"]["totalCount"]
        assert whole["villagesCovered"] + uncovered + whole["unplaced"] == whole["villages"]
        assert uncovered > 0
        wider = leader(COVERAGE, minutes=15, travel="DRIVING").data["coverage"]
        assert wider["villagesCovered"] > whole["villagesCovered"]
        assert wider["populationCovered"] > whole["populationCovered"]

    def test_only_who_plans_sees_it(self, desk: Desk) -> None:
        assert desk.place.anonymous(COVERAGE).code == "UNAUTHENTICATED"
        assert desk.staff("helper-village")(COVERAGE).code == "FORBIDDEN"
        assert desk.staff("auditor")(COVERAGE).data["coverage"]["villages"] > 0


class TestOneAndThirtyNineAndMany:
    def test_the_street_is_complete(self, desk: Desk) -> None:
        found = desk.staff("leader")(CONFORMANCE, area=desk.area(STREET)).data["networkConformance"]
        assert found["conforms"] is True
        assert (found["centres"], found["villages"], found["stationsMissing"]) == (1, 39, 0)
        assert (found["grids"], found["gridsUncovered"], found["agents"]) == (205, 0, 276)
        assert found["agentsPerGrid"] == pytest.approx(276 / 205)

    def test_a_closed_station_and_a_grid_without_agent_are_named(self, desk: Desk) -> None:
        admin, leader, street = desk.staff("admin"), desk.staff("leader"), desk.area(STREET)
        today = desk.inside(_today)
        station = {
            "key": "station-039",
            "kind": "STATION",
            "area": "370303008225",
            "name": "杨楼村便民服务站",
            "location": {"longitude": 118.05, "latitude": 36.84},
            "openingHours": "Mo-Fr 08:30-12:00",
        }
        yesterday = str(today - timedelta(days=1))
        assert (
            admin(SET_POINT, i={**station, "until": yesterday}).data["setServicePoint"]["until"] == yesterday
        )
        grid, posts = desk.inside(_last_grid)
        for post in posts:
            admin(END, i={"assignmentId": str(post), "until": yesterday}).data  # noqa: B018 - it goes well
        found = leader(CONFORMANCE, area=street).data["networkConformance"]
        assert found["conforms"] is False
        assert [each["node"]["code"] for each in found["missingStations"]["edges"]] == ["370303008225"]
        assert found["gridsUncovered"] == 1
        assert [each["node"]["name"] for each in found["uncoveredGrids"]["edges"]] == [grid]
        assert found["stationsMissing"] == 1
        circle = leader(COVERAGE, area=street).data["coverage"]
        assert circle["villagesCovered"] == 38
        assert [each["node"]["code"] for each in circle["uncovered"]["edges"]] == ["370303008225"]
        admin(SET_POINT, i=station).data  # noqa: B018 - it opens again, and where it was put


def test_points_and_grids_of_areas_without_a_code_are_kept_by_what_the_contract_shows(desk: Desk) -> None:
    """The zone itself, management centres and grids have no division code; settings name teams."""
    admin = desk.staff("admin")
    hall = desk.place.anonymous(WHOLE_POINT, key="hall").data["servicePoint"]
    area = hall.pop("area")
    assert area["code"] is None
    where = {name: hall.pop(name) for name in ("longitude", "latitude")}
    kept = {**hall, "area": area["key"], "location": where}
    assert admin(SET_POINT, i=kept).data["setServicePoint"]["id"]
    assert desk.place.anonymous(WHOLE_POINT, key="hall").data["servicePoint"] == {
        **hall,
        **where,
        "area": area,
    }
    grid = desk.place.anonymous(
        "{ areas(first: 1, level: GRID) { edges { node { key code longitude latitude } } } }"
    )
    node = grid.data["areas"]["edges"][0]["node"]
    assert node.pop("code") is None
    placed = "mutation($i: PlaceAreasInput!) { placeAreas(input: $i) { changed } }"
    there = {"area": node.pop("key"), "location": node, "population": 1200}
    assert admin(placed, i={"areas": [there]}).data["placeAreas"]["changed"] == 1
    team = admin("{ teams(first: 1) { edges { node { key } } } }").data["teams"]["edges"][0]["node"]["key"]
    batch = "mutation($i: ConfigureDistrictInput!) { configureDistrict(input: $i) { slug } }"
    assert admin(batch, i={"hall": {"batch": {"team": team}}}).data


async def _today(work: Work) -> date:
    return work.today


async def _last_grid(work: Work) -> tuple[str, list[UUID]]:
    """The name of the street's last grid, and its agents' posts."""
    rows = await work.db.execute(
        select(AreaRow.name, AssignmentRow.id)
        .join(AssignmentRow, AssignmentRow.area_id == AreaRow.id)
        .where(AreaRow.key == "sbs-grid-205")
    )
    found = rows.all()
    return found[0].name, [row.id for row in found]


def test_a_case_is_rated_while_it_is_done_and_not_after_its_end(desk: Desk) -> None:
    """边办边评: who does it hears of it before it is too late (DOMAIN H01)."""
    n = fresh()
    resident = desk.resident(n)
    number = asked(desk, resident, CARD, applicant=applicant(n)).data["applyForCase"]["number"]
    during = {"number": number, "phase": "DURING", "grade": "DISSATISFIED", "comment": "还没人联系我"}
    case = done(resident, "rateCase", **during)
    assert [each["grade"] for each in case["interimRatings"]] == ["DISSATISFIED"]
    assert (case["state"], case["rating"]) == ("SUBMITTED", None)
    assert refused(resident, "rateCase", **during)[0] == "ALREADY_RATED"
    assert refused(resident, "rateCase", number=number, grade="SATISFIED")[0] == "ILLEGAL_TRANSITION"
    (told,) = (seen(desk.staff("auditor"), number) or {})["interimRatings"]
    assert (told["grade"], told["comment"]) == ("DISSATISFIED", None), "masked for auditors"
    done(resident, "withdrawCase", number=number)
    assert refused(resident, "rateCase", **during)[0] == "ILLEGAL_TRANSITION"


def test_a_printed_guide_is_the_offices_to_publish_and_everybodys_to_fetch(desk: Desk) -> None:
    """掌办指南册: paper stays in the stations, so a version stays what it was when another follows."""
    known = {"code": "ZIBO-PAPER", "name": "样本指南"}
    text, listed = text_of("PublishPrintedGuide"), text_of("PrintedGuides")
    for login in ("leader", "supervisor", "clerk-county", "helper-village", "clerk-bank", "auditor"):
        assert desk.staff(login)(text, input=known).code == "FORBIDDEN", login
    assert desk.resident(fresh())(text, input=known).code == "FORBIDDEN"
    assert desk.place.anonymous(text, input=known).code == "UNAUTHENTICATED"
    admin = desk.staff("admin")
    one = admin(text, input=known).data["publishPrintedGuide"]
    two = admin(text, input={**known, "name": "样本指南(新)"}).data["publishPrintedGuide"]
    assert (one["version"], two["version"]) == (1, 2)
    papers = [desk.run(desk.place.api.http.get(each["address"])) for each in (one, two, one)]
    assert [each.status_code for each in papers] == [200] * 3
    assert papers[0].content == papers[2].content != papers[1].content
    assert papers[0].content.startswith(b"%PDF")
    for reader in (desk.place.anonymous, desk.staff("auditor"), desk.staff("helper-village")):
        edges = reader(listed, code=known["code"]).data["printedGuides"]["edges"]
        assert [each["node"]["address"] for each in edges] == [one["address"], two["address"]]
