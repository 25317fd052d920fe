"""Operations in which the oracle's scene is rich, and which drawing comes upon too seldom: asked whole instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.api.truth import Truth

from bangban.features.areas.tables import AreaRow
from bangban.features.guidance.tables import GuidanceRow
from bangban.features.hall.tables import VisitRow
from bangban.features.places.tables import ServicePointRow

Answers = list[dict[str, Any]]


@dataclass(frozen=True)
class Seldom:
    """An operation with the variables of each time it is asked; ``telling`` says whether true answers tell anything."""

    text: str
    asked: Callable[[Truth], list[dict[str, Any]]]
    telling: Callable[[Answers], bool]
    caller: str = "leader"


def _led(truth: Truth) -> list[dict[str, Any]]:
    return [{"c": each.code, "v": each.version} for each in truth.rows[GuidanceRow]]


def _decided_in_part(answers: Answers) -> bool:
    ends = [end for each in answers for end in each["guidanceHits"] if end["bundleCode"]]
    return any(each["accepted"] and each["waiting"] and each["declined"] for each in ends)


def _near(truth: Truth) -> list[dict[str, Any]]:
    points = truth.rows[ServicePointRow][:3]
    return [{"l": {"longitude": each.longitude, "latitude": each.latitude}} for each in points]


def _templates(truth: Truth) -> list[dict[str, Any]]:
    return [{"a": str(each.id)} for each in truth.rows[AreaRow] if each.level in ("COUNTY", "TOWN")]


def _manned_and_graded(answers: Answers) -> bool:
    found = [each["networkConformance"] for each in answers]
    grades = [
        [grade["grade"] for grade in special["maturity"]] for each in found for special in each["specialties"]
    ]
    return any(0 < each["gridsUncovered"] < each["grids"] for each in found) and any(
        each != sorted(each) and each != sorted(each, reverse=True) for each in grades
    )


def _halls(truth: Truth) -> list[dict[str, Any]]:
    return [{"p": each} for each in sorted({str(row.point_id) for row in truth.rows[VisitRow]})]


def _either_alone(answers: Answers) -> bool:
    took = [edge["node"]["takenUp"] for each in answers for edge in each["visits"]["edges"]]
    return all(each in took for each in (["CARING"], ["DOOR"], ["CARING", "DOOR"], []))


SELDOM: Final = {
    "guidanceHits": Seldom(
        """query($c: String!, $v: Int) { guidanceHits(code: $c, version: $v) {
            key bundleCode begun elsewhere waiting accepted declined withdrawn hitRate } }""",
        _led,
        _decided_in_part,
    ),
    "nearestPoints": Seldom(
        "query($l: LocationInput!) { nearestPoints(location: $l, first: 50) { metres point { key } } }",
        _near,
        lambda answers: all(len(each["nearestPoints"]) == 50 for each in answers),
    ),
    "networkConformance": Seldom(
        """query($a: ID!) { networkConformance(areaId: $a) {
            conforms grids gridsUncovered agents agentsPerGrid uncoveredGrids { edges { node { id } } }
            specialties { specialty stations villagesWithout maturity { grade name nameEn stations } } } }""",
        _templates,
        _manned_and_graded,
    ),
    "visits": Seldom(
        """query($p: ID!) { visits(pointId: $p, first: 100) {
            edges { node { careNeeds proposals takenUp } } } }""",
        _halls,
        _either_alone,
        "clerk-county",
    ),
}
