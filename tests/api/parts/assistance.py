"""Authorisations, promises and next steps of cases, as the API's common tests need to know them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from tests.api.access_world import World
from tests.api.casework import REQUIRED, Desk, applied, fresh, mutation_of
from tests.api.named import VILLAGE, case_in, number_of
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.features.cases.tables import CaseRow, ToleranceRow
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.tenancy.work import Work

AUTHORISATION = {"scope": ["APPLY", "SUPPLY_MATERIALS"], "validUntil": "2099-12-31"}


def _root(name: str, *found: str, caller: str = "window-clerk", **more: Any) -> Root:
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {"number": world.marks["number"], **more}},
        found,
        caller,
    )


def _attempt(name: str, *passed: str, number: str, **more: Any) -> Attempt:
    return Attempt(mutation_of(name, "id"), {"input": {"number": number, **more}}, frozenset(passed))


def _revoking(number: str, _: World) -> Attempt:
    return _attempt("revokeAuthorisation", "ILLEGAL_TRANSITION", number=number, reason="样本")


def _clearing(number: str, _: World) -> Attempt:
    return _attempt("clearBrokenPromise", "CONFLICT", number=number, reason="样本")


def _acknowledging(number: str, _: World) -> Attempt:
    return _attempt("acknowledgeNextSteps", "INVALID_INPUT", number=number)


def _checking_in(number: str, _: World) -> Attempt:
    return _attempt("recordCheckIn", "INVALID_INPUT", number=number, said="样本回访")


def tracked(desk: Desk) -> str:
    """The number of a fresh case that the village's helper filed, and keeps its applicant posted of."""
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), modes=["ONLINE", "TRACKING"])


def agency(desk: Desk) -> str:
    """The number of a fresh AGENCY case that the village's helper filed."""
    given = {"help": "AGENCY", "authorisation": AUTHORISATION, "supplied": list(REQUIRED)}
    return applied(desk.staff("helper-village"), desk.area(VILLAGE), n=fresh(), **given)


def broken(desk: Desk) -> str:
    """The number of a fresh case whose applicant did not keep the promise."""
    number = case_in(desk, "tolerated")

    async def days_ago(work: Work) -> None:
        case = CaseRow.__table__.select().where(CaseRow.number == number).with_only_columns(CaseRow.id)
        over = {"promised_by": work.today - timedelta(days=1)}
        of_case = ToleranceRow.case_id == case.scalar_subquery()
        await work.db.execute(update(ToleranceRow).where(of_case).values(over))

    desk.inside(days_ago)
    return number


def _noted(desk: Desk) -> Step:
    number = case_in(desk, "completed")
    return desk.resident(number_of(number)), {"number": number}


PART = Part(
    roots={
        "Mutation.revokeAuthorisation": _root("revokeAuthorisation", "ILLEGAL_TRANSITION", reason="样本"),
        "Mutation.renewAuthorisation": _root(
            "renewAuthorisation", "ILLEGAL_TRANSITION", authorisation=AUTHORISATION
        ),
        "Mutation.clearBrokenPromise": _root(
            "clearBrokenPromise", "CONFLICT", caller="supervisor", reason="样本"
        ),
        "Mutation.acknowledgeNextSteps": _root("acknowledgeNextSteps", "INVALID_INPUT", caller="resident"),
        "Mutation.recordCheckIn": _root("recordCheckIn", "INVALID_INPUT", said="样本回访"),
    },
    on_case={
        Permission.CASE_CHECK_IN: _checking_in,
        Permission.CASE_AUTHORISE: _revoking,
        Permission.CASE_CLEAR_PROMISE: _clearing,
        Permission.CASE_ACKNOWLEDGE: _acknowledging,
    },
    bounds={
        "AcknowledgeNextSteps": 7,
        "ClearBrokenPromise": 7,
        "RecordCheckIn": 7,
        "RenewAuthorisation": 7,
        "RevokeAuthorisation": 7,
    },
    steps={
        "RevokeAuthorisation": lambda d: (
            d.staff("helper-village"),
            {"number": agency(d), "reason": "申请人来电要求"},
        ),
        "RenewAuthorisation": lambda d: (
            d.staff("helper-village"),
            {"number": agency(d), "authorisation": AUTHORISATION},
        ),
        "ClearBrokenPromise": lambda d: (
            d.staff("supervisor"),
            {"number": broken(d), "reason": "材料丢失，已补办"},
        ),
        "AcknowledgeNextSteps": _noted,
        "RecordCheckIn": lambda d: (
            d.staff("helper-village"),
            {"number": tracked(d), "said": "材料已送县级窗口"},
        ),
    },
)
