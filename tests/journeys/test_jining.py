"""济宁: a call from a park falls to the county team; tolerance is promised and kept; certificates come together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.casework import PERMIT, REQUIRED, Desk, Run, applicant, fresh, lacking
from tests.api.casework import done as casework_done
from tests.api.conftest import Place
from tests.api.named import text_of
from tests.api.test_journey_to_rating import day
from tests.journeys.orders import done, later, orders, sent

from bangban.features.orders.tables import OrderRow
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
