"""People's own data, as they use their rights: seen, and corrected on request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, applied, fresh, mutation_of, revealed_by, seen
from tests.api.clients import Client, Reply

from bangban.features.cases.tables import CaseRow
from bangban.features.personal_data.tables import DataRequestRow
from bangban.kernel.identifiers import sample_phone, sample_resident_id

VILLAGE = "371681101200"
MINE = "{ myData { phone cases requests { id field value state answer } } }"
WHY = "身份证上的姓名不同"


def asking(client: Client, number: str, **changes: Any) -> Reply:
    given = {"number": number, "field": "NAME", "value": "欧阳样本", "reason": WHY, **changes}
    return client(mutation_of("requestCorrection", "id value state"), input=given)


def deciding(client: Client, request_id: str, *, grant: bool, answer: str = "证件核对一致") -> Reply:
    given = {"id": request_id, "grant": grant, "answer": answer}
    return client(mutation_of("decideDataRequest", "id state answer"), input=given)


# ---------------------------------------------------------------------- seeing


def test_a_resident_sees_what_is_kept_masked_and_in_the_clear_with_an_entry(desk: Desk) -> None:
    n = fresh()
    me = desk.resident(n)
    number = applied(me, desk.area(VILLAGE), n=n)
    masked = me(MINE).data["myData"]
    assert (masked["cases"], masked["phone"][3:7]) == (1, "****")
    clear = me("mutation { revealMyData { number name identityNumber phone } }").data["revealMyData"]
    assert clear == [
        {
            "number": number,
            "name": "样本人",
            "identityNumber": sample_resident_id(n),
            "phone": sample_phone(n),
        }
    ]
    resident = desk.scalar(select(CaseRow.resident_id).where(CaseRow.number == number))
    assert desk.trail(f"resident:{resident}") == [(f"resident:{resident}", "data:read")]


def test_others_see_nothing_of_it_and_nobody_asks_without_end(desk: Desk) -> None:
    n = fresh()
    applied(desk.resident(n), desk.area(VILLAGE), n=n)
    other = desk.resident(fresh())
    for _ in range(5):
        assert other("mutation { revealMyData { number } }").data == {"revealMyData": []}
    assert other("mutation { revealMyData { number } }").code == "RATE_LIMITED"
    assert desk.staff("supervisor")("mutation { revealMyData { number } }").code == "FORBIDDEN"
    assert desk.staff("supervisor")(MINE).code == "FORBIDDEN"


# ---------------------------------------------------------------------- correcting


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("NAME", lambda _: "欧阳样本"),
        ("PHONE", sample_phone),
        ("IDENTITY_NUMBER", sample_resident_id),
    ],
)
def test_what_is_granted_stands_in_the_case_sealed_hashed_and_masked_alike(
    desk: Desk, field: str, value: Callable[[int], str]
) -> None:
    n, right = fresh(), value(fresh())
    me, boss = desk.resident(n), desk.staff("supervisor")
    number = applied(me, desk.area(VILLAGE), n=n)
    request = asking(me, number, field=field, value=right).data["requestCorrection"]
    assert right not in str(request)
    assert asking(me, number, field=field, value=right).code == "CONFLICT"  # one at a time
    listed = boss("{ dataRequests(first: 100) { edges { node { id caseNumber value } } } }").data[
        "dataRequests"
    ]
    (mine,) = [each["node"] for each in listed["edges"] if each["node"]["id"] == request["id"]]
    assert (mine["caseNumber"], mine["value"]) == (number, request["value"])

    assert deciding(boss, request["id"], grant=True).data["decideDataRequest"]["state"] == "GRANTED"
    revealed = revealed_by(desk.staff("clerk-town"), number)
    assert revealed[{"NAME": "name", "PHONE": "phone", "IDENTITY_NUMBER": "identityNumber"}[field]] == right
    if field != "NAME":
        found = boss(
            "query($s: String) { cases(filter: {search: $s}) { edges { node { number } } } }", s=right
        ).data["cases"]["edges"]
        assert number in [each["node"]["number"] for each in found]
    assert desk.scalar(select(DataRequestRow.value_sealed).where(DataRequestRow.id == request["id"])) is None
    assert (desk.actor("supervisor"), "data:decide") in desk.trail(f"case:{number}")
    assert deciding(boss, request["id"], grant=False).code == "CONFLICT"


def test_a_refusal_changes_nothing_and_says_why(desk: Desk) -> None:
    n = fresh()
    me = desk.resident(n)
    number = applied(me, desk.area(VILLAGE), n=n)
    before = seen(me, number)
    request = asking(me, number).data["requestCorrection"]["id"]
    assert deciding(desk.staff("supervisor"), request, grant=False, answer="证件上无此姓名").data
    assert seen(me, number) == before
    (told,) = me(MINE).data["myData"]["requests"]
    assert (told["state"], told["answer"]) == ("REFUSED", "证件上无此姓名")


def test_of_two_who_decide_at_once_one_does(desk: Desk) -> None:
    n = fresh()
    me = desk.resident(n)
    request = asking(me, applied(me, desk.area(VILLAGE), n=n)).data["requestCorrection"]["id"]
    boss = desk.staff("supervisor")

    async def both() -> list[Reply]:
        given = [{"id": request, "grant": grant, "answer": "同时处理的答复"} for grant in (True, False)]
        document = mutation_of("decideDataRequest", "state")
        return list(await asyncio.gather(*(boss.send(document, input=each) for each in given)))

    replies = desk.run(both())
    assert [reply.code for reply in replies if "errors" in reply.body] == ["CONFLICT"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": ""},
        {"value": "名" * 101},
        {"field": "PHONE", "value": "123"},
        {"field": "IDENTITY_NUMBER", "value": "370000190001010000"},
        {"reason": "短"},
        {"value": "样本人"},  # as it is
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused_and_nothing_is_kept(desk: Desk, wrong: dict[str, Any]) -> None:
    n = fresh()
    me = desk.resident(n)
    number = applied(me, desk.area(VILLAGE), n=n)
    assert asking(me, number, **wrong).code == "INVALID_INPUT" or "IDENTITY" in str(
        asking(me, number, **wrong).code
    )
    assert me(MINE).data["myData"]["requests"] == []


def test_a_case_of_somebody_else_is_not_there_to_correct(desk: Desk) -> None:
    n = fresh()
    number = applied(desk.resident(n), desk.area(VILLAGE), n=n)
    assert asking(desk.resident(fresh()), number).code == "NOT_FOUND"
    assert asking(desk.staff("supervisor"), number).code == "FORBIDDEN"
