"""Receipts, as the API's common tests need to know them."""

from __future__ import annotations

from typing import Any, Final

from tests.api.access_world import World
from tests.api.casework import Desk, mutation_of
from tests.api.named import case_in
from tests.api.shapes import AREA, DISTRICT, Attempt, Part, Root, Step

from bangban.kernel.access.vocabulary import Permission

_NO_CODE: Final = "ZZ20000101-000001-A-ABCD-EFGH-IJKL-MNOP"
_VERIFY: Final = "query($code: String!) { verifyReceipt(code: $code) { number } }"


def _issue(number: str, _: World) -> Attempt:
    given = {"input": {"number": number, "kind": "RESULT"}}
    return Attempt(mutation_of("issueReceipt", "address"), given, frozenset({"CONFLICT"}))


def _issuing(desk: Desk) -> Step:
    return desk.staff("clerk-town"), {"number": case_in(desk, "completed"), "kind": "ACCEPTANCE"}


def _given(world: World) -> dict[str, Any]:
    return {"input": {"number": world.marks["number"], "kind": "RESULT"}}


PART = Part(
    roots={
        "Mutation.issueReceipt": Root(AREA, mutation_of("issueReceipt", "address"), _given, ("CONFLICT",)),
        "Query.verifyReceipt": Root(DISTRICT, _VERIFY, lambda _: {"code": _NO_CODE}, may_be_empty=True),
    },
    on_case={Permission.RECEIPT_READ: _issue},
    attempts={Permission.RECEIPT_VERIFY: Attempt(_VERIFY, {"code": _NO_CODE})},
    bounds={"IssueReceipt": 7, "VerifyReceipt": 1},
    steps={"IssueReceipt": _issuing},
    variables={"VerifyReceipt": lambda _: {"code": _NO_CODE}},
    elsewhere=frozenset({"verifyReceipt"}),
)
