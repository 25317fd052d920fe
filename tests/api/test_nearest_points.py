"""The nearest points are those that measuring all finds; coverage is what counting village by village gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.api.clients import Place, Reply

from bangban.features.places.hours import is_open, read_hours

EARTH = 6_371_008.8
POINTS = """query($after: String) { servicePoints(first: 100, after: $after, filter: {former: true}) {
    edges { node { id key kind longitude latitude since until openingHours agreement { since until } } }
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
CONFORMS = "query($a: ID!) { networkConformance(areaId: $a) { conforms } }"
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


def fields_of(reply: Reply) -> list[str]:
    fields: list[str] = reply.body["errors"][0]["extensions"]["fields"]
    return fields


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


def stands_at(point: dict[str, Any], moment: datetime) -> bool:
    """By the days of the point, and of the agreement without which a partner's outlet serves nobody."""
    if point["kind"] in {"BANK", "SHOP"} and not point["agreement"]:
        return False
    spans = [point] if point["agreement"] is None else [point, point["agreement"]]
    day = moment.date().isoformat()
    return all((each["since"] or day) <= day <= (each["until"] or day) for each in spans)


def is_open_at(point: dict[str, Any], moment: datetime, key: str = "Mo") -> bool:
    """By the rule that hours are read with; ``key`` is what the day counts as."""
    return stands_at(point, moment) and is_open(
        read_hours(point["openingHours"]), key=key, minute=moment.hour * 60 + moment.minute
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
        fit = [each for each in points if stands_at(each, datetime.now(MONDAY.tzinfo))]
        fit = [each for each in fit if "o" not in filters or is_open_at(each, MONDAY)]
        fit = [each for each in fit if "s" not in filters or each["key"] in takes]
        truth = sorted((metres(here, each), each["key"]) for each in fit)[:wanted]
        assert [each["metres"] for each in found] == pytest.approx(
            [round(away) for away, _ in truth], abs=1
        ), (here, filters)
        for each in found:
            assert each["walkingMinutes"] == pytest.approx(math.ceil(each["metres"] / 75), abs=1)


def test_a_partner_whose_agreement_is_over_serves_nobody(zibo_there: Place) -> None:
    points = {each["key"]: each for each in everything(zibo_there, POINTS, "servicePoints")}
    for key, there in (("bank-1", True), ("bank-7", False)):
        point = points[key]
        here = {"longitude": point["longitude"], "latitude": point["latitude"]}
        asked: tuple[dict[str, Any], ...] = ({}, {"o": MONDAY.isoformat()})
        for filters in asked:
            found = zibo_there.anonymous(NEAREST, l=here, n=1, **filters).data["nearestPoints"]
            assert ([each["point"]["key"] for each in found] == [key]) is there
    # While it ran, it served.
    before = datetime(2024, 12, 2, 10, tzinfo=MONDAY.tzinfo)
    only = zibo_there.anonymous(OPEN_ONLY, o=before.isoformat()).data["servicePoints"]["edges"]
    assert "bank-7" in {each["node"]["key"] for each in only}


def test_the_least_and_the_most_that_are_answered(zibo_there: Place) -> None:
    here = {"longitude": 118.05, "latitude": 36.84}
    for wanted in (1, 50):
        assert len(zibo_there.anonymous(NEAREST, l=here, n=wanted).data["nearestPoints"]) == wanted
    for wanted in (-3, 0, 51, 2_147_483_647):
        refused = zibo_there.anonymous(NEAREST, l=here, n=wanted)
        assert (refused.code, fields_of(refused)) == ("INVALID_INPUT", ["first"]), wanted
    for edge in ({"longitude": 73.0, "latitude": 54.0}, {"longitude": 136.0, "latitude": 3.0}):
        assert len(zibo_there.anonymous(NEAREST, l=edge, n=2).data["nearestPoints"]) == 2


def test_a_place_outside_china_is_refused_and_so_are_swapped_numbers(zibo_there: Place) -> None:
    swapped = {"longitude": 36.84, "latitude": 118.05}
    odd = [swapped, {"longitude": 500.0, "latitude": -90.0}, {"longitude": -180.0, "latitude": 90.0}]
    odd += [{"longitude": 136.1, "latitude": 36.8}, {"longitude": 118.0, "latitude": 2.9}]
    for here in odd:
        reply = zibo_there.anonymous(NEAREST, l=here, n=2)
        assert (reply.code, fields_of(reply)) == ("INVALID_INPUT", ["location"]), here
    for language, words in (("zh-CN", "写反"), ("en", "swapped")):
        reply = zibo_there.anonymous.as_(Accept_Language=language)(NEAREST, l=swapped, n=2)
        assert words in reply.body["errors"][0]["message"]
    literal = "{ nearestPoints(location: {longitude: 36.84, latitude: 118.05}) { metres } }"
    assert zibo_there.anonymous(literal).code == "INVALID_INPUT"


def test_an_item_that_the_catalog_has_not_is_none_that_nobody_takes(zibo_there: Place) -> None:
    here = {"longitude": 118.05, "latitude": 36.84}
    for code in ("TPL-SOCIAL-SECURITY-CRAD", "", CARD.lower()):
        reply = zibo_there.anonymous(NEAREST, l=here, n=2, s=code)
        assert (reply.code, fields_of(reply)) == ("NOT_FOUND", ["serviceCode"]), code
    both = f"""query($l: LocationInput!) {{ known: nearestPoints(location: $l, serviceCode: "{CARD}") {{ metres }}
        unknown: nearestPoints(location: $l, serviceCode: "X") {{ metres }} }}"""
    assert zibo_there.anonymous(both, l=here).code == "NOT_FOUND"
    # Known, but nothing takes it: an answer, and an empty one.
    all_ = zibo_there.anonymous("{ services(first: 100) { edges { node { code } } } }").data["services"][
        "edges"
    ]
    codes = {each["node"]["code"] for each in all_}
    points = everything(zibo_there, POINTS, "servicePoints")
    untaken = codes.difference(*(offered(zibo_there, each["id"]) for each in points))
    assert all(
        not zibo_there.anonymous(NEAREST, l=here, n=2, s=code).data["nearestPoints"] for code in untaken
    )


def test_minutes_of_a_circle_are_refused_rather_than_bent(zibo_there: Place) -> None:
    leader = zibo_there.sign_in("leader")
    for minutes in (-1, 0, 601, 2_147_483_647):
        reply = leader(COVERAGE, m=minutes)
        assert (reply.code, fields_of(reply)) == ("INVALID_INPUT", ["minutes"]), minutes
        assert "600" in reply.body["errors"][0]["message"]
    for minutes, metres_ in ((1, 75), (600, 45_000)):
        assert leader(COVERAGE, m=minutes).data["coverage"]["metres"] == metres_
    assert leader(COVERAGE).data["coverage"]["metres"] > 0  # the district's circle


def test_the_template_says_nothing_of_villages_and_grids(zibo_there: Place) -> None:
    leader = zibo_there.sign_in("leader")
    levels: dict[str, str] = {}
    for level in ("COUNTY", "TOWN", "VILLAGE", "GRID"):
        (edge,) = leader(
            "query($l: AreaLevel) { areas(level: $l, first: 1) { edges { node { id } } } }", l=level
        ).data["areas"]["edges"]
        levels[level] = edge["node"]["id"]
    for level, area in levels.items():
        reply = leader(CONFORMS, a=area)
        if level in ("COUNTY", "TOWN"):
            assert reply.data["networkConformance"]["conforms"] in (True, False)
        else:
            assert (reply.code, fields_of(reply)) == ("INVALID_INPUT", ["areaId"]), level
    nowhere = "00000000-0000-7000-8000-000000000000"
    assert leader(CONFORMS, a=nowhere).data == {"networkConformance": None}


def test_coverage_is_what_counting_village_by_village_gives(zibo_there: Place) -> None:
    villages = everything(zibo_there, VILLAGES, "areas")
    now = datetime.now(MONDAY.tzinfo)
    points = [each for each in everything(zibo_there, POINTS, "servicePoints") if stands_at(each, now)]
    points = [each for each in points if each["kind"] != "FIELD"]
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


def test_what_a_point_takes_is_read_on_from_a_code(zibo_there: Place) -> None:
    text = """query($p: ID!, $n: Int, $c: String) {
        pointServices(pointId: $p, first: $n, afterCode: $c) { service { code } } }"""
    point_id = zibo_there.anonymous("{ servicePoints(first: 1) { edges { node { id } } } }").data[
        "servicePoints"
    ]["edges"][0]["node"]["id"]
    pages: list[str] = []
    while page := [
        each["service"]["code"]
        for each in zibo_there.anonymous(text, p=point_id, n=2, c=pages[-1] if pages else None).data[
            "pointServices"
        ]
    ]:
        assert len(page) <= 2
        pages += page
    assert len(pages) > 2
    assert pages == sorted(offered(zibo_there, point_id))
    for few in (0, -1, 501):
        refused = zibo_there.anonymous(text, p=point_id, n=few)
        assert (refused.code, refused.body["errors"][0]["extensions"]["fields"]) == (
            "INVALID_INPUT",
            ["first"],
        )
