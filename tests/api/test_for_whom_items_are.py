"""Halls ask first for whom somebody comes: an item for legal entities is not begun for a person (DOMAIN A02, A03)."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select
from tests.api.casework import PERMIT, Desk, fresh, mutation_of
from tests.api.clients import Reply, refusal
from tests.api.parts.hall import greeted, hall_of

from bangban.features.hall.tables import TicketRow, VisitRow
from bangban.features.places.tables import TerminalRow
from bangban.kernel.identifiers import sample_phone
from bangban.kernel.ids import new_id
from bangban.kernel.tenancy.work import Work

FIRMS = "ZOUPING-ENVIRONMENT-REPORT"
GREET = mutation_of("greetVisitor", "applicantKind service { code }")
TICKET = mutation_of("issueTicket", "id")
MOVE = mutation_of("moveTicket", "id")
NOT_FOR_THEM = ("INVALID_INPUT", ["input.serviceCode"])


def terminal_of(desk: Desk) -> str:
    key, point = f"kiosk-{uuid4().hex[:8]}", UUID(hall_of(desk)["point"])

    async def put(work: Work) -> None:
        row = TerminalRow(
            id=new_id(), point_id=point, key=key, name="终端", service_codes=[], installed_at=work.now
        )
        work.db.add(row)

    desk.inside(put)
    return key


def kind_of(desk: Desk, reply: Reply) -> str:
    """For whom somebody came, by the number that they got."""
    ticket = UUID(reply.data["issueTicket"]["id"])
    came = select(VisitRow.applicant_kind).join(TicketRow, TicketRow.visit_id == VisitRow.id)
    return str(desk.scalar(came.where(TicketRow.id == ticket)))


def test_a_guide_does_not_send_a_person_for_the_papers_of_a_firm(desk: Desk) -> None:
    guide, point = desk.staff("guide"), hall_of(desk)["point"]
    for kind, code in (("PERSON", FIRMS), ("LEGAL_ENTITY", FIRMS), ("PERSON", PERMIT)):
        reply = guide(GREET, input={"pointId": point, "applicantKind": kind, "serviceCode": code})
        if (kind, code) == ("PERSON", FIRMS):
            assert refusal(reply) == NOT_FOR_THEM
        else:
            assert reply.data["greetVisitor"] == {"applicantKind": kind, "service": {"code": code}}


def test_a_number_does_not_move_to_an_item_that_is_not_for_them(desk: Desk) -> None:
    guide, clerk = desk.staff("guide"), desk.staff("clerk-county")
    ticket = guide(TICKET, input={"visitId": greeted(desk)}).data["issueTicket"]["id"]
    moved = {"ticketId": ticket, "step": "TRANSFER", "serviceCode": FIRMS}
    assert refusal(clerk(MOVE, input=moved)) == NOT_FOR_THEM
    assert refusal(clerk(MOVE, input={**moved, "serviceCode": "NONE"}))[0] == "NOT_FOUND"


def test_a_terminal_takes_whoever_the_item_is_for_unless_it_is_told(desk: Desk) -> None:
    guide, key = desk.staff("guide"), terminal_of(desk)
    papers = "query($c: String!) { service(code: $c) { materials { code required } } }"
    for code, kind in ((FIRMS, "LEGAL_ENTITY"), (PERMIT, "PERSON")):
        wanted = desk.place.anonymous(papers, c=code).data["service"]["materials"]
        entered = {
            "key": key,
            "serviceCode": code,
            "visitor": sample_phone(fresh()),
            "papers": [{"code": each["code"], "state": "HAS"} for each in wanted if each["required"]],
        }
        assert kind_of(desk, guide(TICKET, input={"atTerminal": entered})) == kind
        other = {"LEGAL_ENTITY": "PERSON", "PERSON": "LEGAL_ENTITY"}[kind]
        wrong = {**entered, "applicantKind": other, "visitor": sample_phone(fresh())}
        told = guide(TICKET, input={"atTerminal": wrong})
        assert refusal(told) == ("INVALID_INPUT", ["input.atTerminal.applicantKind"])
