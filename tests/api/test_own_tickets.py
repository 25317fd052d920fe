"""Residents follow their own number, and nobody else's: by the phone that a guide or a terminal took and no other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from tests.api.casework import Desk, applicant, application, done, fresh, mutation_of
from tests.api.named import VILLAGE, case_in, number_of, text_of
from tests.api.parts.hall import hall_of

from bangban.features.hall.tables import TicketRow
from bangban.kernel.identifiers import sample_phone, sample_resident_id
from bangban.kernel.tenancy.work import Work


def numbered(desk: Desk, visitor: str, **how: Any) -> dict[str, Any]:
    """A ticket that the guide gave to whoever named that phone or number."""
    guide, point = desk.staff("guide"), hall_of(desk)["point"]
    greeting = {"pointId": point, "applicantKind": "PERSON", "purpose": "咨询", "visitor": visitor, **how}
    visit = guide(mutation_of("greetVisitor", "id"), input=greeting).data["greetVisitor"]["id"]
    given: dict[str, Any] = guide(
        mutation_of("issueTicket", "id number ahead"), input={"visitId": visit}
    ).data["issueTicket"]
    return given


def mine(
    client: Any, desk: Desk, phone: str | None = None, identity: str | None = None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client(
        text_of("MyTickets"), pointId=hall_of(desk)["point"], phone=phone, identityNumber=identity
    ).data["hall"]["myTickets"]
    return found


def test_a_resident_follows_their_number_to_the_window_and_its_end(desk: Desk) -> None:
    n = fresh()
    phone, resident, clerk = sample_phone(n), desk.resident(n), desk.staff("clerk-county")
    assert mine(resident, desk, phone) == []
    ticket = numbered(desk, phone)
    (seen,) = mine(resident, desk, phone)
    assert (seen["number"], seen["state"], seen["window"]) == (ticket["number"], "ISSUED", None)
    assert seen["ahead"] == ticket["ahead"] >= 0
    assert mine(resident, desk, f" {phone} ") == [seen]
    first = numbered(desk, sample_phone(fresh()), careNeeds=["ELDERLY"])
    (later,) = mine(resident, desk, phone)
    assert later["ahead"] == seen["ahead"] + 1, "somebody in need is called before"
    clerk(mutation_of("moveTicket", "id"), input={"ticketId": first["id"], "step": "CANCEL"})
    clerk(mutation_of("moveTicket", "id"), input={"ticketId": ticket["id"], "step": "CANCEL"})
    assert mine(resident, desk, phone) == []


def test_nobody_sees_another_ones_number(desk: Desk) -> None:
    n, other = fresh(), fresh()
    phone = sample_phone(n)
    owner, stranger = desk.resident(n), desk.resident(other)
    ticket = numbered(desk, phone)
    assert [each["number"] for each in mine(owner, desk, phone)] == [ticket["number"]]
    for client in (
        stranger,
        desk.place.anonymous,
        desk.staff("guide"),
        desk.staff("admin"),
        desk.staff("auditor"),
    ):
        assert mine(client, desk, phone) == []
    # Their own phone opens theirs alone, whatever else is written.
    for text in (sample_phone(other), "", "%", phone[:-1], f"{phone}' OR '1'='1", "1" * 5_000):
        reply = stranger(text_of("MyTickets"), pointId=hall_of(desk)["point"], phone=text)
        assert "errors" in reply.body or reply.data["hall"]["myTickets"] == []
        if text != phone:
            assert mine(owner, desk, text[:20]) == []


def test_a_number_given_for_an_identity_number_is_followed_by_whom_the_office_knows_by_it(desk: Desk) -> None:
    n = number_of(case_in(desk, "accepted"))
    identity, resident = sample_resident_id(n), desk.resident(n)
    ticket = numbered(desk, identity)
    (seen,) = mine(resident, desk, identity=identity)
    assert (seen["number"], seen["state"]) == (ticket["number"], "ISSUED")
    assert mine(resident, desk, sample_phone(n), f" {identity.lower()} ") == [seen]
    assert (
        mine(resident, desk) == mine(resident, desk, sample_phone(n)) == mine(resident, desk, identity) == []
    )
    for client in (
        desk.resident(fresh()),
        desk.place.anonymous,
        desk.staff("guide"),
        desk.staff("admin"),
        desk.staff("auditor"),
    ):
        assert mine(client, desk, identity=identity) == []
    numbered(desk, sample_phone(n), purpose="另一件事")
    assert len(mine(resident, desk, sample_phone(n), identity)) == 2


def test_what_somebody_only_says_of_themselves_opens_no_number(desk: Desk) -> None:
    """Or whoever applies under another one's identity number would learn when they are in the hall."""
    n, victim = fresh(), fresh()
    identity, nosy = sample_resident_id(victim), desk.resident(n)
    numbered(desk, identity)
    theirs = application(desk.area(VILLAGE), n, applicant=applicant(n, identityNumber=identity))
    done(nosy, "applyForCase", **theirs)
    assert mine(nosy, desk, identity=identity) == []


def test_a_number_given_for_nobody_by_name_or_yesterday_is_not_followed(desk: Desk) -> None:
    n = fresh()
    phone, resident = sample_phone(n), desk.resident(n)
    by_number = sample_resident_id(n)
    numbered(desk, by_number)
    numbered(desk, "")
    assert (
        mine(resident, desk, phone) == mine(resident, desk, by_number) == mine(resident, desk, "", "") == []
    )
    ticket = numbered(desk, phone)

    async def end(work: Work) -> None:
        await work.db.execute(
            update(TicketRow)
            .where(TicketRow.id == UUID(ticket["id"]))
            .values(state="NO_SHOW", ended_at=work.now)
        )

    desk.inside(end)
    assert mine(resident, desk, phone) == []


@pytest.mark.parametrize("field", ["visit", "priority", "id", "careNeeds", "issuedBy"])
def test_it_tells_nothing_of_who_came(desk: Desk, field: str) -> None:
    reply = desk.resident(fresh())(
        f'query($p: ID!) {{ hall(pointId: $p) {{ myTickets(phone: "1") {{ {field} }} }} }}',
        p=hall_of(desk)["point"],
    )
    assert reply.code == "GRAPHQL_VALIDATION_FAILED"
