"""Terminals give numbers by an account of their own, where the district lets it, and see nothing else of a hall."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.api.casework import PERMIT, Desk, fresh, mutation_of
from tests.api.clients import Reply
from tests.api.parts.hall import hall_of
from tests.api.parts.places import fresh_point
from tests.api.staffing import bearer, opened, signed_in

from bangban.features.places.tables import TerminalRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

SET = mutation_of("setServicePoint", "id")
TICKET = mutation_of("issueTicket", "id number queue state ahead")
PAPERS = [{"code": code, "state": "HAS"} for code in ("ID-CARD", "DWELLING", "PHOTO")]
LINE = {"role": "portal", "level": "DISTRICT", "object": "hall", "action": "ticket", "effect": "ALLOW"}


def test_a_terminal_of_a_partner_without_an_agreement_gives_no_numbers(desk: Desk) -> None:
    """It serves nobody then (DOMAIN G09)."""
    given = fresh_point(desk, kind="BANK", openingHours="24/7", windows=[{"number": "1", "name": "综合窗口"}])
    terminal = {"key": f"bank-{fresh()}", "name": "自助终端", "serviceCodes": []}
    made = desk.staff("admin")(SET, input={**given, "terminals": [terminal]})
    assert made.data
    entered = {"key": terminal["key"], "serviceCode": PERMIT, "papers": PAPERS}

    def number() -> Reply:
        visitor = sample_phone(fresh())
        return desk.staff("guide")(TICKET, input={"atTerminal": {**entered, "visitor": visitor}})

    assert number().code == "CONFLICT"
    agreed = {
        "key": f"agreed-{terminal['key']}",
        "kind": "BANK",
        "partner": "示例银行",
        "serviceCodes": [PERMIT],
        "points": [given["key"]],
        "since": "2026-01-01",
        "until": "2036-12-31",
    }
    assert desk.staff("admin")(mutation_of("setPartnerAgreement", "id"), input=agreed).data
    assert number().data["issueTicket"]["state"] == "ISSUED"


def test_a_terminals_account_gives_numbers_and_reads_no_visits(desk: Desk) -> None:
    point = hall_of(desk)["point"]

    async def put(work: Work) -> None:
        work.db.add(
            TerminalRow(
                id=new_id(),
                point_id=UUID(point),
                key="hall-terminal",
                name="自助终端",
                service_codes=[],
                installed_at=datetime.now(UTC),
            )
        )

    desk.inside(put)
    portal = opened(desk, origins=["https://terminals.example.test"])
    token = signed_in(desk, portal["portal"]["login"], portal["secret"]).data["signIn"]["accessToken"]
    terminal, phone = bearer(desk, token), sample_phone(fresh())
    entered: dict[str, Any] = {
        "key": "hall-terminal",
        "serviceCode": PERMIT,
        "visitor": phone,
        "papers": PAPERS,
    }
    assert terminal(TICKET, input={"atTerminal": entered}).code == "FORBIDDEN"
    added = desk.staff("admin")(mutation_of("addPolicyLines", "applied"), input={"lines": [LINE]})
    assert added.data["addPolicyLines"]["applied"]
    ticket = terminal(TICKET, input={"atTerminal": entered}).data["issueTicket"]
    assert (ticket["queue"], ticket["state"]) == ("W2", "ISSUED")
    again = terminal(TICKET, input={"atTerminal": entered})
    assert again.code == "DUPLICATE_TICKET"
    assert again.body["errors"][0]["extensions"]["fields"] == ["input.atTerminal"]
    assert ticket["number"] in again.body["errors"][0]["message"]
    assert terminal("query($p: ID!) { visits(pointId: $p) { totalCount } }", p=point).code == "FORBIDDEN"
    greeted = hall_of(desk)["visit"]
    assert terminal(TICKET, input={"visitId": greeted}).code == "UNAUTHENTICATED"
    for both in ({}, {"visitId": greeted, "atTerminal": entered}):
        assert terminal(TICKET, input=both).code == "INVALID_INPUT"
    visits = desk.staff("guide")(
        "query($p: ID!, $n: String) { visits(pointId: $p, filter: {number: $n}) { edges { node {"
        " state visitor guide { id } papers { code } } } } }",
        p=point,
        n=ticket["number"],
    ).data["visits"]["edges"]
    (visit,) = [each["node"] for each in visits]
    assert (visit["state"], visit["guide"], len(visit["papers"])) == ("TICKETED", None, 3)
    assert phone not in str(visit)
