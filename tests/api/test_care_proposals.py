"""Care needs propose help and service at the door, taken up from the visit, and say nothing outside the hall (A04)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.casework import Desk, Run, applicant, fresh, mutation_of
from tests.api.clients import Place
from tests.api.parts.hall import greeted, hall_of

from bangban.features.hall.values import CareNeed
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.tenancy.tables import ProfileRow
from bangban.kernel.tenancy.work import Work
from bangban.settings import Settings
from bangban.web.services import AppServices

VISITS = """query($p: ID!, $after: String) { visits(pointId: $p, first: 100, after: $after) {
    edges { cursor node { id careNeeds proposals takenUp } } } }"""
CANCEL = mutation_of("progressOrder", "state history { note }")
AT_DOORS, NOT_AT_DOORS = "TPL-SENIOR-CARD", "TPL-RESIDENCE-PERMIT"
PLACE, END = mutation_of("placeOrder", "number"), mutation_of("endVisit", "proposals takenUp case { number }")


@pytest.fixture(scope="module")
def desk(zouping: Place, services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(zouping, services, run, app_settings.outbox_folder)


def seen(desk: Desk, visit: str, who: str = "guide") -> dict[str, Any]:
    found: Any = desk.staff(who)(VISITS, p=hall_of(desk)["point"]).data["visits"]["edges"]
    return next(each["node"] for each in found if each["node"]["id"] == visit)


def door(desk: Desk, visit: str, **changes: Any) -> dict[str, Any]:
    begins = datetime.now(UTC) + timedelta(days=1)
    given = {"kind": "PICKUP", "areaId": desk.area("371681101200"), "address": "样本小区 3 号楼"}
    window = {"windowFrom": begins.isoformat(), "windowUntil": (begins + timedelta(hours=2)).isoformat()}
    return {**given, **window, "phone": sample_phone(fresh()), "visitId": visit, **changes}


@pytest.mark.parametrize("need", CareNeed)
def test_each_need_proposes_what_is_usual(desk: Desk, need: CareNeed) -> None:
    visit = greeted(desk, careNeeds=[need.value])
    usual = ["CARING"] if need is CareNeed.HARDSHIP else ["CARING", "DOOR"]
    assert seen(desk, visit) == {"id": visit, "careNeeds": [need.value], "proposals": usual, "takenUp": []}


def test_who_needs_no_care_is_proposed_nothing_and_the_door_only_where_the_matter_goes_there(
    desk: Desk,
) -> None:
    assert seen(desk, greeted(desk))["proposals"] == []
    for code, expected in ((AT_DOORS, ["CARING", "DOOR"]), (NOT_AT_DOORS, ["CARING"])):
        visit = greeted(desk, careNeeds=["ELDERLY"], serviceCode=code)
        assert seen(desk, visit)["proposals"] == expected, code


def test_an_auditor_sees_neither_needs_nor_what_follows_from_them(desk: Desk) -> None:
    visit = greeted(desk, careNeeds=["DISABLED"])
    assert desk.staff("guide")(PLACE, input=door(desk, visit)).data
    masked = {"id": visit, "careNeeds": None, "proposals": None, "takenUp": None}
    assert seen(desk, visit, "auditor") == masked


def test_an_order_begun_from_the_visit_is_what_was_taken_up_and_there_is_one(desk: Desk) -> None:
    visit, guide = greeted(desk, careNeeds=["SICK"]), desk.staff("guide")
    assert guide(PLACE, input=door(desk, visit)).data
    assert seen(desk, visit)["takenUp"] == ["DOOR"]
    assert guide(PLACE, input=door(desk, visit)).code == "CONFLICT"
    wrong = door(desk, visit, kind="NEED", note="请上门")
    (error,) = guide(PLACE, input=wrong).body["errors"]
    assert error["extensions"]["fields"] == ["input.visitId"]


@pytest.mark.parametrize("who", ["guide", "dispatcher"])
def test_a_cancelled_order_frees_the_visit_whoever_cancels_it(desk: Desk, who: str) -> None:
    visit, other, guide = greeted(desk, careNeeds=["SICK"]), greeted(desk, careNeeds=["SICK"]), "guide"
    for each in (visit, other):
        number = desk.staff(guide)(PLACE, input=door(desk, each)).data["placeOrder"]["number"]
    given = {"number": number, "step": "CANCEL"}
    assert desk.staff("clerk-county")(CANCEL, input={**given, "reason": "不是我下的"}).code == "FORBIDDEN"
    assert desk.staff(who)(CANCEL, input=given).code == "INVALID_INPUT", "staff say why"
    done = desk.staff(who)(CANCEL, input={**given, "reason": "地址填错,重新下单"}).data["progressOrder"]
    assert (done["state"], done["history"][-1]["note"]) == ("CANCELLED", "地址填错,重新下单")
    assert (seen(desk, other)["takenUp"], seen(desk, visit)["takenUp"]) == ([], ["DOOR"])
    assert desk.staff(guide)(PLACE, input=door(desk, other)).data
    assert seen(desk, other)["takenUp"] == ["DOOR"]


def test_nobody_orders_for_a_visit_of_another_hall(desk: Desk) -> None:
    visit = greeted(desk, careNeeds=["SICK"])
    reply = desk.staff("helper-village")(PLACE, input=door(desk, visit))
    assert reply.code in ("FORBIDDEN", "NOT_FOUND")
    assert seen(desk, visit)["takenUp"] == []


def test_an_application_at_the_desk_stays_with_the_visit(desk: Desk) -> None:
    visit, guide = greeted(desk, careNeeds=["WEAK"], serviceCode=AT_DOORS), desk.staff("guide")
    given = {
        "serviceCode": AT_DOORS,
        "areaId": desk.area("371681101200"),
        "applicant": applicant(fresh()),
        "modes": ["CARING"],
        "modeFields": [{"mode": "CARING", "key": "care-need", "value": "行动不便"}],
    }
    number = guide(mutation_of("applyForCase", "number"), input=given).data["applyForCase"]["number"]
    ended = guide(END, input={"visitId": visit, "how": "DONE", "caseNumber": number}).data["endVisit"]
    assert ended == {"proposals": ["CARING", "DOOR"], "takenUp": ["CARING"], "case": {"number": number}}


def test_a_district_says_what_is_proposed_and_offers_what_it_has(desk: Desk) -> None:
    visit = greeted(desk, careNeeds=["ELDERLY", "HARDSHIP"])
    for change, expected in (
        ({"hall": {"proposals": {"HARDSHIP": ["DOOR"]}}}, ["DOOR"]),
        ({"hall": {"proposals": {}}}, []),
        ({"modes": [{"mode": "ONLINE"}]}, ["DOOR"]),
        ({"orders": {"kinds": [{"kind": "NEED"}]}}, ["CARING"]),
        ({"orders": {"kinds": [{"kind": "DELIVERY", "falls_to": ["VILLAGE"]}]}}, ["CARING"]),
        ({"orders": {"kinds": [{"kind": "DELIVERY", "falls_to": ["COUNTY"]}]}}, ["CARING", "DOOR"]),
    ):

        async def decided(work: Work, change: dict[str, Any] = change) -> dict[str, Any]:
            settings = (await work.db.scalars(select(ProfileRow.settings))).one()
            await work.db.execute(update(ProfileRow).values(settings=settings | change))
            return dict(settings)

        async def as_before(work: Work, settings: dict[str, Any]) -> None:
            await work.db.execute(update(ProfileRow).values(settings=settings))

        before = desk.inside(decided)
        try:
            assert seen(desk, visit)["proposals"] == expected, change
        finally:
            desk.inside(lambda work, before=before: as_before(work, before))
