"""申请 → 初审 → 反馈 → 受理 → 办结 → 评价 in Zouping, through the people who may, with every wrong turn refused."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.api.casework import (
    REQUIRED,
    Desk,
    application,
    applied,
    done,
    fresh,
    lacking,
    refused,
    seen,
    tried,
)

from bangban.features.cases.tables import ViolationRow
from bangban.kernel.identifiers import (
    mask_identity,
    mask_phone,
    sample_phone,
    sample_resident_id,
)
from bangban.kernel.messenger.file_messenger import FileMessenger
from bangban.kernel.messenger.message import Message
from bangban.kernel.messenger.templates import Template

TOWN, VILLAGE = "371681101", "371681101200"  # of clerk-town, helper-town and helper-village


def day(desk: Desk, working_days: int) -> str:
    """So many working days from today, in the district's calendar and time zone."""
    district = desk.services.registry.get(desk.place.slug)
    calendar = desk.run(desk.services.tenancy.calendar(district))
    today = dt.datetime.now(district.zone).date()
    return str(calendar.add_working_days(today, working_days))


def kinds(case: dict[str, Any]) -> list[str]:
    return [event["kind"] for event in case["timeline"]]


def test_one_case_from_an_online_application_to_its_rating(desk: Desk) -> None:
    n = fresh()
    resident, helper, clerk = desk.resident(n), desk.staff("helper-village"), desk.staff("clerk-town")

    # 申请: the resident files it, the village's helper answers for it from the first moment
    case = done(
        resident,
        "applyForCase",
        **application(desk.area(VILLAGE), n, supplied=["ID-CARD"], note="周末可联系"),
    )
    number = case["number"]
    assert number.startswith("ZP")
    assert (case["state"], case["channel"], case["help"], case["modes"]) == (
        "SUBMITTED",
        "WEB",
        "HELP",
        ["ONLINE"],
    )
    assert case["helper"]["id"] == case["firstAsked"]["id"] == desk.staff_id("helper-village")
    assert case["applicant"] == {
        "kind": "PERSON",
        "name": "样本人",
        "identityNumber": mask_identity(sample_resident_id(n)),
        "phone": mask_phone(sample_phone(n)),
    }
    assert seen(resident, number) == case == seen(helper, number)

    # 初审: what is missing is told at once, wholly, and one time
    assert refused(clerk, "acceptCase", number=number) == ("ILLEGAL_TRANSITION", ["input.number"])
    assert refused(resident, "preCheckCase", number=number, missing=[]) == ("FORBIDDEN", [])
    assert refused(helper, "preCheckCase", number=number)[0] == "MATERIALS_MISSING"
    partial = tried(helper, "preCheckCase", number=number, missing=lacking(["DWELLING"]))
    assert partial.code == "NOTICE_INCOMPLETE"
    assert partial.body["errors"][0]["extensions"]["fields"] == ["input.missing"]
    assert "PHOTO" in partial.body["errors"][0]["message"]  # it names the rest
    assert seen(helper, number) == case  # and changed nothing

    case = done(
        helper, "preCheckCase", number=number, missing=lacking(["DWELLING", "PHOTO"]), opinion="请补正"
    )
    assert case["state"] == "AWAITING_MATERIALS"
    assert [each["code"] for each in case["notice"]["missing"]] == ["DWELLING", "PHOTO"]
    assert case["notice"]["deadline"] == day(desk, 5)
    again = lacking(["DWELLING", "PHOTO"])
    assert refused(helper, "preCheckCase", number=number, missing=again)[0] == "SECOND_NOTICE"

    # 补交: the applicant brings one of them; the photograph may follow
    assert refused(resident, "supplyMaterials", number=number, codes=["ID-CARD"])[0] == "INVALID_INPUT"
    case = done(resident, "supplyMaterials", number=number, codes=["DWELLING"])
    assert case["state"] == "AWAITING_MATERIALS"
    case = done(helper, "preCheckCase", number=number)
    assert case["state"] == "PRE_CHECKING"

    # 受理 with tolerance, by the town's window: not by the village, not of a core material, not beyond the limit
    latest, beyond = day(desk, 5), day(desk, 6)
    assert refused(helper, "acceptCase", number=number) == ("FORBIDDEN", [])
    assert refused(clerk, "acceptCase", number=number)[0] == "MATERIALS_MISSING"
    core = {"number": number, "tolerated": ["ID-CARD"], "promisedBy": latest}
    assert refused(clerk, "acceptCase", **core) == ("NOT_TOLERABLE", ["input.tolerated"])
    late = {"number": number, "tolerated": ["PHOTO"], "promisedBy": beyond}
    assert refused(clerk, "acceptCase", **late) == ("INVALID_INPUT", ["input.promisedBy"])
    undated = {"number": number, "tolerated": ["PHOTO"]}
    assert refused(clerk, "acceptCase", **undated) == ("INVALID_INPUT", ["input.promisedBy"])
    case = done(clerk, "acceptCase", number=number, tolerated=["PHOTO"], promisedBy=latest)
    assert (case["state"], case["tolerance"]["promisedBy"]) == ("ACCEPTED", latest)
    assert case["clock"] == {
        "dueOn": day(desk, 7),
        "provisional": case["clock"]["provisional"],
        "light": "GREEN",
        "promisedWorkingDays": 7,
        "usedWorkingDays": 0,
        "paused": False,
    }
    assert case["helper"]["id"] == desk.staff_id("helper-village")  # accepting takes nothing out of hands

    # 办结: not before the promise is kept
    result = {"number": number, "outcome": "GRANTED", "opinion": "符合条件", "resultNumber": "JZ-1"}
    assert refused(clerk, "completeCase", **result)[0] == "TOLERANCE_OPEN"
    assert refused(resident, "rateCase", number=number, grade="SATISFIED")[0] == "ILLEGAL_TRANSITION"
    case = done(resident, "supplyMaterials", number=number, codes=["PHOTO"])
    assert case["tolerance"]["fulfilledAt"] is not None
    assert refused(helper, "completeCase", **result) == ("FORBIDDEN", [])
    case = done(clerk, "completeCase", **result)
    assert (case["state"], case["outcome"], case["resultNumber"]) == ("COMPLETED", "GRANTED", "JZ-1")
    assert refused(clerk, "completeCase", **result)[0] == "ILLEGAL_TRANSITION"

    # 评价: once, by the applicant
    assert refused(clerk, "rateCase", number=number, grade="VERY_SATISFIED") == ("FORBIDDEN", [])
    case = done(resident, "rateCase", number=number, grade="VERY_SATISFIED", comment="没跑一趟")
    assert case["state"] == "CLOSED"
    assert (case["rating"]["grade"], case["rating"]["comment"]) == ("VERY_SATISFIED", "没跑一趟")
    as_audited = seen(desk.staff("auditor"), number)
    assert as_audited is not None
    assert (as_audited["rating"]["grade"], as_audited["rating"]["comment"]) == ("VERY_SATISFIED", None)
    assert "没跑一趟" not in str(as_audited["timeline"])
    assert refused(resident, "rateCase", number=number, grade="DISSATISFIED")[0] == "ALREADY_RATED"

    assert kinds(case) == [
        "SUBMITTED",
        "NOTICE_ISSUED",
        "MATERIALS_SUPPLIED",
        "PRE_CHECKED",
        "ACCEPTED",
        "MATERIALS_SUPPLIED",
        "COMPLETED",
        "RATED",
    ]
    assert case["timeline"][0]["actor"] == "申请人"  # a timeline names staff, never the applicant
    assert seen(resident, number) == case


