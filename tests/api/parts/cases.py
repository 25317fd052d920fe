"""Cases: what is done with one, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.api.access_world import ITEM, World
from tests.api.asked import NOBODY, WHY
from tests.api.casework import applicant, mutation_of
from tests.api.shapes import AREA, Part, Root


def _case(name: str, *found: str, caller: str = "window-clerk", **more: Any) -> Root:
    selection = "name" if name == "revealApplicant" else "id"
    return Root(
        AREA,
        mutation_of(name, selection),
        lambda world: {"input": {"number": world.marks["number"], **more}},
        found or ("ILLEGAL_TRANSITION",),
        caller,
    )


def _apply(world: World) -> dict[str, Any]:
    firm = applicant(1, kind="LEGAL_ENTITY")  # refused by a rule, so that no case is made
    return {"input": {"serviceCode": ITEM, "areaId": str(world.areas["grid-a"].id), "applicant": firm}}


ROOTS: Final[Mapping[str, Root]] = {
    "Query.case": Root(
        AREA, "query($n: String!) { case(number: $n) { id } }", lambda world: {"n": world.marks["number"]}
    ),
    "Query.cases": Root(AREA, "{ cases(first: 100) { edges { node { id } } } }"),
    "Mutation.applyForCase": Root(AREA, mutation_of("applyForCase", "id"), _apply, ("INVALID_INPUT",)),
    "Mutation.preCheckCase": _case("preCheckCase"),
    "Mutation.supplyMaterials": _case("supplyMaterials", codes=["FORM"]),
    "Mutation.acceptCase": _case("acceptCase"),
    "Mutation.completeCase": _case("completeCase", outcome="DONE", opinion="x"),
    "Mutation.rateCase": _case("rateCase", caller="resident", grade="SATISFIED"),
    "Mutation.declineCase": _case("declineCase", **WHY),
    "Mutation.withdrawCase": _case("withdrawCase", reason="x"),
    "Mutation.suspendCase": _case("suspendCase", reason="x"),
    "Mutation.resumeCase": _case("resumeCase"),
    "Mutation.handOverCase": _case(
        "handOverCase", "INVALID_INPUT", caller="supervisor", toStaffId=NOBODY, reason="x"
    ),
    "Mutation.takeOverCase": _case("takeOverCase", "NO_HANDOVER"),
    "Mutation.returnCase": _case("returnCase", "NO_HANDOVER", reason="x"),
    "Mutation.terminateCase": _case("terminateCase", caller="supervisor", **WHY),
    "Mutation.revealApplicant": _case("revealApplicant", reason=WHY["reason"]),
    "Subscription.caseChanged": Root(
        AREA,
        "subscription($n: String!) { caseChanged(number: $n) { id } }",
        lambda world: {"n": world.marks["number"]},
    ),
    "Subscription.casesChanged": Root(
        AREA, "subscription { casesChanged { kind caseId number case { id } } }", lambda _: {}
    ),
}

PART: Final = Part(roots=ROOTS)
