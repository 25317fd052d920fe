"""Whoever reads or reveals personal records is in the trail first; auditors change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from starlette.applications import Starlette
from tests.api.casework import (
    CASE,
    REQUIRED,
    Desk,
    applied,
    done,
    fresh,
    refused,
    tried,
)
from tests.api.trail_reading import trail
from tests.api.wire_ws import subscribed

from bangban.features.accounts.tables import AttemptRow
from bangban.features.cases.service.reveal import REVEAL
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.tenancy.names import Wall, quoted
from bangban.kernel.tenancy.reading import Reader
from bangban.kernel.tenancy.work import Work

VILLAGE = "371681101200"


_RECORDED = "SELECT count(*)::text FROM {schema}.audit_entry WHERE object LIKE 'query:%'"


def reads(desk: Desk) -> int:
    """How many readings of personal records are on record."""
    recorded = select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.object.like("query:%"))
    return int(desk.scalar(recorded))


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


@pytest.fixture
def nobody_revealed(desk: Desk) -> Iterator[None]:
    """Others reveal as well in this district; whom they count among is not to depend on the order of tests."""

    async def forget(work: Work) -> None:
        await work.db.execute(delete(AttemptRow).where(AttemptRow.kind == REVEAL.kind))

    desk.inside(forget)
    yield
    desk.inside(forget)


@pytest.mark.usefixtures("nobody_revealed")
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
