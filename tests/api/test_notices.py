"""Notices over HTTP: printed for a visitor, checked by anybody, acknowledged by whom they are for and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.casework import PERMIT, Desk, applied, done, fresh, lacking, mutation_of
from tests.api.clients import Client, Place, refusal
from tests.api.filing import get
from tests.api.parts.hall import greeted, hall_of
from tests.api.parts.notices import LACKING, told
from tests.api.test_receipts import ISSUE, read

from bangban.features.hall.service.forgetting import forget_visits
from bangban.features.hall.tables import VisitRow
from bangban.kernel.tenancy.work import Work

VERIFY = """query($code: String!) { verifyReceipt(code: $code) {
    kind number serviceName applicant state visitState submittedAt toldAt } }"""
SIGN = mutation_of("acknowledgeNotice", "case { notice { acknowledgedBy acknowledgedTo { name } } }")
SIGN_VISIT = mutation_of("acknowledgeNotice", "visit { notice { acknowledgedAt acknowledgedTo { name } } }")
TOWN = "371681101"


def issued(client: Client, visit: str, kind: str = "NOTICE") -> Any:
    return client(ISSUE, input={"visitId": visit, "kind": kind})


def code_on(said: str) -> str:
    found = re.search(r"[A-Z2-7]{26}-V(?:-[A-Z2-7]{4}){4}", said)
    assert found is not None
    return found[0]


def test_a_visitors_notice_is_printed_as_it_was_told_and_proves_itself(desk: Desk) -> None:
    guide, point = desk.staff("guide"), hall_of(desk)["point"]
    visit = told(desk, how="可由家人代交", whereId=point)
    first = read(get(desk.place.api, issued(guide, visit).data["issueReceipt"]["address"]))
    for wanted in ("一次性告知书", "未带房产证", "不符合要求的形式", "可由家人代交", "当场告知", "样本大厅"):
        assert wanted in first
    papers = [{**each, "state": "HAS", "note": None} for each in LACKING]
    check = mutation_of("checkPapers", "papers { state } notice { missing { code state } }")
    after = guide(check, input={"visitId": visit, "papers": papers}).data["checkPapers"]
    assert {each["state"] for each in after["papers"]} == {"HAS"}
    assert [each["code"] for each in after["notice"]["missing"]] == ["DWELLING", "PHOTO"]
    again = read(get(desk.place.api, issued(guide, visit).data["issueReceipt"]["address"]))
    assert again == first, "what was told, whatever was found later"
    code = code_on(first)
    found = desk.place.anonymous(VERIFY, code=code).data["verifyReceipt"]
    assert (found["kind"], found["state"], found["visitState"]) == ("NOTICE", None, "GREETED")
    assert found["number"] == code[:26]
    assert (found["applicant"], found["toldAt"] is not None) == ("***", True)
    for forged in (code[:-1] + ("A" if code[-1] != "A" else "B"), code.replace("-V-", "-N-")):
        assert desk.place.anonymous(VERIFY, code=forged).data["verifyReceipt"] is None
    signed = guide(SIGN_VISIT, input={"visitId": visit}).data["acknowledgeNotice"]["visit"]["notice"]
    assert signed["acknowledgedTo"]["name"] in read(
        get(desk.place.api, issued(guide, visit).data["issueReceipt"]["address"])
    )
    trail = [action for _, action in desk.trail(f"visit:{visit}")]
    assert trail[-2:] == ["receipt:read", "receipt:fetch"]


def test_a_visit_has_the_notice_alone_and_only_once_something_was_told(desk: Desk) -> None:
    guide = desk.staff("guide")
    assert refusal(issued(guide, greeted(desk, serviceCode=PERMIT)))[0] == "CONFLICT"
    assert refusal(issued(guide, told(desk), "RESULT"))[0] == "INVALID_INPUT"
    both = guide(ISSUE, input={"visitId": told(desk), "number": "ZP20260101-000001", "kind": "NOTICE"})
    assert refusal(both)[0] == "INVALID_INPUT"
    assert refusal(guide(ISSUE, input={"kind": "NOTICE"}))[0] == "INVALID_INPUT"


def test_a_visitors_notice_is_for_a_guide_of_the_point(desk: Desk, zibo: Place) -> None:
    visit = told(desk)
    strangers = {
        "UNAUTHENTICATED": desk.place.anonymous,
        "FORBIDDEN": desk.staff("auditor"),
    }
    for code, client in strangers.items():
        assert refusal(issued(client, visit))[0] == code
        assert refusal(client(SIGN_VISIT, input={"visitId": visit}))[0] == code
    for client in (desk.staff("clerk-town"), desk.resident(fresh()), zibo.sign_in("admin")):
        assert refusal(issued(client, visit))[0] in {"FORBIDDEN", "NOT_FOUND"}
        assert refusal(client(SIGN_VISIT, input={"visitId": visit}))[0] in {"FORBIDDEN", "NOT_FOUND"}


def test_a_forgotten_visit_has_no_paper(desk: Desk) -> None:
    guide, visit = desk.staff("guide"), told(desk)
    guide(mutation_of("endVisit", "id"), input={"visitId": visit, "how": "LEFT"})

    async def long_ago(work: Work) -> None:
        of_day = {"day": work.today - timedelta(days=2000)}
        await work.db.execute(update(VisitRow).where(VisitRow.id == visit).values(of_day))
        await forget_visits(work, most=1000)

    desk.inside(long_ago)
    assert refusal(issued(guide, visit))[0] == "CONFLICT"


@pytest.fixture
def noticed(desk: Desk) -> tuple[int, str]:
    n = fresh()
    number = applied(desk.resident(n), desk.area(TOWN), n=n, supplied=[])
    done(
        desk.staff("clerk-town"),
        "preCheckCase",
        number=number,
        missing=lacking(["ID-CARD", "DWELLING", "PHOTO"]),
    )
    return n, number


def test_the_applicant_acknowledges_and_no_other_applicant_does(
    desk: Desk, noticed: tuple[int, str], zibo: Place
) -> None:
    n, number = noticed
    for client, code in (
        (desk.resident(fresh()), "NOT_FOUND"),
        (desk.staff("auditor"), "FORBIDDEN"),
        (desk.staff("helper-village-2"), "NOT_FOUND"),  # of another town
        (desk.place.anonymous, "UNAUTHENTICATED"),
    ):
        assert refusal(client(SIGN, input={"number": number}))[0] == code
    assert refusal(zibo.sign_in("admin")(SIGN, input={"number": number}))[0] in {"NOT_FOUND", "FORBIDDEN"}
    me = desk.resident(n)
    assert refusal(me(SIGN, input={"number": number, "signer": "AT_COUNTER"}))[0] == "INVALID_INPUT"
    notice = me(SIGN, input={"number": number}).data["acknowledgeNotice"]["case"]["notice"]
    assert notice == {"acknowledgedBy": "APPLICANT", "acknowledgedTo": None}
    assert refusal(desk.staff("clerk-town")(SIGN, input={"number": number}))[0] == "CONFLICT"
    assert refusal(me(SIGN, input={}))[0] == "INVALID_INPUT"


def test_whoever_gave_a_notice_receives_it_for_nobody(desk: Desk) -> None:
    helper, clerk = desk.staff("helper-town"), desk.staff("clerk-town")
    agency = {"help": "AGENCY", "authorisation": {"scope": ["APPLY"], "validUntil": "2099-01-01"}}
    number = applied(helper, desk.area(TOWN), supplied=[], **agency)
    done(clerk, "preCheckCase", number=number, missing=lacking(["ID-CARD", "DWELLING", "PHOTO"]))
    signed = {"number": number, "signer": "REPRESENTATIVE"}
    for client in (clerk, desk.staff("clerk-county")):
        assert refusal(client(SIGN, input=signed)) == ("INVALID_INPUT", ["input.signer"])
    notice = helper(SIGN, input=signed).data["acknowledgeNotice"]["case"]["notice"]
    assert (notice["acknowledgedBy"], notice["acknowledgedTo"] is not None) == ("REPRESENTATIVE", True)
