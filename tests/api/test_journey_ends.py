"""The other ways of a case: from hand to hand, standing still, and to every end but completion; done for somebody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.api.casework import (
    REQUIRED,
    Desk,
    application,
    applied,
    done,
    fresh,
    refused,
    seen,
)

TOWN, VILLAGE = "371681101", "371681101200"


def accepted(desk: Desk, *, by: str = "clerk-town", n: int | None = None) -> str:
    """A case of the village, accepted by the town's window."""
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE), n=n, supplied=list(REQUIRED))
    done(desk.staff("helper-village"), "preCheckCase", number=number)
    done(desk.staff(by), "acceptCase", number=number)
    return number


def test_a_case_goes_from_hand_to_hand_and_is_never_without_one(desk: Desk) -> None:
    village, town, county = (
        desk.staff("helper-village"),
        desk.staff("helper-town"),
        desk.staff("clerk-county"),
    )
    ids = {login: desk.staff_id(login) for login in ("helper-village", "helper-town", "clerk-county")}
    number = accepted(desk)

    # only the holder sends it on, and only to somebody who may take it
    offer = {"number": number, "toStaffId": ids["helper-town"], "reason": "到镇里更方便"}
    assert refused(desk.staff("clerk-town"), "handOverCase", **offer)[0] == "NOT_THE_HOLDER"
    for unfit in ("leader", "admin", "auditor"):
        to = {**offer, "toStaffId": desk.staff_id(unfit)}
        assert refused(village, "handOverCase", **to) == ("INVALID_INPUT", ["input.toStaffId"]), unfit
    assert (
        refused(village, "handOverCase", **{**offer, "toStaffId": ids["helper-village"]})[0]
        == "INVALID_INPUT"
    )
    assert refused(village, "handOverCase", **{**offer, "reason": " "}) == ("INVALID_INPUT", ["input.reason"])
    case = done(village, "handOverCase", **offer)
    assert case["helper"]["id"] == ids["helper-village"]  # the sender answers for it until it is taken
    assert case["pendingHandover"] == {"reason": "到镇里更方便", "to": {"id": ids["helper-town"]}}
    assert refused(village, "handOverCase", **offer)[0] == "HANDOVER_PENDING"
    result = {"number": number, "outcome": "DONE", "opinion": "x"}
    assert refused(desk.staff("clerk-town"), "completeCase", **result)[0] == "HANDOVER_PENDING"

    # nobody but the one it was offered to takes it or gives it back
    for login in ("clerk-town", "clerk-county", "helper-village"):
        assert refused(desk.staff(login), "takeOverCase", number=number)[0] == "NO_HANDOVER", login
    case = done(town, "returnCase", number=number, reason="今天不在岗")
    assert (case["helper"]["id"], case["pendingHandover"]) == (ids["helper-village"], None)
    done(village, "handOverCase", **offer)
    case = done(town, "takeOverCase", number=number)
    assert (case["helper"]["id"], case["state"]) == (ids["helper-town"], "IN_PROGRESS")
    assert refused(town, "takeOverCase", number=number)[0] == "NO_HANDOVER"
    assert refused(village, "handOverCase", **offer)[0] == "NOT_THE_HOLDER"

    # on to the county, dispatched by somebody who never held it; the first-asked owner stays
    dispatch = {"number": number, "toStaffId": ids["clerk-county"], "reason": "派单"}
    done(desk.staff("dispatcher"), "handOverCase", **dispatch)
    case = done(county, "takeOverCase", number=number)
    assert (case["helper"]["id"], case["firstAsked"]["id"]) == (ids["clerk-county"], ids["helper-village"])
    assert [event["kind"] for event in case["timeline"]][3:] == [
        "HANDED_OVER",
        "RETURNED",
        "HANDED_OVER",
        "TAKEN_OVER",
        "HANDED_OVER",
        "TAKEN_OVER",
    ]
    assert seen(village, number) is not None


def test_whoever_is_offered_a_case_of_another_town_sees_it_from_then_on_and_no_longer(desk: Desk) -> None:
    stranger = desk.staff("helper-town-2")
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    assert seen(stranger, number) is None
    done(
        desk.staff("helper-village"),
        "handOverCase",
        number=number,
        toStaffId=desk.staff_id("helper-town-2"),
        reason="住在那边",
    )
    assert seen(stranger, number) is not None
    assert refused(stranger, "preCheckCase", number=number)[0] == "FORBIDDEN"  # seen, but not theirs to check
    done(stranger, "returnCase", number=number, reason="不是我们镇的")
    assert seen(stranger, number) is None


def test_the_clock_stands_still_while_a_case_is_suspended(desk: Desk) -> None:
    number, clerk = accepted(desk), desk.staff("clerk-town")
    assert refused(clerk, "resumeCase", number=number)[0] == "ILLEGAL_TRANSITION"
    assert refused(clerk, "suspendCase", number=number, reason="") == ("INVALID_INPUT", ["input.reason"])
    assert refused(desk.staff("supervisor"), "suspendCase", number=number, reason="鉴定") == ("FORBIDDEN", [])
    case = done(clerk, "suspendCase", number=number, reason="需要专家评审")
    assert (case["state"], case["clock"]["paused"]) == ("SUSPENDED", True)
    assert refused(clerk, "suspendCase", number=number, reason="再停一次")[0] == "ILLEGAL_TRANSITION"
    assert (
        refused(clerk, "completeCase", number=number, outcome="DONE", opinion="x")[0] == "ILLEGAL_TRANSITION"
    )
    due = case["clock"]["dueOn"]
    case = done(
        desk.staff("supervisor"), "resumeCase", number=number
    )  # who may start a clock, but never stop one
    assert (case["state"], case["clock"]["paused"], case["clock"]["dueOn"]) == ("ACCEPTED", False, due)


