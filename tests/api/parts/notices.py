"""One-time notices that are acknowledged, as the API's common tests need to know them."""

from __future__ import annotations

from typing import Final

from tests.api.casework import PERMIT, Desk, mutation_of
from tests.api.named import case_in
from tests.api.parts.hall import greeted
from tests.api.shapes import AREA, Part, Root, Step

CHECK: Final = mutation_of("checkPapers", "id told")
LACKING: Final = (
    {"code": "ID-CARD", "state": "HAS"},
    {"code": "DWELLING", "state": "MISSING", "note": "未带房产证"},
    {"code": "PHOTO", "state": "WRONG_FORM"},
)
"""What a guide finds of a visitor who brought little."""


def told(desk: Desk, **how: object) -> str:
    """A fresh visit whose visitor was told what is missing."""
    visit = greeted(desk, serviceCode=PERMIT)
    assert desk.staff("guide")(CHECK, input={"visitId": visit, "papers": list(LACKING), **how}).data
    return visit


def _of_case(desk: Desk) -> Step:
    return desk.staff("clerk-town"), {"number": case_in(desk, "noticed")}


def _of_visit(desk: Desk) -> Step:
    return desk.staff("guide"), {"visitId": told(desk)}


PART = Part(
    roots={
        "Mutation.acknowledgeNotice": Root(
            AREA,
            mutation_of("acknowledgeNotice", "case { id }"),
            lambda world: {"input": {"number": world.marks["number"]}},
            ("ILLEGAL_TRANSITION",),
        ),
    },
    bounds={"AcknowledgeNotice": 7, "AcknowledgeVisitNotice": 8},
    steps={"AcknowledgeNotice": _of_case, "AcknowledgeVisitNotice": _of_visit},
)
