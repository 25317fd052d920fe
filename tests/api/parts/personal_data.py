"""Personal data: what is kept of somebody, corrected and erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.api.asked import WHY
from tests.api.casework import mutation_of
from tests.api.shapes import AREA, DISTRICT, Part, Root

WHY_ALONE: Final = {"reason": WHY["reason"]}

ROOTS: Final[Mapping[str, Root]] = {
    "Query.myData": Root(AREA, "{ myData { cases } }", caller="resident"),
    "Query.dataRequests": Root(
        AREA, "{ dataRequests(state: null) { edges { node { id caseNumber } } } }", caller="supervisor"
    ),
    "Query.retention": Root(DISTRICT, "{ retention { caseDays accountDays } }"),
    "Mutation.revealMyData": Root(DISTRICT, "mutation { revealMyData { number } }", caller="resident"),
    "Mutation.requestCorrection": Root(
        AREA,
        mutation_of("requestCorrection", "id"),
        lambda world: {
            "input": {"number": world.marks["number"], "field": "NAME", "value": "样本某", **WHY_ALONE}
        },
        ("CONFLICT",),
        "resident",
    ),
    "Mutation.decideDataRequest": Root(
        AREA,
        mutation_of("decideDataRequest", "id"),
        lambda world: {"input": {"id": world.marks["request"], "grant": False, "answer": WHY["reason"]}},
        ("CONFLICT",),
        "supervisor",
    ),
    "Mutation.setRetention": Root(
        DISTRICT,
        mutation_of("setRetention", "caseDays"),
        lambda _: {"input": {"caseDays": 400}},
        caller="admin",
    ),
}

PART: Final = Part(roots=ROOTS)
