"""Who passed a training's test is named to those who keep trainings, and to nobody else (DOMAIN K01)."""

from __future__ import annotations

import pytest
from tests.api.casework import Desk, mutation_of
from tests.api.clients import Place
from tests.api.operation_steps import STEPS

RECORD = mutation_of("recordTraining", "id passed attendees { id } passedBy { id }")
READ = "{ trainings(first: 100) { edges { node { id passedBy { id } } } } }"


@pytest.mark.parametrize("by", [None, [], ["helper-village"]])
def test_who_passed_is_named(desk: Desk, zibo: Place, by: list[str] | None) -> None:
    client, given = STEPS["RecordTraining"](desk)
    people = [desk.staff_id(each) for each in ("helper-village", "helper-town")]
    passed = by and [desk.staff_id(each) for each in by]
    tested = {} if by is None else {"passedIds": passed}
    found = client(RECORD, input={**given, "attendeeIds": people, **tested}).data["recordTraining"]
    assert {each["id"] for each in found["attendees"]} == set(people)
    assert [each["id"] for each in found["passedBy"]] == (passed or [])
    assert found["passed"] == (None if by is None else len(by))
    for stranger in (desk.place.anonymous, desk.staff("helper-village"), zibo.sign_in("dispatcher")):
        reply = stranger(READ)
        edges = reply.data["trainings"]["edges"] if reply.body.get("data") else []
        assert found["id"] not in {each["node"]["id"] for each in edges}
