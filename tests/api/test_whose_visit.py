"""A visit counts as a trip of the applicant alone: whoever else is known may not be said to have come (DOMAIN A09)."""

from __future__ import annotations

import pytest
from tests.api.casework import PERMIT, Desk, applied, fresh, mutation_of
from tests.api.clients import refusal
from tests.api.parts.hall import greeted, hall_of

from bangban.kernel.identifiers import sample_phone, sample_resident_id

END = mutation_of("endVisit", "state tickets { number state }")
GREET = mutation_of("greetVisitor", "id case { number }")
TICKET, MOVE = mutation_of("issueTicket", "id number"), mutation_of("moveTicket", "state")
TRIPS = "query($n: String!) { case(number: $n) { trips } }"
TOWN = "371681101"


def trips(desk: Desk, number: str) -> int:
    found: int = desk.staff("clerk-county")(TRIPS, n=number).data["case"]["trips"]
    return found


def test_nobody_elses_case_is_said_of_a_visitor(desk: Desk) -> None:
    number, guide = applied(desk.resident(n := fresh()), desk.area(TOWN), n=n), desk.staff("guide")
    before, stranger = trips(desk, number), sample_phone(fresh())
    visit = greeted(desk, visitor=stranger)
    ended = guide(END, input={"visitId": visit, "how": "DONE", "caseNumber": number})
    assert refusal(ended) == ("CONFLICT", ["input.caseNumber"])
    assert trips(desk, number) == before


@pytest.mark.parametrize("known_by", [sample_phone, sample_resident_id, None])
def test_the_applicants_own_visit_counts_and_so_does_nobodys(desk: Desk, known_by: object) -> None:
    number = applied(desk.resident(n := fresh()), desk.area(TOWN), n=n)
    before = trips(desk, number)
    visit = greeted(desk, serviceCode=PERMIT, **({"visitor": known_by(n)} if callable(known_by) else {}))
    ended = desk.staff("guide")(END, input={"visitId": visit, "how": "DONE", "caseNumber": number})
    assert ended.data["endVisit"]["state"] == "DONE"
    assert trips(desk, number) == before + 1


@pytest.mark.parametrize("about", ["the greeting", "the end"])
def test_who_leaves_with_a_number_about_a_case_gives_the_number_up(desk: Desk, about: str) -> None:
    number, guide = applied(desk.resident(n := fresh()), desk.area(TOWN), n=n), desk.staff("guide")
    before, said = trips(desk, number), {"caseNumber": number}
    visit = greeted(desk, **(said if about == "the greeting" else {}))
    ticket = guide(TICKET, input={"visitId": visit}).data["issueTicket"]
    ended = guide(END, input={"visitId": visit, "how": "LEFT", **(said if about == "the end" else {})})
    assert ended.data["endVisit"]["state"] == "LEFT"
    assert ended.data["endVisit"]["tickets"] == [{"number": ticket["number"], "state": "CANCELLED"}]
    assert trips(desk, number) == before + 1


def greeting(desk: Desk, number: str, **how: object) -> dict[str, object]:
    return {"pointId": hall_of(desk)["point"], "applicantKind": "PERSON", "caseNumber": number, **how}


def test_nobody_is_greeted_with_somebody_elses_case(desk: Desk) -> None:
    number, guide = applied(desk.resident(n := fresh()), desk.area(TOWN), n=n), desk.staff("guide")
    refused = guide(GREET, input=greeting(desk, number, visitor=sample_phone(fresh())))
    assert refusal(refused) == ("CONFLICT", ["input.caseNumber"])


@pytest.mark.parametrize("known_by", [sample_phone, sample_resident_id, None])
def test_applicants_and_whoever_says_no_number_are_greeted_with_their_case(
    desk: Desk, known_by: object
) -> None:
    number, guide = applied(desk.resident(n := fresh()), desk.area(TOWN), n=n), desk.staff("guide")
    before = trips(desk, number)
    who = {"visitor": known_by(n)} if callable(known_by) else {}
    visit = guide(GREET, input=greeting(desk, number, **who)).data["greetVisitor"]
    assert visit["case"]["number"] == number
    assert guide(END, input={"visitId": visit["id"], "how": "DONE"}).data
    assert trips(desk, number) == before + 1


def test_a_number_that_was_never_served_is_not_given_up_with_somebody_elses_case(desk: Desk) -> None:
    number = applied(desk.resident(n := fresh()), desk.area(TOWN), n=n)
    before, visit = trips(desk, number), greeted(desk, visitor=sample_phone(fresh()))
    ticket = desk.staff("guide")(TICKET, input={"visitId": visit}).data["issueTicket"]["id"]
    given = {"ticketId": ticket, "step": "CANCEL", "caseNumber": number}
    refused = desk.staff("clerk-county")(MOVE, input=given)
    assert refusal(refused) == ("CONFLICT", ["input.caseNumber"])
    assert trips(desk, number) == before
