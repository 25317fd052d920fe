"""济宁: a result is given before its last paper is there; it stands once that came, and is withdrawn if it does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, Run, applicant, done, fresh, refused
from tests.api.clients import Client, Place
from tests.api.named import text_of
from tests.api.test_journey_to_rating import day
from tests.journeys.orders import announced_is_done, orders, sent
from tests.journeys.orders import done as ordered

from bangban.features.cases.tables import CaseRow, ToleranceRow
from bangban.features.supervision.sweeping import Swept, sweep_district
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

AREA, MATTER = "370871002001", "JNGX-SAMPLE-CONDITION"
STANDING = """query($n: String!) { case(number: $n) {
    state resultStanding rating { grade } tolerance { broken } timeline { kind } } }"""
RATED = {"grade": "VERY_SATISFIED", "comment": "先拿证后补照片，省了一趟"}
ITEM = {
    "code": MATTER,
    "name": "样例附条件办结事项",
    "kind": "CONFIRMATION",
    "audience": ["PERSON"],
    "caseType": "PROMISED",
    "promisedWorkingDays": 5,
    "legalWorkingDays": 20,
    "maxTrips": 1,
    "materials": [
        {"code": "FORM", "name": "申请表", "core": True, "originals": 1},
        {"code": "PHOTO", "name": "近期免冠照片", "tolerable": True, "tolerableDays": 5, "originals": 1},
    ],
    "channels": ["HALL", "WEB"],
    "handledAt": ["COUNTY"],
    "legalBasis": ["样例法"],
    "resultName": "样例证",
    "resultBeforeSupplied": True,
}


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    """The administrator has let the results of a matter be given before everything is there."""
    made = Desk(place("jining-hitech"), services, run, app_settings.outbox_folder)
    reply = made.staff("admin")(text_of("PublishServiceItem"), input=ITEM)
    assert reply.data["publishServiceItem"]["code"] == MATTER
    return made


def standing(client: Client, number: str) -> tuple[str, str]:
    """State of a case, and how its result stands."""
    found = client(STANDING, n=number).data["case"]
    return found["state"], found["resultStanding"]


def conditional(desk: Desk, n: int) -> str:
    """A case of the n-th sample person, who applied themselves, completed while the photograph is promised."""
    resident, clerk = desk.resident(n), desk.staff("clerk-county")
    given = {"serviceCode": MATTER, "areaId": desk.area(AREA), "applicant": applicant(n)}
    number = str(done(resident, "applyForCase", **given, supplied=["FORM"])["number"])
    done(clerk, "preCheckCase", number=number)
    done(clerk, "acceptCase", number=number, tolerated=["PHOTO"], promisedBy=day(desk, 3))
    done(clerk, "completeCase", number=number, outcome="GRANTED", opinion="准予", resultNumber=f"样{n}")
    assert standing(resident, number) == ("COMPLETED", "CONDITIONAL")
    return number


def swept(desk: Desk) -> Swept:
    tenancy = desk.services.tenancy
    found: Swept = desk.run(sweep_district(tenancy, tenancy.registry.get(desk.place.slug)))
    return found


def the_promise_lapses(desk: Desk, number: str) -> None:
    """The promised day was yesterday."""

    async def the_days_pass(work: Work) -> None:
        of_case = select(CaseRow.id).where(CaseRow.number == number).scalar_subquery()
        over = {"promised_by": work.today - dt.timedelta(days=1)}
        await work.db.execute(update(ToleranceRow).where(ToleranceRow.case_id == of_case).values(over))

    desk.inside(the_days_pass)


def test_a_result_on_condition_stands_once_what_was_promised_came_and_was_checked(desk: Desk) -> None:
    n = fresh()
    number, resident, clerk = conditional(desk, n), desk.resident(n), desk.staff("clerk-county")
    assert refused(resident, "rateCase", number=number, **RATED)[0] == "TOLERANCE_OPEN"
    assert refused(clerk, "preCheckCase", number=number)[0] == "TOLERANCE_OPEN", "nothing came yet"
    done(resident, "supplyMaterials", number=number, codes=["PHOTO"])
    assert standing(resident, number)[1] == "CONDITIONAL", "somebody has to look at it"
    assert refused(desk.staff("auditor"), "preCheckCase", number=number)[0] == "FORBIDDEN"
    done(clerk, "preCheckCase", number=number)
    for who in (resident, desk.staff("supervisor"), desk.staff("auditor")):
        assert standing(who, number) == ("COMPLETED", "CONDITION_MET")
    assert swept(desk).withdrawn == 0
    assert done(resident, "rateCase", number=number, **RATED)["rating"]["grade"] == RATED["grade"]
    kinds = [each["kind"] for each in resident(STANDING, n=number).data["case"]["timeline"]]
    assert kinds[-4:] == ["COMPLETED", "MATERIALS_SUPPLIED", "CONDITION_MET", "RATED"]


def test_errands_for_a_result_that_is_withdrawn_end_with_it(desk: Desk) -> None:
    n = fresh()
    number, resident, helper = conditional(desk, n), desk.resident(n), desk.staff("helper-county")
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    wanted = {
        "kind": "PICKUP",
        "caseNumber": number,
        "address": "样本路 1 号",
        "windowFrom": begins.isoformat(),
        "windowUntil": (begins + dt.timedelta(hours=2)).isoformat(),
    }
    afterwards = {
        "windowFrom": wanted["windowUntil"],
        "windowUntil": (begins + dt.timedelta(hours=4)).isoformat(),
    }
    claimed, offered = (
        ordered(resident, "PlaceOrder", **wanted | when)["number"] for when in ({}, afterwards)
    )
    given = {"number": claimed, "toStaffId": desk.staff_id("helper-county"), "reason": "就近"}
    ordered(desk.staff("dispatcher"), "AssignOrder", **given)
    the_promise_lapses(desk, number)
    swept(desk)
    assert standing(resident, number) == ("TERMINATED", "WITHDRAWN")
    assert sent(helper, "ProgressOrder", number=claimed, step="START").code == "ILLEGAL_TRANSITION"
    assert sent(resident, "PlaceOrder", **wanted).code == "ILLEGAL_TRANSITION"
    announced_is_done(desk)
    mine = {each["number"]: each["state"] for each in orders(resident)}
    assert (mine[claimed], mine[offered]) == ("CANCELLED", "CANCELLED")


def test_a_result_whose_paper_does_not_come_is_withdrawn_and_nothing_is_promised_again(desk: Desk) -> None:
    n = fresh()
    number, resident, clerk = conditional(desk, n), desk.resident(n), desk.staff("clerk-county")
    assert swept(desk).withdrawn == 0, "the promised day is not over"

    the_promise_lapses(desk, number)
    swept(desk)
    assert standing(resident, number) == ("TERMINATED", "WITHDRAWN")
    assert swept(desk).withdrawn == 0, "once"
    assert refused(resident, "rateCase", number=number, **RATED)[0] == "ILLEGAL_TRANSITION"
    assert refused(resident, "supplyMaterials", number=number, codes=["PHOTO"])[0] == "ILLEGAL_TRANSITION"

    given = {"serviceCode": MATTER, "areaId": desk.area(AREA), "applicant": applicant(n)}
    again = str(done(resident, "applyForCase", **given, supplied=["FORM"])["number"])
    done(clerk, "preCheckCase", number=again)
    promise = {"number": again, "tolerated": ["PHOTO"], "promisedBy": day(desk, 3)}
    assert refused(clerk, "acceptCase", **promise)[0] == "TOLERANCE_BARRED"
    assert refused(clerk, "clearBrokenPromise", number=number, reason="已核实")[0] == "FORBIDDEN"
    done(desk.staff("supervisor"), "clearBrokenPromise", number=number, reason="住院，已核实")
    assert done(clerk, "acceptCase", **promise)["state"] == "ACCEPTED"
