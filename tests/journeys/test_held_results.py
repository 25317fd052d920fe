"""栖霞: whoever wants the results together gets no part of any by another way, and all of them once they are there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests.api.casework import Desk, Run, applicant, done, fresh, mutation_of, refused
from tests.api.clients import Client, Place
from tests.api.filing import get
from tests.api.test_receipts import issued, read
from tests.api.test_receipts import refused as no_receipt

from bangban.settings import Settings
from bangban.web.services import AppServices

COMMUNITY, PERMIT, JOB = "320113003001", "TPL-RESIDENCE-PERMIT", "NJQX-EMPLOYMENT-REGISTRATION"
SUPPLIED = [
    "ID-CARD",
    "LEASE",
    f"{PERMIT}/LANDLORD-DEED",
    f"{PERMIT}/LANDLORD-ID-CARD",
    f"{PERMIT}/PHOTO",
]
FORM = [{"key": "address", "value": "样本路 1 号"}, {"key": "moved-in", "value": "2026-03-01"}]
RESULT = {"papers": [{"code": "RESULT", "originals": 1}]}
RATED = {"grade": "SATISFIED"}


@pytest.fixture(scope="module")
def desk(place: Callable[[str], Place], services: AppServices, run: Run, app_settings: Settings) -> Desk:
    return Desk(place("nanjing-qixia"), services, run, app_settings.outbox_folder)


def applied(desk: Desk, client: Client, n: int) -> tuple[str, str, str]:
    """An application for two matters whose results are wanted together: its number, and its cases'."""
    given = {
        "bundleCode": "NJQX-FLOATING-POPULATION",
        "areaId": desk.area(COMMUNITY),
        "applicant": applicant(n),
        "form": FORM,
        "services": [PERMIT, JOB],
        "supplied": SUPPLIED,
        "release": "TOGETHER",
    }
    made = client(mutation_of("applyForBundle", "number members { number }"), input=given).data
    first, second = (str(each["number"]) for each in made["applyForBundle"]["members"])
    return made["applyForBundle"]["number"], first, second


def complete(desk: Desk, number: str, **more: Any) -> None:
    clerk = desk.staff("clerk-town")
    done(clerk, "preCheckCase", number=number)
    done(clerk, "acceptCase", number=number)
    done(clerk, "completeCase", number=number, **({"outcome": "GRANTED", "opinion": "同意"} | more))


def delivery(number: str) -> dict[str, Any]:
    """A delivery of the case's papers to the applicant's door."""
    begins = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    return {
        "kind": "DELIVERY",
        "caseNumber": number,
        "address": "样本路 1 号",
        "windowFrom": begins.isoformat(),
        "windowUntil": (begins + dt.timedelta(hours=2)).isoformat(),
    }


def tried(client: Client, name: str, **given: Any) -> tuple[str, list[str]]:
    """Code and fields of what refuses a mutation that answers no case."""
    error = client(mutation_of(name, "id"), input=given).body["errors"][0]["extensions"]
    return error["code"], error["fields"]


def test_what_is_held_comes_by_no_other_way_until_it_is_given_out(desk: Desk) -> None:
    n = fresh()
    me, clerk, helper = desk.resident(n), desk.staff("clerk-town"), desk.staff("helper-village")
    number, permit, job = applied(desk, me, n)
    complete(desk, permit, resultNumber="样证0001")
    held = ("CONFLICT", ["input.number"])
    for who in (me, clerk, helper):
        assert no_receipt(who, permit, "RESULT") == "CONFLICT"
    for who in (clerk, helper):
        assert tried(who, "takePapers", number=permit, **RESULT) == held
    for who in (me, helper):
        assert tried(who, "placeOrder", **delivery(permit)) == ("CONFLICT", ["input.caseNumber"])
    assert refused(me, "rateCase", number=permit, **RATED) == held
    assert "受理通知书" in read(get(me, issued(me, permit, "ACCEPTANCE"))), "nothing else is kept back"

    complete(desk, job)
    assert no_receipt(me, permit, "RESULT") == "CONFLICT", "the results are there, and not given out"
    assert me(mutation_of("releaseResults", "number"), input={"number": number}).data
    assert "样证0001" in read(get(me, issued(me, permit, "RESULT")))
    assert me(mutation_of("placeOrder", "id"), input=delivery(permit)).data
    for name in ("takePapers", "returnPapers"):
        assert clerk(mutation_of(name, "id"), input={"number": permit, **RESULT}).data
    assert done(me, "rateCase", number=permit, **RATED)["state"] == "CLOSED"


def test_a_result_put_together_with_another_is_delivered_and_fetched_no_more(desk: Desk) -> None:
    """What was asked for or taken while it could be given out does not go round what is held afterwards."""
    n = fresh()
    me, clerk = desk.resident(n), desk.staff("clerk-town")
    given = {"serviceCode": "TPL-SOCIAL-SECURITY-CARD", "areaId": desk.area(COMMUNITY)}
    asked = "query($c: String!) { service(code: $c) { materials { code } } }"
    listed = desk.place.anonymous(asked, c=given["serviceCode"]).data["service"]["materials"]
    codes = [each["code"] for each in listed]
    first, second = (
        str(done(me, "applyForCase", **given, applicant=applicant(n), supplied=codes)["number"])
        for _ in range(2)
    )
    complete(desk, first)
    paper = issued(me, first, "RESULT")
    assert clerk(mutation_of("takePapers", "id"), input={"number": first, **RESULT}).data
    assert me(mutation_of("issueTogether", "id"), input={"caseNumbers": [first, second]}).data
    assert get(me, paper).code == "CONFLICT"
    assert tried(clerk, "returnPapers", number=first, **RESULT) == ("CONFLICT", ["input.number"])


def test_a_refusal_waits_for_nobody(desk: Desk) -> None:
    n = fresh()
    me = desk.resident(n)
    _, permit, _ = applied(desk, me, n)
    complete(desk, permit, outcome="REFUSED", opinion="居住未满半年", basis="居住证暂行条例第二条")
    assert "行政复议" in read(get(me, issued(me, permit, "RESULT")))
    assert done(me, "rateCase", number=permit, **RATED)["state"] == "CLOSED"
