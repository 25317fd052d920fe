"""四宝山 (DOMAIN C08, C09): a resident orders, the grid's helpers race, the station steps in, papers come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.casework import PERMIT, Desk, Run, applicant, fresh, together
from tests.api.clients import Place
from tests.api.named import text_of
from tests.journeys.orders import done, later, orders, sent

from bangban.settings import Settings
from bangban.web.services import AppServices

GRID, VILLAGE, STREET = "宝山社区第1网格", "宝山社区", "四宝山街道"
HERE = {"longitude": 118.0512, "latitude": 36.8401}  # the sample profile puts the grid at 118.05, 36.84
PAPERS = [{"code": "ID-CARD", "originals": 1, "copies": 1}]


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("zibo-hitech"), services, run, app_settings.outbox_folder)


def ordered(desk: Desk, n: int, **given: Any) -> dict[str, Any]:
    """A need of the n-th sample person, from where they stand."""
    return done(desk.resident(n), "PlaceOrder", **({"kind": "NEED", "note": "老人行动不便", **HERE} | given))


def test_an_order_resolves_to_the_grid_and_one_of_two_racing_helpers_gets_it(desk: Desk) -> None:
    n = fresh()
    order = ordered(desk, n, address="宝山社区12号楼3单元402")
    assert (order["area"]["name"], order["offeredTo"]["name"]) == (GRID, GRID)
    assert (order["state"], order["address"], order["fee"]) == ("OPEN", "宝山社区***", "0")
    number = order["number"]

    helpers = {login: desk.staff(login) for login in ("helper-grid", "helper-grid-2")}
    for client in helpers.values():
        assert number in {each["number"] for each in orders(client, offered=True)}
    for login in ("helper-village", "helper-town", "helper-county", "volunteer-grid"):
        assert number not in {each["number"] for each in orders(desk.staff(login), offered=True)}
        assert sent(desk.staff(login), "ClaimOrder", number=number).code == "FORBIDDEN"

    claims = [client.send(text_of("ClaimOrder"), input={"number": number}) for client in helpers.values()]
    replies = desk.run(together(*claims))
    (won,) = [login for login, reply in zip(helpers, replies, strict=True) if "errors" not in reply.body]
    (lost,) = [reply.code for reply in replies if "errors" in reply.body]
    assert lost == "CONFLICT"

    winner = helpers[won]
    (loser,) = [client for login, client in helpers.items() if login != won]
    assert sent(loser, "ProgressOrder", number=number, step="START").code == "NOT_THE_HOLDER"
    assert done(winner, "RevealOrder", number=number)["address"] == "宝山社区12号楼3单元402"
    assert done(winner, "ProgressOrder", number=number, step="START")["state"] == "DOING"
    assert done(winner, "ProgressOrder", number=number, step="FINISH")["state"] == "DONE"

    assert sent(desk.resident(fresh()), "RateOrder", number=number, grade="SATISFIED").code == "NOT_FOUND"
    rated = done(desk.resident(n), "RateOrder", number=number, grade="VERY_SATISFIED", comment="很热心")
    assert rated["rating"]["grade"] == "VERY_SATISFIED"
    again = sent(desk.resident(n), "RateOrder", number=number, grade="SATISFIED")
    assert again.code == "ALREADY_RATED"

    (seen,) = orders(desk.staff("auditor"), number=number)
    assert (seen["note"], seen["rating"]["comment"]) == (None, None), "masked for auditors"
    assert [each["kind"] for each in seen["history"]] == ["PLACED", "CLAIMED", "STARTED", "DONE", "RATED"]


def test_an_order_that_nobody_takes_is_the_village_stations_and_done_at_home(desk: Desk) -> None:
    n = fresh()
    number = ordered(desk, n)["number"]
    station, resident = desk.staff("helper-village"), desk.resident(n)
    assert sent(station, "ClaimOrder", number=number).code == "FORBIDDEN", "not yet"
    later(desk, minutes=119)
    assert orders(resident, number=number)[0]["offeredTo"]["name"] == GRID
    later(desk, minutes=121)
    (fallen,) = orders(resident, number=number)
    assert fallen["offeredTo"]["name"] == VILLAGE
    assert [each["kind"] for each in fallen["history"]] == ["PLACED", "FELL_THROUGH"]
    for login in ("helper-grid", "helper-village"):  # whoever was asked first may still take it
        assert number in {each["number"] for each in orders(desk.staff(login), offered=True)}

    assert done(station, "ClaimOrder", number=number)["helper"]["name"]
    done(station, "ProgressOrder", number=number, step="START")
    reason = {"number": number, "step": "FAIL", "reason": "家中无人"}
    assert done(station, "ProgressOrder", **reason)["state"] == "FAILED"
    assert done(station, "ProgressOrder", number=number, step="START")["tries"] == 2

    village = desk.place.ids[VILLAGE]
    case = done(
        station,
        "ApplyForCase",
        serviceCode=PERMIT,
        areaId=village,
        applicant=applicant(n),
        supplied=["ID-CARD"],
        channel="DOOR",
    )["number"]
    assert not done(station, "TakePapers", number=case, papers=PAPERS)["balanced"]
    custody = resident(text_of("Custody"), number=case).data["custody"]
    assert [each["code"] for each in custody["held"]] == ["ID-CARD"]
    assert done(station, "ReturnPapers", number=case, papers=PAPERS)["balanced"]
    custody = resident(text_of("Custody"), number=case).data["custody"]
    assert [each["kind"] for each in custody["entries"]] == ["TAKEN", "RETURNED"]
    assert (custody["papersOut"], custody["balanced"]) == (0, True)

    done(station, "ProgressOrder", number=number, step="FINISH")
    assert done(resident, "RateOrder", number=number, grade="SATISFIED")["state"] == "DONE"


def test_a_volunteer_helps_once_let_in_and_trained_and_sees_no_phone(desk: Desk) -> None:
    volunteer, dispatcher = desk.staff("volunteer-grid"), desk.staff("dispatcher")
    number = ordered(desk, fresh(), address="宝山社区3号")["number"]
    assert sent(volunteer, "ClaimOrder", number=number).code == "FORBIDDEN"
    who = desk.staff_id("volunteer-grid")
    training = {"title": "志愿者岗前培训", "heldOn": "2026-03-02", "trainer": "样本讲师"}
    done(dispatcher, "RecordTraining", **training, attendeeIds=[who])
    assert done(dispatcher, "SetSkills", staffId=who, approved=True)["approvedAt"]
    done(volunteer, "ClaimOrder", number=number)
    assert done(volunteer, "RevealOrder", number=number) == {
        "address": "宝山社区3号",
        **HERE,
        "phone": None,
        "signedBy": None,
    }
    cases = volunteer("{ cases { totalCount } }")
    assert cases.code == "FORBIDDEN"
    for step in ("START", "FINISH"):
        done(volunteer, "ProgressOrder", number=number, step=step)


def test_a_card_leads_to_whoever_is_in_charge_after_a_change_of_staff(desk: Desk) -> None:
    admin, grid = desk.staff("admin"), desk.place.ids[GRID]
    agent = desk.staff_id("helper-grid")
    done(admin, "IssueCards", areaId=grid, staffId=agent, batch="四宝山第一批")
    cards = admin(text_of("ServiceCards"), batch="四宝山第一批").data["serviceCards"]["edges"]
    (card,) = [edge["node"] for edge in cards]
    assert card["qrContent"] == f"https://zibo-hitech.example/card/{card['code'].replace('-', '')}"
    anonymous = desk.place.anonymous
    first = done(anonymous, "ScanCard", code=card["code"])
    assert (first["area"], first["helper"]) == (GRID, card["helper"]["name"])
    mistyped = card["code"][:-1] + ("0" if card["code"][-1] != "0" else "1")
    assert sent(anonymous, "ScanCard", code=mistyped).code == "INVALID_INPUT"

    done(admin, "DeactivateStaff", staffId=agent)
    after = done(anonymous, "ScanCard", code=card["code"])
    assert after["area"] == GRID
    assert after["helper"] not in (None, first["helper"])
    done(admin, "ReactivateStaff", staffId=agent)
    desk.place.ended("helper-grid")

    done(admin, "RevokeCards", batch="四宝山第一批")
    assert sent(anonymous, "ScanCard", code=card["code"]).code == "CONFLICT"
    cards = admin(text_of("ServiceCards"), batch="四宝山第一批").data["serviceCards"]["edges"]
    assert cards[0]["node"]["scans"] == 2
