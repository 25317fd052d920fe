"""A point's own limits of a crowd: set with the point, seen by whoever oversees its hall, and held to (DOMAIN A05)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest
from tests.api.casework import PERMIT, Desk, mutation_of
from tests.api.clients import Place, refusal
from tests.api.halls import make_hall
from tests.api.named import text_of
from tests.api.parts.places import HEADER, fresh_point
from tests.api.staffing import bearer, joined, signed_in

SET = mutation_of("setServicePoint", "id crowd { queueLength waitMinutes }")
LIMITS = "query($p: ID!) { hall(pointId: $p) { crowdLimits { queueLength waitMinutes } } }"
TOWN = "371681101"
USUAL = {"queueLength": 20, "waitMinutes": 20}


def crowd_of(desk: Desk, point: dict[str, Any], **said: Any) -> Any:
    return desk.staff("admin")(SET, input={**point, **said}).data["setServicePoint"]["crowd"]


def test_what_is_left_out_stays_and_null_is_as_in_the_district(desk: Desk) -> None:
    point = fresh_point(desk)
    assert crowd_of(desk, point) is None
    own = {"queueLength": 8, "waitMinutes": 12}
    assert crowd_of(desk, point, crowd=own) == own
    assert crowd_of(desk, point, name="改名后的站") == own, "nothing was said of it"
    assert crowd_of(desk, point, crowd={"waitMinutes": 5}) == {"queueLength": None, "waitMinutes": 5}
    assert crowd_of(desk, point, crowd=None) is None
    assert crowd_of(desk, point, crowd=own) == own
    assert crowd_of(desk, point, crowd={"queueLength": None, "waitMinutes": None}) is None


def test_a_list_of_points_says_nothing_of_crowds_and_leaves_them(desk: Desk) -> None:
    point, own = fresh_point(desk), {"queueLength": 8, "waitMinutes": None}
    assert crowd_of(desk, point, crowd=own) == own
    line = f"{point['key']},STATION,{point['area']},改名后的站,117.7,36.8,24/7\n"
    file = {"name": "a.csv", "content": b64encode((HEADER + line).encode()).decode()}
    given = {"file": file, "apply": True}
    done = desk.staff("admin")(mutation_of("importServicePoints", "changed"), input=given)
    assert done.data["importServicePoints"]["changed"] == 1
    assert crowd_of(desk, point) == own


def test_limits_that_cannot_be_are_refused_at_their_place_and_nothing_is_changed(desk: Desk) -> None:
    point = fresh_point(desk)
    own = crowd_of(desk, point, crowd={"queueLength": 8})
    for wrong, field in (({"queueLength": 0}, "queueLength"), ({"waitMinutes": 481}, "waitMinutes")):
        refused = desk.staff("admin")(SET, input={**point, "crowd": wrong})
        assert refusal(refused) == ("INVALID_INPUT", [f"input.crowd.{field}"])
    assert crowd_of(desk, point) == own


def hall_in(desk: Desk, **said: Any) -> dict[str, str]:
    """A hall of the county with a guide, and one who waits; its point says so much of itself."""
    county, guide, clerk = desk.area("371681"), desk.staff_id("guide"), desk.staff_id("clerk-county")
    people = {"guide_id": UUID(guide), "clerk_id": UUID(clerk)}
    made = desk.inside(lambda work: make_hall(work, area_id=UUID(county), special=PERMIT, **people))
    key = f"hall-{UUID(made['point']).hex}"
    place = {"longitude": 117.7, "latitude": 36.9}
    point = {"key": key, "kind": "HALL", "area": "371681", "name": "样本大厅", "location": place}
    crowd_of(desk, {**point, "openingHours": "24/7"}, **said)
    return made


def crowds(desk: Desk, hall: dict[str, str], *, more: int) -> list[tuple[str, int]]:
    """Who waits there too many or too long, after so many more came."""
    guide = desk.staff("guide")
    for _ in range(more):
        given = {"pointId": hall["point"], "applicantKind": "PERSON", "purpose": "咨询"}
        visit = guide(mutation_of("greetVisitor", "id"), input=given).data["greetVisitor"]["id"]
        assert guide(mutation_of("issueTicket", "id"), input={"visitId": visit}).data
    found = desk.staff("leader")(text_of("Hall"), pointId=hall["point"]).data["hall"]["alerts"]
    return [(each["kind"], each["measured"]) for each in found if each["clearedAt"] is None]


def test_a_small_points_crowd_is_seen_at_its_own_limit_and_another_keeps_the_districts(desk: Desk) -> None:
    small, other = hall_in(desk, crowd={"queueLength": 2}), hall_in(desk)
    assert [crowds(desk, small, more=1), crowds(desk, small, more=1)] == [[], [("LENGTH", 3)]]
    assert crowds(desk, other, more=2) == []
    leader = desk.staff("leader")
    found = [leader(LIMITS, p=each["point"]).data["hall"]["crowdLimits"] for each in (small, other)]
    assert found == [{"queueLength": 2, "waitMinutes": 20}, USUAL]


def test_limits_are_the_districts_as_it_sets_them_and_for_staff_who_oversee_the_hall(desk: Desk) -> None:
    point, configure = (
        hall_in(desk, crowd={"waitMinutes": 9})["point"],
        mutation_of("configureDistrict", "slug"),
    )

    def seen(who: Any) -> Any:
        return who(LIMITS, p=point).data["hall"]["crowdLimits"]

    admin, leader = desk.staff("admin"), desk.staff("leader")
    assert admin(configure, input={"hall": {"crowd": {"queueLength": 33, "waitMinutes": 44}}}).data
    assert seen(leader) == {"queueLength": 33, "waitMinutes": 9}
    assert admin(configure, input={"hall": {"crowd": None}}).data
    assert seen(leader) == seen(desk.staff("guide")) == {"queueLength": 20, "waitMinutes": 9}
    assert desk.place.anonymous(LIMITS, p=point).code == "UNAUTHENTICATED"
    assert desk.staff("helper-village")(LIMITS, p=point).code == "FORBIDDEN"
    login = joined(desk, role="leader", area=TOWN)["login"]
    elsewhere = bearer(desk, signed_in(desk, login).data["signIn"]["accessToken"])
    assert seen(elsewhere) is None, "a leader of a town, below"


@pytest.mark.parametrize("login", ["admin", "leader"])
def test_a_sample_district_says_what_its_busiest_hall_bears(zibo: Place, login: str) -> None:
    client = zibo.sign_in(login)
    read = '{ servicePoint(key: "hall") { id crowd { queueLength waitMinutes } } }'
    point = zibo.anonymous(read).data["servicePoint"]
    assert point["crowd"] == {"queueLength": 30, "waitMinutes": 15}
    if login == "leader":
        assert client(LIMITS, p=point["id"]).data["hall"]["crowdLimits"] == point["crowd"]
