"""Custody, as the API's common tests need to know it."""

from __future__ import annotations

from typing import Any, Final

from tests.api.access_world import World
from tests.api.casework import Desk, mutation_of
from tests.api.named import case_in
from tests.api.shapes import AREA, Attempt, Part, Root, Step

from bangban.kernel.access.vocabulary import Permission

PAPERS: Final = [{"code": "ID-CARD", "originals": 1, "copies": 2}]
RESULT: Final = [{"code": "RESULT", "originals": 1}]
"""Of a case that ended without one, so that a rule refuses it."""


def _root(name: str, *found: str, **more: Any) -> Root:
    return Root(
        AREA,
        mutation_of(name, "id"),
        lambda world: {"input": {"number": world.marks["number"], "papers": RESULT, **more}},
        found,
    )


def _attempt(number: str, _: World) -> Attempt:
    given = {"number": number, "papers": RESULT}
    return Attempt(mutation_of("takePapers", "id"), {"input": given}, frozenset({"ILLEGAL_TRANSITION"}))


def with_papers(desk: Desk) -> str:
    """The number of a fresh case of whose papers the village's helper has some."""
    number = case_in(desk, "submitted")
    given = {"number": number, "papers": PAPERS}
    assert desk.staff("helper-village")(mutation_of("takePapers", "id"), input=given).data
    return number


def _taking(desk: Desk) -> Step:
    return desk.staff("helper-village"), {"number": case_in(desk, "submitted"), "papers": PAPERS}


def _forwarding(desk: Desk) -> Step:
    to = desk.staff_id("clerk-town")
    given = {"number": with_papers(desk), "papers": PAPERS, "toStaffId": to, "note": "随班车"}
    return desk.staff("helper-village"), given


def _returning(desk: Desk) -> Step:
    return desk.staff("helper-village"), {"number": with_papers(desk), "papers": PAPERS}


PART = Part(
    roots={
        "Query.custody": Root(
            AREA,
            "query($n: String!) { custody(number: $n) { number balanced } }",
            lambda world: {"n": world.marks["number"]},
        ),
        "Mutation.takePapers": _root("takePapers", "ILLEGAL_TRANSITION"),
        "Mutation.forwardPapers": _root("forwardPapers", "INVALID_INPUT"),
        "Mutation.returnPapers": _root("returnPapers", "PAPERS_NOT_HELD"),
    },
    on_case={Permission.CUSTODY_RECORD: _attempt},
    bounds={"Custody": 1, "TakePapers": 8, "ForwardPapers": 9, "ReturnPapers": 8},
    steps={"TakePapers": _taking, "ForwardPapers": _forwarding, "ReturnPapers": _returning},
    variables={"Custody": lambda desk: {"number": with_papers(desk)}},
    logins={"Custody": "helper-village"},
)
