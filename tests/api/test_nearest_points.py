"""The nearest points are those that measuring all finds; coverage is what counting village by village gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.clients import Place

from bangban.features.places.hours import is_open, read_hours

EARTH = 6_371_008.8
POINTS = """query($after: String) { servicePoints(first: 100, after: $after, filter: {former: true}) {
    edges { node { id key kind longitude latitude since until openingHours } }
    pageInfo { hasNextPage endCursor } } }"""
NEAREST = """query($l: LocationInput!, $s: String, $o: DateTime, $n: Int!) {
    nearestPoints(location: $l, serviceCode: $s, openAt: $o, first: $n) { metres walkingMinutes point { key } } }"""
VILLAGES = """query($after: String) { areas(level: VILLAGE, first: 100, after: $after) {
    edges { node { code name longitude latitude population } } pageInfo { hasNextPage endCursor } } }"""
COVERAGE = """query($m: Int, $t: Travel) { coverage(minutes: $m, travel: $t) {
    metres villages villagesCovered population populationCovered unplaced } }"""
OPEN = """query($o: DateTime!) { servicePoints(first: 100, filter: {former: true}) {
    edges { node { key open(at: $o) } } } }"""
OPEN_ONLY = """query($o: DateTime!) { servicePoints(first: 100, filter: {former: true, openAt: $o}) {
    edges { node { key } } } }"""
SERVICES = "query($p: ID!) { pointServices(pointId: $p) { service { code } } }"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
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


def is_open_at(point: dict[str, Any], moment: datetime, key: str = "Mo") -> bool:
    """By the rule that hours are read with; ``key`` is what the day counts as."""
    return (
        (point["since"] is None or point["since"] <= moment.date().isoformat())
        and (point["until"] is None or moment.date().isoformat() <= point["until"])
        and is_open(read_hours(point["openingHours"]), key=key, minute=moment.hour * 60 + moment.minute)
    )


def test_points_are_open_in_their_hours_to_the_minute(zibo_there: Place) -> None:
    points = everything(zibo_there, POINTS, "servicePoints")
    edges = [
        time(0),
        time(8, 29),
        time(8, 30),
        time(9),
        time(11, 59),
        time(12),
        time(16, 59),
        time(17),
        time(23, 59),
    ]
    seen = set()
    for day, key in ((date(2026, 11, 23), "Mo"), (date(2026, 11, 28), "Sa"), (date(2026, 10, 1), "PH")):
        for at in edges:
            moment = datetime.combine(day, at, ZoneInfo("Asia/Shanghai"))
            truth = {each["key"]: is_open_at(each, moment, key) for each in points}
            found = zibo_there.anonymous(OPEN, o=moment.isoformat()).data["servicePoints"]["edges"]
            assert {each["node"]["key"]: each["node"]["open"] for each in found} == truth, moment
            only = zibo_there.anonymous(OPEN_ONLY, o=moment.isoformat()).data["servicePoints"]["edges"]
            assert {each["node"]["key"] for each in only} == {key for key, open_ in truth.items() if open_}
            seen |= set(truth.values())
    assert seen == {True, False}


def test_the_nearest_are_those_that_measuring_all_finds(zibo_there: Place) -> None:
    points = everything(zibo_there, POINTS, "servicePoints")
    assert any(is_open_at(each, MONDAY) for each in points)
    takes = {each["key"] for each in points if CARD in offered(zibo_there, each["id"])}
    assert {"bank-1", "station-001", "allday"} <= takes
    assert "bank-7" not in takes  # its agreement is over
    random = Random(7)
    for turn in range(24):
        here = {"longitude": random.uniform(117.5, 118.6), "latitude": random.uniform(36.4, 37.2)}
        wanted = random.choice([1, 3, 10, 50])
        filters: dict[str, Any] = [{}, {"o": MONDAY.isoformat()}, {"s": CARD}][turn % 3]
        found = zibo_there.anonymous(NEAREST, l=here, n=wanted, **filters).data["nearestPoints"]
        fit = [each for each in points if "o" not in filters or is_open_at(each, MONDAY)]
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


def test_several_circles_and_places_in_one_request_are_each_its_own(zibo_there: Place) -> None:
    """Each has a WITH of its own, and all stand in one statement."""
    here = ["{longitude: 118.05, latitude: 36.84}", "{longitude: 117.9, latitude: 36.7}"]
    asked = {
        "few": "coverage(minutes: 5) { metres villagesCovered }",
        "many": "coverage(minutes: 60, travel: DRIVING) { metres villagesCovered }",
        "first": f"nearestPoints(location: {here[0]}, first: 2) {{ metres point {{ key }} }}",
        "second": f"nearestPoints(location: {here[1]}, first: 3) {{ metres point {{ key }} }}",
    }
    leader = zibo_there.sign_in("leader")
    alone = {name: leader(f"{{ {name}: {each} }}").data[name] for name, each in asked.items()}
    assert alone["few"] != alone["many"]
    assert alone["first"] != alone["second"]
    together = " ".join(f"{name}: {each}" for name, each in asked.items())
    assert leader(f"{{ {together} }}").data == alone
    checks = zibo_there.sign_in("admin")("{ a: readiness { code passed } b: readiness { code passed } }").data
    assert checks["a"] == checks["b"] != []
