"""Points are assessed by the district's indicators; the latest assessment holds, the former ones stay to be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.casework import Desk, fresh, mutation_of
from tests.api.clients import Place
from tests.api.parts.places import STARS, set_point

from bangban.features.people.tables import StaffRow
from bangban.features.places.assessments import reckon
from bangban.features.places.tables import PointAssessmentRow
from bangban.kernel.tenancy.work import Work

ASSESS = mutation_of("assessPoint", "id assessments { scheme grade total live scores { key score } }")
SHOWN = """query($p: ID!) { servicePoint(id: $p) {
    assessments { grade gradeName gradeNameEn total live } all: assessments(former: true) {
    grade live } } }"""
NETWORK = """query($a: ID!) { networkConformance(areaId: $a) { villages stationsMissing specialties {
    specialty stations villagesWithout coverage targetPercent onTarget maturity { grade name nameEn stations }
    lacking(first: 100) { edges { node { id } } totalCount } } } }"""
MATURITY = ("catalogue", "staff", "equipment", "volume", "satisfaction")


def scored(point: str, score: int, *, keys: tuple[str, ...] = STARS, **given: Any) -> dict[str, Any]:
    return {
        "pointId": point,
        "scheme": "STARS" if keys is STARS else "MATURITY",
        "scores": [{"key": key, "score": score} for key in keys],
        **given,
    }


def test_the_latest_assessment_holds_and_the_former_ones_stay(desk: Desk) -> None:
    point, supervisor = set_point(desk)["id"], desk.staff("supervisor")
    for score in (92, 71):
        answer = supervisor(ASSESS, input=scored(point, score)).data["assessPoint"]
        assert [each["total"] for each in answer["assessments"]] == [score]
    found = desk.place.anonymous(SHOWN, p=point).data["servicePoint"]
    three = {"grade": "THREE_STARS", "gradeName": "三星级", "gradeNameEn": "Three stars", "total": 71.0}
    assert found["assessments"] == [three | {"live": True}]
    assert [(each["grade"], each["live"]) for each in found["all"]] == [
        ("FIVE_STARS", False),
        ("THREE_STARS", True),
    ]
    who = "query($p: ID!) { servicePoint(id: $p) { assessments { assessedBy { name } } } }"
    for login in ("leader", "auditor"):
        (by,) = desk.staff(login)(who, p=point).data["servicePoint"]["assessments"]
        assert by == {
            "assessedBy": {"name": desk.scalar(select(StaffRow.name).where(StaffRow.login == "supervisor"))}
        }
    assert desk.place.anonymous(who, p=point).code == "UNAUTHENTICATED"
    assert desk.resident(fresh())(who, p=point).code == "FORBIDDEN"
    # One of an earlier day, entered later, is history at once.
    supervisor(ASSESS, input=scored(point, 99, assessedOn="2026-01-05"))
    assert desk.place.anonymous(SHOWN, p=point).data["servicePoint"]["assessments"] == found["assessments"]

    async def kept(work: Work) -> list[PointAssessmentRow]:
        return list(await work.db.scalars(select(PointAssessmentRow)))

    for row in desk.inside(kept):
        assert reckon(row.scores, row.grades) == (row.total, row.grade)


def test_scores_that_do_not_fit_are_refused_with_every_fault(desk: Desk) -> None:
    point, supervisor = set_point(desk)["id"], desk.staff("supervisor")
    wrong = scored(point, 50)
    wrong["scores"][:2] = [{"key": "environment", "score": 500}, {"key": "charm", "score": 1}]
    (refused,) = supervisor(ASSESS, input=wrong).body["errors"]
    assert refused["extensions"]["code"] == "INVALID_INPUT"
    assert refused["extensions"]["fields"] == ["input.scores", "input.scores.0.score", "input.scores.1.key"]
    assert refused["message"].count("指标") == 3
    assert supervisor(ASSESS, input=scored(point, 50, keys=MATURITY)).code == "CONFLICT", "no specialty"
    closed = set_point(desk, until="2026-01-01")["id"]
    assert supervisor(ASSESS, input=scored(closed, 50)).code == "CONFLICT"
    assert supervisor(ASSESS, input=scored(point, 50, assessedOn="2036-01-01")).code == "INVALID_INPUT"
    assert desk.staff("helper-town")(ASSESS, input=scored(point, 50)).code == "FORBIDDEN"
    assert desk.place.anonymous(SHOWN, p=point).data["servicePoint"]["all"] == []


def test_conformance_counts_stations_by_maturity_and_villages_without(place: Callable[[str], Place]) -> None:
    zibo = place("zibo-hitech")
    points = zibo.anonymous(
        """{ servicePoints(first: 100, filter: {specialty: MEDICAL_INSURANCE}) {
            edges { node { id area { id } } } } }"""
    ).data["servicePoints"]["edges"]
    assert len(points) == 6  # the village medical stations that are stated
    supervisor, leader = zibo.sign_in("supervisor"), zibo.sign_in("leader")
    scores = (90, 90, 70, 20)
    for edge, score in zip(points, scores, strict=False):
        reply = supervisor(ASSESS, input=scored(edge["node"]["id"], score, keys=MATURITY))
        assert reply.data, reply.errors
    county = zibo.anonymous("{ areas(level: COUNTY) { edges { node { id } } } }").data["areas"]["edges"]
    network = leader(NETWORK, a=county[0]["node"]["id"]).data["networkConformance"]
    found = {each["specialty"]: each for each in network["specialties"]}
    medical = found["MEDICAL_INSURANCE"]
    assert (medical["stations"], medical["villagesWithout"]) == (6, network["villages"] - 6)
    assert (medical["targetPercent"], medical["onTarget"]) == (100, False)
    assert medical["coverage"] == pytest.approx(6 / network["villages"])
    assert medical["lacking"]["totalCount"] == medical["villagesWithout"]
    assert not {e["node"]["id"] for e in medical["lacking"]["edges"]} & {
        p["node"]["area"]["id"] for p in points
    }
    truth = Counter("MATURE" if s >= 85 else "IMPROVED" if s >= 60 else "CULTIVATING" for s in scores)
    assert {each["grade"]: each["stations"] for each in medical["maturity"]} == truth
    assert medical["maturity"][0] == {"grade": "MATURE", "name": "成熟", "nameEn": "Mature", "stations": 2}
    enterprise = found["ENTERPRISE"]
    assert (enterprise["stations"], enterprise["maturity"], enterprise["onTarget"]) == (0, [], None)