def test_before_acceptance_a_case_can_be_declined_with_reason_and_basis(desk: Desk) -> None:
    clerk = desk.staff("clerk-town")
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    why = {"number": number, "reason": "不属于本机关职权", "basis": "行政许可法第三十二条"}
    assert refused(desk.staff("helper-village"), "declineCase", **why) == ("FORBIDDEN", [])
    assert refused(clerk, "declineCase", **{**why, "basis": " "}) == ("INVALID_INPUT", ["input.basis"])
    assert refused(clerk, "declineCase", **{**why, "reason": ""}) == ("INVALID_INPUT", ["input.reason"])
    assert done(clerk, "declineCase", **why)["state"] == "DECLINED"
    for name, more in (("preCheckCase", {}), ("acceptCase", {}), ("withdrawCase", {"reason": "x"})):
        assert refused(clerk, name, number=number, **more)[0] == "ILLEGAL_TRANSITION", name
    late = accepted(desk)
    assert refused(clerk, "declineCase", **{**why, "number": late})[0] == "ILLEGAL_TRANSITION"


def test_an_applicant_withdraws_at_will_and_staff_at_the_applicants_stated_request(desk: Desk) -> None:
    n = fresh()
    resident = desk.resident(n)
    mine = applied(resident, desk.area(VILLAGE), n=n)
    assert done(resident, "withdrawCase", number=mine)["state"] == "WITHDRAWN"
    other = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    assert refused(resident, "withdrawCase", number=other) == ("NOT_FOUND", ["input.number"])
    clerk = desk.staff("clerk-town")
    assert refused(clerk, "withdrawCase", number=other) == ("INVALID_INPUT", ["input.reason"])
    assert done(clerk, "withdrawCase", number=other, reason="申请人电话要求")["state"] == "WITHDRAWN"


def test_an_accepted_case_ends_without_result_by_a_supervisor_alone(desk: Desk) -> None:
    number = accepted(desk)
    why = {"number": number, "reason": "承诺未兑现", "basis": "容缺受理承诺书"}
    for login in ("clerk-town", "clerk-county", "helper-village", "dispatcher", "leader"):
        assert refused(desk.staff(login), "terminateCase", **why)[0] == "FORBIDDEN", login
    assert done(desk.staff("supervisor"), "terminateCase", **why)["state"] == "TERMINATED"
    assert refused(desk.staff("supervisor"), "terminateCase", **why)[0] == "ILLEGAL_TRANSITION"
    early = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    assert (
        refused(desk.staff("supervisor"), "terminateCase", **{**why, "number": early})[0]
        == "ILLEGAL_TRANSITION"
    )


def test_doing_it_for_somebody_needs_an_authorisation_that_covers_it(desk: Desk) -> None:
    helper, area = desk.staff("helper-village"), desk.area(VILLAGE)
    today = dt.datetime.now(desk.services.registry.get("zouping").zone).date()
    tomorrow, yesterday = str(today + dt.timedelta(days=1)), str(today - dt.timedelta(days=1))

    def given(scope: list[str], until: str) -> dict[str, Any]:
        authorisation = {"scope": scope, "validUntil": until}
        return application(area, fresh(), help="AGENCY", authorisation=authorisation)

    wanted = ("AUTHORISATION_REQUIRED", ["input.authorisation"])
    assert refused(helper, "applyForCase", **application(area, fresh(), help="AGENCY")) == wanted
    assert refused(helper, "applyForCase", **given(["APPLY"], yesterday)) == wanted
    assert refused(helper, "applyForCase", **given(["SUPPLY_MATERIALS"], tomorrow)) == wanted
    needless = {**given(["APPLY"], tomorrow), "help": "HELP"}
    assert refused(helper, "applyForCase", **needless) == ("INVALID_INPUT", ["input.authorisation"])

    applying = done(helper, "applyForCase", **given(["APPLY"], tomorrow))["number"]
    supplying = {"number": applying, "codes": ["ID-CARD"]}
    assert refused(helper, "supplyMaterials", **supplying)[0] == "AUTHORISATION_REQUIRED"  # only to apply
    both = done(helper, "applyForCase", **given(["APPLY", "SUPPLY_MATERIALS"], str(today)))
    assert both["help"] == "AGENCY"
    done(helper, "supplyMaterials", number=both["number"], codes=["ID-CARD"])  # its last day counts


def test_a_refusal_states_its_reasons(desk: Desk) -> None:
    number, clerk = accepted(desk), desk.staff("clerk-town")
    without = {"number": number, "outcome": "REFUSED", "opinion": " "}
    assert refused(clerk, "completeCase", **without) == ("INVALID_INPUT", ["input.opinion"])
    nothing = {**without, "basis": " "}
    assert refused(clerk, "completeCase", **nothing)[1] == ["input.opinion", "input.basis"]
    assert refused(clerk, "completeCase", **{**nothing, "opinion": "居住不满半年"})[1] == ["input.basis"]
    case = done(clerk, "completeCase", **{**without, "opinion": "居住不满半年"})
    assert (case["state"], case["outcome"], case["opinion"]) == ("COMPLETED", "REFUSED", "居住不满半年")
