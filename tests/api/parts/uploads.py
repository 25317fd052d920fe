"""Files of cases, as the API's common tests need to know them."""

from __future__ import annotations

from typing import Any

from tests.api.access_world import World
from tests.api.casework import Desk, mutation_of
from tests.api.filing import FETCH, asked, sent
from tests.api.named import case_in
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.ids import new_id

_NOTHING = {"purpose": "OTHER", "name": "样本.pdf", "kind": "PDF", "size": 9}
_NO_FILE = "00000000-0000-7000-8000-000000000000"


def _ask(number: str, _: World) -> Attempt:
    given = {"input": {"number": number, **_NOTHING}}
    return Attempt(mutation_of("requestUpload", "address"), given, frozenset({"ILLEGAL_TRANSITION"}))


def _supply(world: World) -> dict[str, Any]:
    return {"input": {"number": world.marks["number"], "fileIds": [str(new_id())]}}


def _asking(desk: Desk) -> Step:
    return desk.staff("clerk-town"), {"number": case_in(desk, "submitted"), **_NOTHING}


def _supplying(desk: Desk) -> Step:
    client, number = desk.staff("clerk-town"), case_in(desk, "noticed")
    files = [sent(client, number, purpose="MATERIAL", materialCode=code) for code in ("PHOTO", "DWELLING")]
    return client, {"number": number, "fileIds": files}


def _fetching(desk: Desk) -> Step:
    client = desk.staff("clerk-town")
    return client, {"fileId": sent(client, case_in(desk, "submitted"))}


def _with_files(desk: Desk) -> dict[str, Any]:
    number = case_in(desk, "submitted")
    asked(desk.staff("clerk-town"), number)
    return {"number": number}


PART = Part(
    roots={
        "Query.caseFiles": Root(
            AREA,
            "query($n: String!) { caseFiles(number: $n) { id } }",
            lambda world: {"n": world.marks["number"]},
            wrong_area="DATA",
            may_be_empty=True,
        ),
        "Mutation.requestUpload": Root(
            AREA,
            mutation_of("requestUpload", "address"),
            lambda world: {"input": {"number": world.marks["number"], **_NOTHING}},
            ("ILLEGAL_TRANSITION",),
        ),
        "Mutation.supplyFiles": Root(AREA, mutation_of("supplyFiles", "id"), _supply, ("NOT_FOUND",)),
        "Mutation.downloadFile": Root(
            AREA, FETCH, lambda _: {"i": {"fileId": _NO_FILE}}, ("NOT_FOUND",), wrong_area="NOT_FOUND"
        ),
    },
    on_case={Permission.UPLOAD_PUT: _ask},
    attempts={Permission.UPLOAD_READ: Attempt(FETCH, {"i": {"fileId": _NO_FILE}}, frozenset({"NOT_FOUND"}))},
    bounds={"CaseFiles": 1, "RequestUpload": 7, "SupplyFiles": 10, "DownloadFile": 7},
    steps={"RequestUpload": _asking, "SupplyFiles": _supplying, "DownloadFile": _fetching},
    variables={"CaseFiles": _with_files},
    logins={"CaseFiles": "clerk-town"},
)
