"""Retrying is safe: with an Idempotency-Key the first answer comes again and nothing happens twice (DESIGN 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.api.casework import (
    REQUIRED,
    Desk,
    application,
    applied,
    attempt,
    done,
    fresh,
    lacking,
    mutation_of,
    seen,
    together,
    tried,
)
from tests.api.clients import Client, Place, Reply
from tests.api.parts import parts

from bangban.features.cases.tables import CaseRow, RatingRow
from bangban.kernel.audit.tables import AuditEntryRow
from bangban.kernel.tenancy.tables import StoredAnswerRow
from bangban.web.schema import core_schema

VILLAGE = "371681101200"


class Act(NamedTuple):
    """A mutation that would go well, and the same with another body."""

    client: Client
    given: dict[str, Any]
    other: dict[str, Any]


def _submitted(desk: Desk, n: int | None = None) -> str:
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=n, supplied=list(REQUIRED))


def _checked(desk: Desk, n: int | None = None) -> str:
    number = _submitted(desk, n)
    done(desk.staff("helper-village"), "preCheckCase", number=number)
    return number


def _accepted(desk: Desk, n: int | None = None) -> str:
    number = _checked(desk, n)
    done(desk.staff("clerk-town"), "acceptCase", number=number)
    return number


def _suspended(desk: Desk) -> str:
    number = _accepted(desk)
    done(desk.staff("clerk-town"), "suspendCase", number=number, reason="鉴定")
    return number


def _offered(desk: Desk) -> str:
    number = _checked(desk)
    to = desk.staff_id("helper-town")
    done(desk.staff("helper-village"), "handOverCase", number=number, toStaffId=to, reason="交接")
    return number


def _apply(desk: Desk) -> Act:
    given = application(desk.area(VILLAGE), fresh())
    return Act(desk.staff("clerk-town"), given, {**given, "note": "另一份"})


def _pre_check(desk: Desk) -> Act:
    given = {
        "number": applied(desk.staff("helper-village"), desk.area(VILLAGE)),
        "missing": lacking(REQUIRED),
    }
    return Act(desk.staff("helper-village"), given, {**given, "opinion": "另一份"})


def _supply(desk: Desk) -> Act:
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE))
    given = {"number": number, "codes": ["PHOTO"]}
    return Act(desk.staff("helper-village"), given, {**given, "codes": ["ID-CARD"]})


def _accept(desk: Desk) -> Act:
    return Act(desk.staff("clerk-town"), {"number": _checked(desk)}, {"number": _checked(desk)})


def _complete(desk: Desk) -> Act:
    given = {"number": _accepted(desk), "outcome": "DONE", "opinion": "办结"}
    return Act(desk.staff("clerk-town"), given, {**given, "outcome": "GRANTED"})


def _rate(desk: Desk) -> Act:
    n = fresh()
    number = _accepted(desk, n)
    done(desk.staff("clerk-town"), "completeCase", number=number, outcome="DONE", opinion="办结")
    given = {"number": number, "grade": "SATISFIED"}
    return Act(desk.resident(n), given, {**given, "grade": "DISSATISFIED"})


def _decline(desk: Desk) -> Act:
    given = {"number": _submitted(desk), "reason": "不属职权", "basis": "行政许可法"}
    return Act(desk.staff("clerk-town"), given, {**given, "reason": "另一个理由"})


def _withdraw(desk: Desk) -> Act:
    given = {"number": _submitted(desk), "reason": "申请人要求"}
    return Act(desk.staff("clerk-town"), given, {**given, "reason": "另一个理由"})


def _suspend(desk: Desk) -> Act:
    given = {"number": _accepted(desk), "reason": "鉴定"}
    return Act(desk.staff("clerk-town"), given, {**given, "reason": "听证"})


def _resume(desk: Desk) -> Act:
    return Act(desk.staff("clerk-town"), {"number": _suspended(desk)}, {"number": _suspended(desk)})


def _hand_over(desk: Desk) -> Act:
    given = {"number": _checked(desk), "toStaffId": desk.staff_id("helper-town"), "reason": "交接"}
    return Act(desk.staff("helper-village"), given, {**given, "toStaffId": desk.staff_id("clerk-town")})


def _take_over(desk: Desk) -> Act:
    return Act(desk.staff("helper-town"), {"number": _offered(desk)}, {"number": _offered(desk)})


def _return(desk: Desk) -> Act:
    given = {"number": _offered(desk), "reason": "不在岗"}
    return Act(desk.staff("helper-town"), given, {**given, "reason": "另一个理由"})


def _terminate(desk: Desk) -> Act:
    given = {"number": _accepted(desk), "reason": "承诺未兑现", "basis": "承诺书"}
    return Act(desk.staff("supervisor"), given, {**given, "reason": "另一个理由"})


def _reveal(desk: Desk) -> Act:
    given = {"number": _submitted(desk), "reason": "核对身份信息"}
    return Act(desk.staff("clerk-town"), given, {**given, "reason": "再核对一次"})


ACTS: dict[str, Callable[[Desk], Act]] = {
    "applyForCase": _apply,
    "preCheckCase": _pre_check,
    "supplyMaterials": _supply,
    "acceptCase": _accept,
    "completeCase": _complete,
    "rateCase": _rate,
    "declineCase": _decline,
    "withdrawCase": _withdraw,
    "suspendCase": _suspend,
    "resumeCase": _resume,
    "handOverCase": _hand_over,
    "takeOverCase": _take_over,
    "returnCase": _return,
    "terminateCase": _terminate,
    "revealApplicant": _reveal,
}


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


def test_a_key_is_for_one_root_field(desk: Desk) -> None:
    given, before = application(desk.area(VILLAGE), fresh()), desk.cases()
    query = "mutation($i: ApplyForCaseInput!) { a: applyForCase(input: $i) { id } b: applyForCase(input: $i) { id } }"
    reply = desk.staff("clerk-town")(query, headers={"Idempotency-Key": "two"}, i=given)
    assert reply.code == "BAD_REQUEST"
    assert desk.cases() == before


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
    act = _rate(desk)
    for key in (uuid4().hex, uuid4().hex):
        tried(act.client, "rateCase", key=key, **act.given)
    case = seen(act.client, act.given["number"]) or {}
    ratings = select(func.count()).select_from(RatingRow).join(CaseRow, CaseRow.id == RatingRow.case_id)
    assert desk.scalar(ratings.where(CaseRow.number == case["number"])) == 1
