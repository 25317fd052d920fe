"""What the trail says of a case, who may read it, and that whoever reads personal records is in it first."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from tests.api.casework import (
    CASE,
    REQUIRED,
    Desk,
    applied,
    done,
    fresh,
    lacking,
    refused,
    tried,
)
from tests.api.clients import Place, Reply
from tests.api.wire_ws import subscribed

from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.reading import Reader

VILLAGE = "371681101200"
TRAIL = """
query($filter: AuditFilter, $first: Int, $after: String) {
  auditTrail(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id seq at actor action object area { id code } requestId } }
  }
}
"""

_RECORDED = "SELECT count(*)::text FROM {schema}.audit_entry WHERE object LIKE 'query:%'"


def trail(desk: Desk, **filter_: Any) -> list[dict[str, Any]]:
    """What the auditor reads, the latest first."""
    page = desk.staff("auditor")(TRAIL, filter=filter_, first=100).data["auditTrail"]
    assert page["totalCount"] == len(page["edges"])
    return [edge["node"] for edge in page["edges"]]


def reads(desk: Desk) -> int:
    """How many readings of personal records are on record."""
    recorded = select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.object.like("query:%"))
    return int(desk.scalar(recorded))


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


# ---------------------------------------------------------------------- reading is an event


def test_an_auditors_reading_of_a_case_is_on_record_before_it_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE))
    auditor, before = desk.staff("auditor"), reads(desk)
    read, known = Reader.district, []

    async def watched(self: Reader, slug: str, wall: Any, sql: str, arguments: Any) -> Any:
        if "applicant_name_masked" in sql:  # the very statement that gives the data out
            known.append(await read(self, slug, Wall.READ, _RECORDED.format(schema=quoted(f"d_{slug}")), ()))
        return await read(self, slug, wall, sql, arguments)

    monkeypatch.setattr(Reader, "district", watched)
    assert auditor(CASE, number=number).data["case"]["number"] == number
    assert known == [b"%d" % (before + 1)]  # committed by then: another connection saw it


@pytest.mark.parametrize(
    ("query", "recorded"),
    [
        (CASE, "query:case"),
        ("{ cases { edges { node { number } } } }", "query:cases"),
        ("{ cases { totalCount } }", "query:cases"),
        ("{ a: cases { totalCount } b: cases(first: 1) { totalCount } }", "query:cases"),
    ],
)
def test_an_auditors_reading_is_recorded_each_time(desk: Desk, query: str, recorded: str) -> None:
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE))
    before = reads(desk)
    for k in (1, 2):
        variables: dict[str, Any] = {"number": number} if "$number" in query else {}
        assert desk.staff("auditor")(query, **variables).data
        assert reads(desk) == before + k
    latest = trail(desk, object=recorded)[0]
    assert (latest["actor"], latest["action"]) == (
        desk.actor("auditor").replace("staff:", "auditor:"),
        "case:read",
    )


def test_following_a_case_is_reading_it(desk: Desk, app: Starlette) -> None:
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE))
    before = reads(desk)
    init = {"authorization": desk.staff("auditor").headers["Authorization"]}
    query = "subscription($n: String!) { caseChanged(number: $n) { number } }"
    heard = desk.run(subscribed(app, init, query, {"n": number}))
    assert heard.data == {"caseChanged": {"number": number}}
    assert reads(desk) == before + 1


def test_what_is_not_personal_is_read_without_a_record_and_so_is_what_others_read(desk: Desk) -> None:
    number = applied(desk.staff("clerk-county"), desk.area(VILLAGE))
    before = reads(desk)
    desk.staff("auditor")(
        "{ district { slug } areas(first: 1) { totalCount } services { totalCount } viewer { kind } }"
    )
    trail(desk, object="case:x")
    for login in ("clerk-county", "helper-village", "supervisor", "admin"):
        assert desk.staff(login)(CASE, number=number).data["case"]["number"] == number
    assert reads(desk) == before


def test_an_auditor_changes_nothing(desk: Desk) -> None:
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE), supplied=list(REQUIRED))
    auditor = desk.staff("auditor")
    for name, more in (
        ("preCheckCase", {}),
        ("supplyMaterials", {"codes": ["PHOTO"]}),
        ("withdrawCase", {"reason": "x"}),
        ("revealApplicant", {"reason": "审计需要查看"}),
    ):
        assert refused(auditor, name, number=number, **more) == ("FORBIDDEN", []), name
    assert auditor(CASE, number=number).data["case"]["state"] == "SUBMITTED"


# ---------------------------------------------------------------------- looking behind the mask


def test_revealing_needs_permission_and_a_reason_and_is_recorded(desk: Desk) -> None:
    n = fresh()
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE), n=n)
    why = {"number": number, "reason": "电话核实材料"}
    for login in ("helper-village", "helper-town", "dispatcher", "guide", "leader", "admin", "auditor"):
        assert refused(desk.staff(login), "revealApplicant", **why) == ("FORBIDDEN", []), login
    assert refused(desk.resident(n), "revealApplicant", **why) == ("FORBIDDEN", [])
    assert refused(desk.staff("clerk-town-2"), "revealApplicant", **why) == ("NOT_FOUND", ["input.number"])
    clerk = desk.staff("clerk-town")
    for reason in ("", "    ", "四个字呀"):
        assert refused(clerk, "revealApplicant", number=number, reason=reason) == (
            "INVALID_INPUT",
            ["input.reason"],
        )
    before = desk.trail(f"case:{number}")
    assert done(clerk, "revealApplicant", **why) == {
        "name": "样本人",
        "identityNumber": sample_resident_id(n),
        "phone": sample_phone(n),
    }
    assert desk.trail(f"case:{number}") == [*before, (desk.actor("clerk-town"), "case:reveal")]
    details = select(AuditEntryRow.details).where(
        AuditEntryRow.object == f"case:{number}", AuditEntryRow.action == "case:reveal"
    )
    assert desk.scalar(details) == {"reason": "电话核实材料"}


def test_revealing_is_limited_for_each_person(desk: Desk) -> None:
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    clerk = desk.staff("clerk-county")
    why = {"number": number, "reason": "电话核实材料"}
    for _ in range(20):
        done(clerk, "revealApplicant", **why)
    reply = tried(clerk, "revealApplicant", **why)
    assert reply.code == "RATE_LIMITED"
    assert 0 < int(reply.body["errors"][0]["extensions"]["retryAfter"]) <= 3600
    assert [action for _, action in desk.trail(f"case:{number}")].count("case:reveal") == 20
    assert (
        done(desk.staff("clerk-town"), "revealApplicant", **why)["name"] == "样本人"
    )  # others are not held up
