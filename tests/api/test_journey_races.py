"""People who act at the same moment: exactly one wins, the other hears why, and nothing happens twice."""

from __future__ import annotations

from collections import Counter

from tests.api.casework import (
    REQUIRED,
    Desk,
    application,
    applied,
    attempt,
    done,
    fresh,
    seen,
    together,
)
from tests.api.clients import Reply

VILLAGE = "371681101200"


def outcomes(replies: list[Reply]) -> Counter[str]:
    """How many went well, and how the others were refused."""
    return Counter("ok" if "errors" not in reply.body else reply.code for reply in replies)


def ready(desk: Desk, n: int | None = None) -> str:
    """A case that may be accepted."""
    number = applied(desk.staff("helper-village"), desk.area(VILLAGE), n=n, supplied=list(REQUIRED))
    done(desk.staff("helper-village"), "preCheckCase", number=number)
    return number


def test_of_two_windows_that_accept_exactly_one_does(desk: Desk) -> None:
    number = ready(desk)
    before = desk.events(number)
    windows = [desk.staff(login) for login in ("clerk-town", "clerk-county", "clerk-town", "clerk-county")]
    replies = desk.run(together(*(attempt(window, "acceptCase", number=number) for window in windows)))
    assert outcomes(replies) == {"ok": 1, "ILLEGAL_TRANSITION": 3}
    assert desk.events(number) == before + 1
    assert [action for _, action in desk.trail(f"case:{number}")].count("case:accept") == 1


def test_of_two_take_overs_exactly_one_counts(desk: Desk) -> None:
    number, receiver = ready(desk), desk.staff("helper-town")
    offer = {"toStaffId": desk.staff_id("helper-town"), "reason": "交接"}
    done(desk.staff("helper-village"), "handOverCase", number=number, **offer)
    before = desk.events(number)
    acts = [attempt(receiver, "takeOverCase", number=number) for _ in range(2)]
    acts.append(attempt(receiver, "returnCase", number=number, reason="同时退回"))
    assert outcomes(desk.run(together(*acts))) == {"ok": 1, "NO_HANDOVER": 2}
    assert desk.events(number) == before + 1


def test_of_two_hand_overs_exactly_one_is_open(desk: Desk) -> None:
    number, holder = ready(desk), desk.staff("helper-village")
    receivers = [desk.staff_id(login) for login in ("helper-town", "clerk-town")]
    acts = [
        attempt(holder, "handOverCase", number=number, toStaffId=each, reason="同时交接")
        for each in receivers
    ]
    assert outcomes(desk.run(together(*acts))) == {"ok": 1, "HANDOVER_PENDING": 1}


def test_of_two_ratings_exactly_one_stands(desk: Desk) -> None:
    n = fresh()
    number, resident = ready(desk, n), desk.resident(n)
    done(desk.staff("clerk-town"), "acceptCase", number=number)
    done(desk.staff("clerk-town"), "completeCase", number=number, outcome="DONE", opinion="办结")
    grades = ("VERY_SATISFIED", "VERY_DISSATISFIED")
    replies = desk.run(
        together(*(attempt(resident, "rateCase", number=number, grade=each) for each in grades))
    )
    assert outcomes(replies) == {"ok": 1, "ALREADY_RATED": 1}
    (won,) = [reply.body["data"]["rateCase"]["rating"] for reply in replies if "errors" not in reply.body]
    assert (seen(resident, number) or {})["rating"] == won


def test_of_an_acceptance_and_a_withdrawal_one_comes_first_and_both_are_told_the_truth(desk: Desk) -> None:
    n = fresh()
    number, resident = ready(desk, n), desk.resident(n)
    accept, withdraw = desk.run(
        together(
            attempt(desk.staff("clerk-town"), "acceptCase", number=number),
            attempt(resident, "withdrawCase", number=number),
        )
    )
    assert "errors" not in withdraw.body  # an applicant may withdraw before and after acceptance
    assert "errors" not in accept.body or accept.code == "ILLEGAL_TRANSITION"
    case = seen(resident, number) or {}
    assert case["state"] == "WITHDRAWN"
    assert (case["acceptedAt"] is not None) is ("errors" not in accept.body)


def test_thirty_applications_at_once_get_thirty_numbers(desk: Desk) -> None:
    clerk, area, before = desk.staff("clerk-county"), desk.area(VILLAGE), desk.cases()
    acts = [attempt(clerk, "applyForCase", **application(area, fresh())) for _ in range(30)]
    numbers = {reply.data["applyForCase"]["number"] for reply in desk.run(together(*acts))}
    assert len(numbers) == 30
    assert desk.cases() == before + 30
