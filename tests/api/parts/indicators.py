"""Indicators: what the API's common tests know of them."""

from __future__ import annotations

from tests.api.shapes import AREA, Attempt, Part, Root

from bangban.kernel.access.vocabulary import Permission

PART = Part(
    roots={
        "Query.indicators": Root(
            AREA,
            "query($a: ID) { indicators(areaId: $a, mechanisms: [G03]) { key value } }",
            lambda world: {"a": str(world.areas["town-a"].id)},
            caller="leader",
        )
    },
    attempts={Permission.INDICATORS_READ: Attempt("{ indicators(mechanisms: [G03]) { value } }", {})},
    bounds={"Indicators": 1},
    variables={"Indicators": lambda _: {"mechanisms": ["A03", "B04"]}},
    logins={"Indicators": "leader"},
    elsewhere=frozenset({"indicators"}),
)
