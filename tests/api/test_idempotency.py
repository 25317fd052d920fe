"""Retrying is safe: with an Idempotency-Key the first answer comes again and nothing happens twice (DESIGN 6)."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.api.casework import (
    Desk,
    application,
    applied,
    attempt,
    done,
    fresh,
    mutation_of,
    seen,
    together,
    tried,
)
from tests.api.clients import Place, Reply
from tests.api.idempotent_acts import ACTS, VILLAGE
from tests.api.parts import parts

from bangban.features.cases.tables import CaseRow, RatingRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.tables import StoredAnswerRow
from bangban.web.schema import core_schema


def entries(desk: Desk) -> int:
    """How many entries the trail has."""
    return int(desk.scalar(select(func.count()).select_from(AuditEntryRow)))


def text(reply: Reply) -> str:
    """The body as it came, to the last byte: the order of its members included."""
    return json.dumps(reply.body, ensure_ascii=False)


def test_every_mutation_about_a_case_is_proved_to_be_safe_to_repeat() -> None:
    """The others are in ``test_operation_bounds``, which has something for each of them to do."""
    mutation = core_schema().mutation_type
    assert mutation is not None
    about_a_case = {name for name, field in mutation.fields.items() if str(field.type) == "Case!"}
    elsewhere = {f"{name[0].lower()}{name[1:]}" for part in parts() for name in part.steps}
    assert set(ACTS) == (about_a_case | {"revealApplicant"}) - elsewhere


@pytest.mark.parametrize("name", ACTS)
def test_a_repeated_mutation_answers_as_before_and_acts_once(desk: Desk, name: str) -> None:
    act, key = ACTS[name](desk), uuid4().hex
    before = entries(desk)
    first = tried(act.client, name, key=key, **act.given)
    assert "errors" not in first.body, first.body
    again = tried(act.client, name, key=key, **act.given)
    assert text(again) == text(first)
    conflict = tried(act.client, name, key=key, **act.other)
    assert conflict.code == "IDEMPOTENCY_CONFLICT"
    assert conflict.body["errors"][0]["extensions"]["fields"] == ["Idempotency-Key"]
    assert entries(desk) == before + 1
    # Even after the case has gone on, the first answer stays the first answer.
    assert text(tried(act.client, name, key=key, **act.given)) == text(first)


@pytest.mark.parametrize("name", ["applyForCase", "acceptCase", "takeOverCase", "rateCase"])
def test_of_one_request_sent_twice_at_once_there_is_one_effect_and_one_answer(desk: Desk, name: str) -> None:
    act, key, before = ACTS[name](desk), uuid4().hex, entries(desk)
    replies = desk.run(together(*(attempt(act.client, name, key=key, **act.given) for _ in range(3))))
    assert len({text(reply) for reply in replies}) == 1
    assert "errors" not in replies[0].body
    assert entries(desk) == before + 1


def test_without_a_key_a_repeated_request_is_a_second_one(desk: Desk) -> None:
    clerk, given, before = desk.staff("clerk-town"), application(desk.area(VILLAGE), fresh()), desk.cases()
    first, second = (done(clerk, "applyForCase", **given) for _ in range(2))
    assert first["number"] != second["number"]
    assert desk.cases() == before + 2


def test_the_same_key_of_somebody_else_is_another_key(desk: Desk) -> None:
    key, given, before = uuid4().hex, application(desk.area(VILLAGE), fresh()), desk.cases()
    numbers = {
        done(desk.staff(login), "applyForCase", key=key, **given)["number"]
        for login in ("clerk-town", "clerk-county", "helper-village")
    }
    assert len(numbers) == 3
    assert desk.cases() == before + 3


def test_the_same_key_in_another_district_is_another_key(desk: Desk, rushan: Place) -> None:
    key = uuid4().hex
    done(desk.staff("clerk-county"), "applyForCase", key=key, **application(desk.area(VILLAGE), fresh()))
    theirs = application(rushan.ids["乳山市"], fresh())
    assert done(rushan.sign_in("clerk-county"), "applyForCase", key=key, **theirs)["number"].startswith("RS")


def test_the_key_of_a_refused_request_can_be_used_again(desk: Desk) -> None:
    key, clerk = uuid4().hex, desk.staff("clerk-town")
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE), supplied=["ID-CARD", "DWELLING"])
    done(desk.staff("helper-village"), "preCheckCase", number=number)
    assert tried(clerk, "acceptCase", key=key, number=number).code == "MATERIALS_MISSING"
    done(desk.staff("helper-village"), "supplyMaterials", number=number, codes=["PHOTO"])
    assert done(clerk, "acceptCase", key=key, number=number)["state"] == "ACCEPTED"


def test_what_is_read_back_follows_the_selection_so_another_one_is_another_body(desk: Desk) -> None:
    key, clerk, given = uuid4().hex, desk.staff("clerk-town"), application(desk.area(VILLAGE), fresh())
    headers = {"Idempotency-Key": key}
    assert clerk(mutation_of("applyForCase", "number"), headers=headers, input=given).data
    assert clerk(mutation_of("applyForCase", "number state"), headers=headers, input=given).code == (
        "IDEMPOTENCY_CONFLICT"
    )


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "two"}])
def test_a_request_does_one_thing_with_a_key_and_without(desk: Desk, headers: dict[str, str]) -> None:
    given, before = application(desk.area(VILLAGE), fresh()), desk.cases()
    query = "mutation($i: ApplyForCaseInput!) { a: applyForCase(input: $i) { id } b: applyForCase(input: $i) { id } }"
    reply = desk.staff("clerk-town")(query, headers=headers, i=given)
    assert reply.code == "LIMIT_EXCEEDED"
    assert "data" not in reply.body
    assert desk.cases() == before


def test_the_types_name_may_be_asked_for_beside_what_is_done(desk: Desk) -> None:
    query = "mutation($i: ApplyForCaseInput!) { kind: __typename applyForCase(input: $i) { number } }"
    given, before, headers = (
        application(desk.area(VILLAGE), fresh()),
        desk.cases(),
        {"Idempotency-Key": uuid4().hex},
    )
    first, again = (desk.staff("clerk-town")(query, headers=headers, i=given).data for _ in range(2))
    assert first["kind"] == "Mutation"
    assert first == again
    assert desk.cases() == before + 1


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_that_is_none_is_refused_and_nothing_is_done(desk: Desk, key: str) -> None:
    before = desk.cases()
    reply = tried(
        desk.staff("clerk-town"), "applyForCase", key=key, **application(desk.area(VILLAGE), fresh())
    )
    assert reply.code == "INVALID_INPUT"
    assert desk.cases() == before


def test_answers_are_stored_sealed(desk: Desk) -> None:
    key, n = uuid4().hex, fresh()
    case = done(desk.staff("clerk-town"), "applyForCase", key=key, **application(desk.area(VILLAGE), n))
    stored = desk.scalar(select(StoredAnswerRow.answer).where(StoredAnswerRow.key == key))
    assert case["number"].encode() not in stored
    assert "样本人".encode() not in stored


def test_a_retry_after_the_caller_lost_the_permission_gives_nothing(desk: Desk) -> None:
    """The permission is asked for before the stored answer is looked up."""
    key, given = uuid4().hex, application(desk.area(VILLAGE), fresh())
    done(desk.staff("clerk-town"), "applyForCase", key=key, **given)
    assert tried(desk.place.anonymous, "applyForCase", key=key, **given).code == "UNAUTHENTICATED"


def test_a_case_is_rated_once_however_often_it_is_sent(desk: Desk) -> None:
    act = ACTS["rateCase"](desk)
    for key in (uuid4().hex, uuid4().hex):
        tried(act.client, "rateCase", key=key, **act.given)
    case = seen(act.client, act.given["number"]) or {}
    ratings = select(func.count()).select_from(RatingRow).join(CaseRow, CaseRow.id == RatingRow.case_id)
    assert desk.scalar(ratings.where(CaseRow.number == case["number"])) == 1
