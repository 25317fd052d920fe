"""A district says over the API what is booked, how long and how often; what was booked before stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.casework import Desk, fresh, mutation_of, together
from tests.api.clients import Client, refusal
from tests.api.parts.bookings import BOOK, booked, lounge, moment

from bangban.features.places.values import PointKind

SECTION = "bookings { kinds slotMinutes capacity daysAhead }"
CONFIGURE = mutation_of("configureDistrict", SECTION)
SHOWN = f"{{ district {{ {SECTION} }} }}"
SETTLE = mutation_of("settleBooking", "state")
USUAL = {"kinds": ["LOUNGE", "BANK"], "slotMinutes": 30, "capacity": 2, "daysAhead": 14}


@pytest.fixture
def admin(desk: Desk) -> Iterator[Client]:
    """The administrator, after whom everything is as usual again."""
    admin = desk.staff("admin")
    yield admin
    configured(admin, None)


def configured(admin: Client, section: dict[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = admin(CONFIGURE, input={"bookings": section}).data["configureDistrict"]
    return dict(found["bookings"])


def test_a_section_is_set_member_by_member_and_goes_back_to_what_is_usual(desk: Desk, admin: Client) -> None:
    assert desk.place.anonymous(SHOWN).data["district"]["bookings"] == USUAL
    assert configured(admin, {"kinds": ["HALL"], "capacity": 1}) == USUAL | {"kinds": ["HALL"], "capacity": 1}
    assert configured(admin, {"slotMinutes": 60}) == {
        **USUAL,
        "kinds": ["HALL"],
        "capacity": 1,
        "slotMinutes": 60,
    }
    assert configured(admin, {"kinds": []})["kinds"] == [], "nowhere"
    assert configured(admin, {"kinds": None, "slotMinutes": None}) == USUAL | {"capacity": 1}
    assert configured(admin, None) == USUAL
    query = f'{{ districts(search: "zouping") {{ edges {{ node {{ {SECTION} }} }} }} }}'
    assert desk.place.api(query).data["districts"]["edges"][0]["node"]["bookings"] is None


def test_every_fault_is_named_and_nothing_is_kept_of_what_was_given_with_it(
    desk: Desk, admin: Client
) -> None:
    wrong = {"slotMinutes": 9, "capacity": 0, "daysAhead": 61, "kinds": ["LOUNGE"]}
    reply = admin(CONFIGURE, input={"bookings": wrong, "circleMinutes": 500})
    assert refusal(reply)[0] == "INVALID_INPUT"
    named = {"circleMinutes", *(f"bookings.{each}" for each in wrong if each != "kinds")}
    assert set(reply.body["errors"][0]["extensions"]["fields"]) == {f"input.{each}" for each in named}
    for login in ("guide", "auditor", "dispatcher"):
        assert desk.staff(login)(CONFIGURE, input={"bookings": {"capacity": 3}}).code == "FORBIDDEN"
    assert desk.place.anonymous(SHOWN).data["district"]["bookings"] == USUAL


def test_two_at_once_who_change_different_members_both_have_their_way(desk: Desk, admin: Client) -> None:
    given: tuple[dict[str, Any], ...] = ({"capacity": 7}, {"daysAhead": 21}, {"slotMinutes": 45})
    replies = desk.run(together(*(admin.send(CONFIGURE, input={"bookings": each}) for each in given)))
    assert all("errors" not in reply.body for reply in replies)
    found = desk.place.anonymous(SHOWN).data["district"]["bookings"]
    assert found == {**USUAL, "capacity": 7, "daysAhead": 21, "slotMinutes": 45}


def test_what_is_booked_next_follows_the_change_and_what_was_booked_stays(desk: Desk, admin: Client) -> None:
    point, hall = lounge(desk), lounge(desk, kind=PointKind.HALL)
    first, second = fresh(), fresh()
    kept, left = booked(desk, first, point), booked(desk, second, point)  # both places at nine
    configured(admin, {"kinds": ["HALL", "LOUNGE"], "slotMinutes": 60, "capacity": 1, "daysAhead": 3})

    def tried(place: str, **when: int) -> str:
        reply = desk.resident(fresh())(BOOK, input={"pointId": place, "beginsAt": moment(desk, **when)})
        return str(reply.code if "errors" in reply.body else reply.data["bookPoint"]["placeNo"])

    assert tried(point) == "FULLY_BOOKED", "half of the longer slot is booked already"
    assert tried(point, hour=10) == tried(hall) == "1"
    assert tried(hall) == "FULLY_BOOKED", "one at a time"
    assert tried(hall, minute=30) == tried(hall, days=4) == "INVALID_INPUT"
    configured(admin, {"kinds": ["HALL"]})
    assert tried(point, days=2) == "INVALID_INPUT", "lounges take none any more"
    mine = desk.resident(second)("{ bookings { edges { node { id state placeNo } } } }").data["bookings"][
        "edges"
    ]
    assert [each["node"] for each in mine] == [{"id": left, "state": "BOOKED", "placeNo": 2}]
    for n, booking in ((first, kept), (second, left)):
        reply = desk.resident(n)(SETTLE, input={"id": booking, "outcome": "CANCELLED"})
        assert reply.data["settleBooking"]["state"] == "CANCELLED"
