"""A visit counts as a trip of the applicant alone: whoever else is known may not be said to have come (DOMAIN A09)."""

from __future__ import annotations

import pytest
from tests.api.casework import PERMIT, Desk, applied, fresh, mutation_of
from tests.api.clients import refusal
from tests.api.parts.hall import greeted

from bangban.kernel.identifiers import sample_phone, sample_resident_id

END = mutation_of("endVisit", "state tickets { number state }")
TICKET = mutation_of("issueTicket", "id number")
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