def test_the_notice_reaches_the_applicants_phone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    n, send, sent = fresh(), FileMessenger.send, asyncio.Event()

    async def told(self: FileMessenger, message: Message) -> None:
        await send(self, message)
        if (message.to, message.template) == (sample_phone(n), Template.NOTICE_ISSUED):
            sent.set()

    monkeypatch.setattr(FileMessenger, "send", told)
    clerk = desk.staff("clerk-county")
    number = applied(clerk, desk.area(VILLAGE), n=n)
    case = done(clerk, "preCheckCase", number=number, missing=lacking(REQUIRED))
    desk.run(asyncio.wait_for(sent.wait(), timeout=60))
    (text,) = desk.messages(sample_phone(n), Template.NOTICE_ISSUED)
    assert number in text
    assert all(each["name"] in text for each in case["notice"]["missing"])


def test_a_second_notice_is_a_supervisors_alone_and_on_record(desk: Desk) -> None:
    helper, supervisor = desk.staff("helper-village"), desk.staff("supervisor")
    number = applied(helper, desk.area(VILLAGE))
    everything: dict[str, Any] = {"number": number, "missing": lacking(REQUIRED)}
    assert refused(supervisor, "preCheckCase", **everything) == ("FORBIDDEN", [])  # a first one is not theirs
    done(helper, "preCheckCase", **everything)
    for login in ("helper-village", "helper-town", "clerk-town", "clerk-county", "dispatcher"):
        assert refused(desk.staff(login), "preCheckCase", **everything)[0] == "SECOND_NOTICE", login
    case = done(supervisor, "preCheckCase", **everything)
    assert kinds(case)[-2:] == ["NOTICE_ISSUED", "NOTICE_ISSUED"]
    assert (
        desk.scalar(select(ViolationRow.kind).where(ViolationRow.case_id == UUID(case["id"])))
        == "SECOND_NOTICE"
    )
    assert desk.trail(f"case:{number}")[-1] == (desk.actor("supervisor"), "case:notice-again")
