"""The nearest points are those that measuring all finds; coverage is what counting village by village gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from tests.api.conftest import Place

EARTH = 6_371_008.8
POINTS = """query($after: String) { servicePoints(first: 100, after: $after, filter: {former: true}) {
    edges { node { id key kind longitude latitude open(at: "2026-11-28T10:00:00+08:00") } }
    pageInfo { hasNextPage endCursor } } }"""
NEAREST = """query($l: LocationInput!, $s: String, $o: DateTime, $n: Int!) {
    nearestPoints(location: $l, serviceCode: $s, openAt: $o, first: $n) { metres walkingMinutes point { key } } }"""
VILLAGES = """query($after: String) { areas(level: VILLAGE, first: 100, after: $after) {
    edges { node { code name longitude latitude population } } pageInfo { hasNextPage endCursor } } }"""
COVERAGE = """query($m: Int, $t: Travel) { coverage(minutes: $m, travel: $t) {
    metres villages villagesCovered population populationCovered unplaced } }"""
SERVICES = "query($p: ID!) { pointServices(pointId: $p) { service { code } } }"
SATURDAY = "2026-11-28T10:00:00+08:00"
CARD = "TPL-SOCIAL-SECURITY-CARD"


@pytest.fixture(scope="module")
def zibo_there(place: Callable[[str], Place]) -> Place:
    return place("zibo-hitech")


def metres(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The great circle by another formula: the angle between two vectors."""

    def vector(at: dict[str, Any]) -> tuple[float, float, float]:
        east, north = math.radians(at["longitude"]), math.radians(at["latitude"])
        return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)

    a, b = vector(one), vector(other)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return EARTH * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def everything(place: Place, query: str, field: str) -> list[dict[str, Any]]:
    rows, after = [], None
    while True:
        page = place.anonymous(query, after=after).data[field]
        rows += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return rows
        after = page["pageInfo"]["endCursor"]


def offered(place: Place, point_id: str) -> set[str]:
    found = place.anonymous(SERVICES, p=point_id).data["pointServices"]
    return {each["service"]["code"] for each in found}


def test_the_nearest_are_those_that_measuring_all_finds(zibo_there: Place) -> None:
    points = everything(zibo_there, POINTS, "servicePoints")
    takes = {each["key"] for each in points if CARD in offered(zibo_there, each["id"])}
    assert {"bank-1", "station-001", "allday"} <= takes
    assert "bank-7" not in takes  # its agreement is over
    random = Random(7)
    for turn in range(24):
        here = {"longitude": random.uniform(117.5, 118.6), "latitude": random.uniform(36.4, 37.2)}
        wanted = random.choice([1, 3, 10, 50])
        filters: dict[str, Any] = [{}, {"o": SATURDAY}, {"s": CARD}][turn % 3]
        found = zibo_there.anonymous(NEAREST, l=here, n=wanted, **filters).data["nearestPoints"]
        fit = [each for each in points if "o" not in filters or each["open"]]
        fit = [each for each in fit if "s" not in filters or each["key"] in takes]
        truth = sorted((metres(here, each), each["key"]) for each in fit)[:wanted]
        assert [each["metres"] for each in found] == pytest.approx(
            [round(away) for away, _ in truth], abs=1
        ), (here, filters)
        for each in found:
            assert each["walkingMinutes"] == pytest.approx(math.ceil(each["metres"] / 75), abs=1)


def test_the_least_and_the_most_that_are_answered(zibo_there: Place) -> None:
    here = {"longitude": 118.05, "latitude": 36.84}
    for wanted, least, most in ((0, 0, 0), (-3, 0, 0), (1000, 50, 50)):
        found = zibo_there.anonymous(NEAREST, l=here, n=wanted).data["nearestPoints"]
        assert least <= len(found) <= most
    for odd in ({"longitude": 500.0, "latitude": -90.0}, {"longitude": -180.0, "latitude": 90.0}):
        assert len(zibo_there.anonymous(NEAREST, l=odd, n=2).data["nearestPoints"]) == 2


def test_coverage_is_what_counting_village_by_village_gives(zibo_there: Place) -> None:
    villages = everything(zibo_there, VILLAGES, "areas")
    points = [each for each in everything(zibo_there, POINTS, "servicePoints") if each["kind"] != "FIELD"]
    leader, before = zibo_there.sign_in("leader"), 0
    for minutes, travel in ((5, "WALKING"), (20, "WALKING"), (5, "DRIVING"), (60, "DRIVING")):
        found = leader(COVERAGE, m=minutes, t=travel).data["coverage"]
        reach = minutes * (75 if travel == "WALKING" else 400)
        near = [each for each in villages if any(metres(each, point) <= reach for point in points)]
        assert found["metres"] == reach
        assert (found["villages"], found["unplaced"]) == (len(villages), 0)
        assert found["villagesCovered"] == len(near) >= before
        assert found["population"] == sum(each["population"] for each in villages)
        assert found["populationCovered"] == sum(each["population"] for each in near)
        before = len(near)
