"""What applicants say of themselves is theirs: no auditor reads it, and it is where it can be erased."""

from __future__ import annotations

import pytest
from tests.api.casework import PERMIT, Desk, applicant, fresh, mutation_of

VILLAGE = "371681101200"
SEEN = "query($n: String!) { case(number: $n) { note timeline { kind actor note } } }"
NOTE, WHY = "听力不便,请发短信", "家里有事,先不办了"


@pytest.mark.parametrize("help_", ["HELP", "AGENCY"])
def test_what_is_said_on_applying_and_withdrawing_is_no_event(desk: Desk, help_: str) -> None:
    n = fresh()
    me, auditor, clerk = desk.resident(n), desk.staff("auditor"), desk.staff("clerk-county")
    given = {
        "serviceCode": PERMIT,
        "areaId": desk.area(VILLAGE),
        "applicant": applicant(n),
        "note": NOTE,
        "help": help_,
    }
    said = [NOTE]
    if help_ == "AGENCY":
        given["authorisation"] = {"scope": ["APPLY"], "validUntil": "2099-01-01"}
    number = me(mutation_of("applyForCase", "number"), input=given).data["applyForCase"]["number"]
    if help_ == "AGENCY":
        taken_back = "不再委托他们"
        assert me(mutation_of("revokeAuthorisation"), input={"number": number, "reason": taken_back}).data
        said.append(taken_back)
    assert me(mutation_of("withdrawCase"), input={"number": number, "reason": WHY}).data
    said.append(WHY)

    for client in (me, clerk):
        case = client(SEEN, n=number).data["case"]
        assert case["note"] == "\n".join(said)
        assert case["timeline"][-1] == {"kind": "WITHDRAWN", "actor": "申请人", "note": None}
        assert not any(words in str(case["timeline"]) for words in said)
    case = auditor(SEEN, n=number).data["case"]
    assert case["note"] is None
    assert not any(words in str(case) for words in said)


def test_what_staff_say_on_withdrawing_for_somebody_stays_with_the_event(desk: Desk) -> None:
    n = fresh()
    number = desk.resident(n)(
        mutation_of("applyForCase", "number"),
        input={"serviceCode": PERMIT, "areaId": desk.area(VILLAGE), "applicant": applicant(n)},
    ).data["applyForCase"]["number"]
    clerk = desk.staff("clerk-county")
    assert clerk(mutation_of("withdrawCase"), input={"number": number, "reason": "申请人来电撤回"}).data
    case = clerk(SEEN, n=number).data["case"]
    assert case["note"] is None
    assert case["timeline"][-1]["note"] == "申请人来电撤回"
