"""Every mutation about a case as one act: its case is where the act is possible, and this is what it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.api.casework import REQUIRED, Desk, application, applied, done, fresh, lacking
from tests.api.clients import Client

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
