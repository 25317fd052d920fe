"""What the trail says of a case, who may read it, and that whoever reads personal records is in it first."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from tests.api.casework import (
    CASE,
    REQUIRED,
    Desk,
    applied,
    done,
    fresh,
    lacking,
    refused,
)
from tests.api.clients import Place, Reply
from tests.api.trail_reading import TRAIL, trail

from bangban.kernel.identifiers import sample_phone, sample_resident_id

VILLAGE = "371681101200"


def test_every_step_of_a_case_is_there_with_who_what_and_which(desk: Desk) -> None:
    n = fresh()
    resident, helper, clerk = desk.resident(n), desk.staff("helper-village"), desk.staff("clerk-town")
    number = applied(resident, desk.area(VILLAGE), n=n, supplied=["ID-CARD"])
    done(helper, "preCheckCase", number=number, missing=lacking(["DWELLING", "PHOTO"]))
    done(resident, "supplyMaterials", number=number, codes=["DWELLING", "PHOTO"])
    done(clerk, "acceptCase", number=number)
    done(helper, "handOverCase", number=number, toStaffId=desk.staff_id("helper-town"), reason="交接")
    done(desk.staff("helper-town"), "takeOverCase", number=number)
    done(clerk, "suspendCase", number=number, reason="鉴定")
    done(desk.staff("supervisor"), "resumeCase", number=number)
    done(clerk, "revealApplicant", number=number, reason="核对身份信息")
    done(clerk, "completeCase", number=number, outcome="DONE", opinion="办结")
    done(resident, "rateCase", number=number, grade="SATISFIED")

    found = trail(desk, object=f"case:{number}")
    (person,) = {entry["actor"] for entry in found if entry["actor"].startswith("resident:")}
    village, town = desk.actor("helper-village"), desk.actor("helper-town")
    window, supervisor = desk.actor("clerk-town"), desk.actor("supervisor")
    assert [(entry["actor"], entry["action"]) for entry in reversed(found)] == [
        (person, "case:apply"),
        (village, "case:pre-check"),
        (person, "case:supply"),
        (window, "case:accept"),
        (village, "case:hand-over"),
        (town, "case:take-over"),
        (window, "case:suspend"),
        (supervisor, "case:resume"),
        (window, "case:reveal"),
        (window, "case:complete"),
        (person, "case:rate"),
    ]
    numbers = [entry["seq"] for entry in found]
    assert numbers == sorted(numbers, reverse=True)
    assert all(entry["area"]["code"] == VILLAGE for entry in found)
    assert all(entry["requestId"] for entry in found)
    for word in ("样本人", sample_phone(n), sample_resident_id(n)):
        assert word not in str(found)  # actors are ids, objects numbers: nobody is named


def test_a_refused_step_leaves_nothing_in_the_trail(desk: Desk) -> None:
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    before = desk.trail(f"case:{number}")
    refused(desk.staff("clerk-town"), "acceptCase", number=number)
    refused(desk.staff("helper-village"), "acceptCase", number=number)
    assert desk.trail(f"case:{number}") == before


def test_a_request_is_found_again_by_the_id_it_brought(desk: Desk) -> None:
    request = uuid4().hex
    reply: Reply = desk.staff("clerk-county").as_(X_Request_Id=request)(CASE, number="nothing")
    assert reply.headers["x-request-id"] == request
    clerk = desk.staff("clerk-county").as_(X_Request_Id=request)
    number = applied(clerk, desk.area(VILLAGE))
    (entry,) = trail(desk, object=f"case:{number}")
    assert entry["requestId"] == request


def test_the_trail_is_found_by_actor_action_object_and_time(desk: Desk) -> None:
    start = dt.datetime.now(dt.UTC)
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE), supplied=list(REQUIRED))
    done(desk.staff("helper-village"), "preCheckCase", number=number)
    end = dt.datetime.now(dt.UTC)
    obj = f"case:{number}"
    assert len(trail(desk, object=obj)) == 2
    assert [each["action"] for each in trail(desk, object=obj, action="case:pre-check")] == ["case:pre-check"]
    assert [each["action"] for each in trail(desk, object=obj, actor=desk.actor("clerk-county"))] == [
        "case:apply"
    ]
    assert len(trail(desk, object=obj, since=start.isoformat(), until=end.isoformat())) == 2
    assert trail(desk, object=obj, until=start.isoformat()) == []
    assert trail(desk, object=obj, since=end.isoformat()) == []


def test_only_auditors_read_the_trail(desk: Desk, rushan: Place) -> None:
    logins = (
        "admin",
        "dispatcher",
        "clerk-county",
        "guide",
        "helper-county",
        "supervisor",
        "leader",
        "helper-village",
    )
    for login in logins:
        reply = desk.staff(login)(TRAIL)
        assert (reply.code, reply.body.get("data")) == ("FORBIDDEN", None), login
    assert desk.resident(fresh())(TRAIL).code == "FORBIDDEN"
    assert desk.place.anonymous(TRAIL).code == "UNAUTHENTICATED"
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE))
    elsewhere = rushan.sign_in("auditor")(TRAIL, filter={"object": f"case:{number}"}).data["auditTrail"]
    assert elsewhere["totalCount"] == 0


def test_the_trail_comes_in_pages_each_entry_once(desk: Desk) -> None:
    auditor = desk.staff("auditor")
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE), supplied=list(REQUIRED))
    done(desk.staff("helper-village"), "preCheckCase", number=number)
    done(desk.staff("clerk-town"), "acceptCase", number=number)
    seen: list[int] = []
    after = None
    while True:
        page = auditor(TRAIL, filter={"object": f"case:{number}"}, first=1, after=after).data["auditTrail"]
        seen += [edge["node"]["seq"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == 3
