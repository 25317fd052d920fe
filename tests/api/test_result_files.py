"""Results as files: no applicant has one before it is given out, and nobody in their name without the power to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.casework import REQUIRED, Desk, application, applied, done, fresh, mutation_of
from tests.api.clients import Client, refusal
from tests.api.filing import FETCH, PDF, files_of, get, offered, sent
from tests.api.test_receipts import ISSUE, issued

from bangban.features.cases.tables import CaseRow
from bangban.features.cases.values import CaseOutcome, CaseState, ResultStanding
from bangban.kernel.tenancy.work import Work

TOWN, VILLAGE = "371681101", "371681101200"
GRANTED = {"outcome": "GRANTED", "opinion": "准予办理"}


def accepted(desk: Desk, number: str) -> None:
    clerk = desk.staff("clerk-town")
    done(clerk, "preCheckCase", number=number)
    done(clerk, "acceptCase", number=number)


def sees(client: Client, number: str, file_id: str) -> bool:
    """Whether somebody finds a result; what they do not find they cannot fetch either."""
    there = file_id in [each["id"] for each in files_of(client, number)]
    reply = client(FETCH, i={"fileId": file_id})
    assert there or refusal(reply) == ("NOT_FOUND", ["input.fileId"])
    return there and get(client, reply.data["downloadFile"]["address"]).content == PDF


def test_a_certificate_that_is_ready_before_the_decision_is_no_result_yet(desk: Desk, n: int) -> None:
    me, clerk = desk.resident(n), desk.staff("clerk-town")
    granted, refused = (applied(me, desk.area(TOWN), n=n, supplied=list(REQUIRED)) for _ in range(2))
    files = {number: sent(clerk, number, purpose="RESULT") for number in (granted, refused)}
    signed = sent(me, granted)
    assert not sees(me, granted, files[granted])
    for number, file_id in files.items():
        accepted(desk, number)
        assert not sees(me, number, file_id)
        assert sees(clerk, number, file_id), "the office sees what it made"
    assert [each["id"] for each in files_of(me, granted)] == [signed], "their own files are theirs"
    done(clerk, "completeCase", number=refused, outcome="REFUSED", opinion="居住不满半年", basis="样本条例")
    done(clerk, "completeCase", number=granted, **GRANTED)
    assert not sees(me, refused, files[refused])
    assert sees(me, granted, files[granted])


@pytest.mark.parametrize(
    ("stands", "given"),
    [
        ({"outcome": CaseOutcome.DONE}, True),
        ({"state": CaseState.CLOSED}, True),
        ({"result_standing": ResultStanding.CONDITIONAL}, True),
        ({"result_standing": ResultStanding.WITHDRAWN}, False),
        ({"state": CaseState.TERMINATED, "result_standing": ResultStanding.WITHDRAWN}, False),
        ({"result_held": True}, False),
    ],
)
def test_a_result_is_there_as_long_as_it_stands_and_is_given_out(
    desk: Desk, done_case: tuple[int, str, str], stands: dict[str, Any], *, given: bool
) -> None:
    n, number, file_id = done_case
    me = desk.resident(n)
    usual = {"state": CaseState.COMPLETED, "outcome": CaseOutcome.GRANTED}

    async def put(work: Work, values: dict[str, Any]) -> None:
        values = {"result_standing": None, "result_held": None, **usual, **values}
        await work.db.execute(update(CaseRow).where(CaseRow.number == number).values(**values))

    desk.inside(lambda work: put(work, {}))
    path = offered(me, file_id)
    desk.inside(lambda work: put(work, stands))
    assert sees(me, number, file_id) is given
    assert (get(me, path).status == 200) is given, "an address of before does not go round it"


@pytest.fixture(scope="module")
def done_case(desk: Desk) -> tuple[int, str, str]:
    """A completed case with a result: its person, its number and the file."""
    n = fresh()
    number = applied(desk.resident(n), desk.area(TOWN), n=n, supplied=list(REQUIRED))
    accepted(desk, number)
    done(desk.staff("clerk-town"), "completeCase", number=number, **GRANTED)
    return n, number, sent(desk.staff("clerk-town"), number, purpose="RESULT")


def test_who_goes_for_the_applicant_needs_the_power_to_receive(desk: Desk) -> None:
    helper, clerk = desk.staff("helper-village"), desk.staff("clerk-town")
    until = str(dt.datetime.now(desk.services.registry.get("zouping").zone).date() + dt.timedelta(days=9))

    def begun(*more: str) -> tuple[str, str]:
        given = {"scope": ["APPLY", "SUPPLY_MATERIALS", *more], "validUntil": until}
        wanted = application(desk.area(VILLAGE), fresh(), help="AGENCY", authorisation=given)
        number = str(done(helper, "applyForCase", **{**wanted, "supplied": list(REQUIRED)})["number"])
        accepted(desk, number)
        return number, sent(clerk, number, purpose="RESULT")

    def fetched(number: str, file_id: str) -> list[tuple[str, list[str]]]:
        tried = (
            helper(FETCH, i={"fileId": file_id}),
            helper(ISSUE, input={"number": number, "kind": "RESULT"}),
        )
        return [refusal(each) for each in tried]

    (without, first), (able, second) = begun(), begun("RECEIVE_RESULT")
    assert refusal(helper(FETCH, i={"fileId": second})) == ("CONFLICT", ["input.fileId"]), (
        "not before they may"
    )
    for number in (without, able):
        done(clerk, "completeCase", number=number, **GRANTED)
    wanted = "AUTHORISATION_REQUIRED"
    assert fetched(without, first) == [(wanted, ["input.fileId"]), (wanted, ["input.number"])]
    assert issued(helper, without, "ACCEPTANCE"), "other papers are as before"
    assert sees(clerk, without, first)
    assert get(helper, offered(helper, second)).content == PDF
    assert get(helper, issued(helper, able, "RESULT")).status == 200
    assert helper(mutation_of("revokeAuthorisation"), input={"number": able, "reason": "本人来电"}).data
    assert [code for code, _ in fetched(able, second)] == [wanted] * 2
