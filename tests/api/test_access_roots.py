"""Every root field tried by nobody, by another district's people and by another area's: refused, with no data.

The fields are those of the schema. One without an entry here fails the test, and one that asks for no
permission cannot even be described.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from tests.api.access_attempts import may
from tests.api.access_roots import ROOTS
from tests.api.access_world import ITEM, World
from tests.api.casework import Run
from tests.api.clients import Client, Place
from tests.api.parts.people import STAFF_INPUTS
from tests.api.root_world import asked, filled_world, root_types, stranger
from tests.api.shapes import AREA, EVERYBODY, OFFICE, OPERATORS, PLATFORM

from bangban.kernel.access.roles import OperatorDuty, Reach
from bangban.kernel.tenancy.installation import Installation
from bangban.web.asks import asks_of_root
from bangban.web.services import AppServices

REFUSED: Final = {"UNAUTHENTICATED"}
GONE: Final = {"NOT_FOUND", "FORBIDDEN"}

# Asked of the platform, which has them for administrators inside their district and for operators.
ANY_SIDE: Final = {"Query.departure", "Mutation.exportDistrict", "Mutation.dropDistrict"}
# Signed-in callers ask for these; nobody else has anything to end.
NEEDS_SESSION: Final = {"Mutation.signOut", "Mutation.changePassword"}
STAFFING: Final = {
    *STAFF_INPUTS,
    *("addStaff", "updateStaff", "assignRole", "endAssignment", "inviteStaff"),
    *("setTeam", "setTeamMember", "endTeamMembership"),
}
# Names nothing of this district, so in another one it is refused as there.
OF_NOTHING_HERE: Final = {"Mutation.importStaff", "Mutation.createPortal"}
# Of the whole district: a part's administrator has none of it.
WHOLE_ONLY: Final = {"Query.portals"} | {
    f"Mutation.{name}" for name in ("createPortal", "updatePortal", "rotatePortalSecret", "disablePortal")
}
STAFF_ONLY: Final = {
    "Query.teams",
    "Mutation.importOfficialAreas",
    "Mutation.addGrids",
    "Mutation.revealMyData",
    "Mutation.setRetention",
}


@pytest.fixture(scope="module")
def world(installation: Installation, services: AppServices, api: Client, run: Run) -> World:
    return filled_world("access-roots", installation, services, api, run)


def holds(data: Any) -> bool:
    """Whether an answer tells of anything."""
    if isinstance(data, dict):
        return any(holds(value) for value in data.values())
    return bool(data)


# ---------------------------------------------------------------------- there is an entry for each


def test_every_root_field_is_tried_here() -> None:
    fields = {f"{type_.name}.{name}" for type_ in root_types() for name in type_.fields}
    assert fields == set(ROOTS)


# ---------------------------------------------------------------------- who may, so that the rest means something


@pytest.mark.parametrize("name", ROOTS)
def test_who_may_gets_an_answer(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    who = root.caller if root.caller in world.people else f"{root.caller} COUNTY"
    heard = asked(
        app, world, name, stranger(world.anonymous if who not in world.people else world.client(who))
    )
    if root.found:
        assert heard.code in (*root.found, None), heard
    else:
        assert heard.code is None, heard
        empty = root.may_be_empty or name in ("Query.onboarding", "Query.teams", "Query.localDays")
        assert holds(heard.data) or empty, heard


# ---------------------------------------------------------------------- nobody


@pytest.mark.parametrize("name", ROOTS)
def test_nobody_gets_only_what_is_open(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    heard = asked(app, world, name, stranger(world.anonymous))
    if root.of in (AREA, OFFICE, OPERATORS, PLATFORM) or name in NEEDS_SESSION | STAFF_ONLY:
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED")
    else:
        assert heard.code in (root.found or (None,)), heard


@pytest.mark.parametrize("name", ROOTS)
def test_without_a_district_there_is_nothing_of_any(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    heard = asked(app, world, name, stranger(world.api))
    if name in ANY_SIDE:
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED")
    elif root.of not in (EVERYBODY, OPERATORS, PLATFORM):
        assert (heard.data, heard.code) == (None, "DISTRICT_REQUIRED")
    elif root.of in (OPERATORS, PLATFORM) or name in NEEDS_SESSION:
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED")


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ey" * 400])
def test_a_token_that_is_none_is_never_passed_off_as_nobody(app: Starlette, world: World, token: str) -> None:
    false = stranger(world.anonymous, Authorization=f"Bearer {token}")
    for name in ("Query.districts", "Query.district", "Query.viewer", "Query.cases", "Mutation.applyForCase"):
        heard = asked(app, world, name, false)
        assert (heard.data, heard.code) == (None, "UNAUTHENTICATED"), name
    heard = asked(app, world, "Subscription.caseChanged", false)
    assert (heard.data, heard.closed) == (None, 4403)


# ---------------------------------------------------------------------- the wrong district


@pytest.mark.parametrize("name", ROOTS)
def test_a_token_of_one_district_and_the_header_of_another_get_nothing(
    app: Starlette, world: World, rushan: Place, name: str
) -> None:
    callers = [
        stranger(rushan.sign_in("clerk-county"), X_District=world.slug),
        stranger(world.client("window-clerk COUNTY"), X_District="rushan"),
    ]
    for who in callers:
        heard = asked(app, world, name, who)
        if name.startswith("Subscription."):
            assert (heard.data, heard.closed) == (None, 4403)
        else:
            assert (heard.data, heard.code) == (None, "DISTRICT_MISMATCH")


@pytest.mark.parametrize("district", ["no-such-district", "d_rushan", "..", "Rushan", "rushan;"])
def test_a_district_that_is_not_there_is_refused(world: World, district: str) -> None:
    assert world.api.as_(X_District=district)("{ district { slug } }").code == "DISTRICT_UNKNOWN"


@pytest.mark.parametrize("name", [name for name, root in ROOTS.items() if root.of != EVERYBODY])
def test_the_people_of_another_district_find_nothing_of_this_one(
    app: Starlette, world: World, rushan: Place, name: str
) -> None:
    root = ROOTS[name]
    logins = {name: name for name in ("supervisor", "auditor", "admin")}
    login = (
        "clerk-county"
        if root.of in (OFFICE, OPERATORS, PLATFORM)
        else logins.get(root.caller, "clerk-county")
    )
    client = rushan.sign_in(login)
    heard = asked(app, world, name, stranger(client))
    ours = {str(area.id) for area in world.areas.values()} | {str(each.id) for each in world.people.values()}
    ours |= {world.marks["number"], ITEM, str(world.item), world.slug}
    assert not any(mark in json.dumps(heard.data) for mark in ours), heard
    if root.of in (OFFICE, OPERATORS, PLATFORM) or (name.startswith("Mutation.") and root.of == AREA):
        assert heard.data is None
        alone = {"INVALID_INPUT"} if name in OF_NOTHING_HERE else set()
        assert heard.code in GONE | alone, heard
    if name in ("Query.area", "Query.service", "Query.case"):
        assert not holds(heard.data)


# ---------------------------------------------------------------------- the wrong kind of account


@pytest.mark.parametrize("name", [name for name, root in ROOTS.items() if root.of == OPERATORS])
def test_what_is_the_platforms_is_nobody_elses(
    app: Starlette, world: World, rushan: Place, name: str
) -> None:
    (permission,) = asks_of_root(*name.split(".")).permissions
    duties = [duty.role for duty in OperatorDuty if not may(duty.role, permission, Reach.PLATFORM)]
    assert len(duties) in {1, 2}
    clients = [world.client(who) for who in ("window-clerk COUNTY", "auditor COUNTY", "resident", *duties)]
    for client in (*clients, rushan.sign_in("admin")):
        heard = asked(app, world, name, stranger(client))
        assert (heard.data, heard.code) == (None, "FORBIDDEN"), client.headers


# ---------------------------------------------------------------------- the wrong area


@pytest.mark.parametrize("name", [name for name, root in ROOTS.items() if root.of in (AREA, OFFICE)])
def test_the_people_of_another_area_find_nothing_of_this_one(app: Starlette, world: World, name: str) -> None:
    root = ROOTS[name]
    who = "another resident" if root.caller == "resident" else f"{root.caller} elsewhere"
    heard = asked(app, world, name, stranger(world.client(who)))
    if root.of == OFFICE:
        assert (heard.data, heard.code) == (None, "FORBIDDEN")
    elif name == "Query.staff":  # an auditor sees the staff of the audited area
        seen = {edge["node"]["id"] for edge in heard.data["staff"]["edges"]}
        wanted = {str(person.id) for who, person in world.people.items() if who.endswith(" elsewhere")}
        assert seen == wanted
    elif name == "Query.staffAccounts":
        ours = {str(world.people["leaver"].id), str(world.people["helper GRID"].id)}
        seen = {edge["node"]["id"] for edge in heard.data["staffAccounts"]["edges"]}
        assert str(world.people["admin elsewhere"].id) in seen
        assert not seen & ours
    elif name == "Mutation.importStaff":  # each part's administrator may; a line outside the part is at fault
        assert (heard.data, heard.code) == (None, "INVALID_INPUT")
    elif name in WHOLE_ONLY:
        assert (heard.data, heard.code) == (None, "FORBIDDEN")
    elif name == "Subscription.casesChanged":  # an inbox of their own, in which nothing happens
        nothing = {"kind": "REFRESH", "caseId": None, "number": None, "case": None}
        assert heard.data == {"casesChanged": nothing}, heard
    elif root.wrong_area:
        assert (heard.code or "DATA") == root.wrong_area, heard
    elif name.startswith("Query."):
        assert heard.code is None
        assert not holds(heard.data), heard
    else:
        assert heard.data is None
        open_to_all = name == "Mutation.applyForCase" or name.endswith(
            ("Area", "Areas")
        )  # whose areas are public
        of_staff = name.removeprefix("Mutation.") in STAFFING  # colleagues know of each other
        assert heard.code == ("FORBIDDEN" if open_to_all or of_staff else "NOT_FOUND"), heard


def test_no_query_mixes_what_is_allowed_with_what_is_not(world: World) -> None:
    """One refused field refuses the operation: nothing runs, so nothing of the rest comes back either."""
    helper = world.client("helper VILLAGE")
    reply = helper("{ cases { totalCount } auditTrail { totalCount } }")
    assert reply.code == "FORBIDDEN"
    assert reply.body.get("data") is None
    anonymous = world.anonymous("{ district { slug } cases { totalCount } }")
    assert anonymous.code == "UNAUTHENTICATED"
    assert anonymous.body.get("data") is None


def test_a_type_is_guarded_wherever_it_is_reached(world: World) -> None:
    """Neither an alias, a fragment nor a skipped directive is a way around the permission."""
    ways = [
        "{ a: cases { totalCount } }",
        "query { ...Q } fragment Q on Query { cases { edges { node { id } } } }",
        "query($no: Boolean = true) { district { slug } cases @include(if: $no) { totalCount } }",
        "{ ... on Query { ... { cases { totalCount } } } }",
    ]
    for way in ways:
        reply = world.anonymous(way)
        assert (reply.code, reply.body.get("data")) == ("UNAUTHENTICATED", None), way
    skipped = world.anonymous(
        "query($no: Boolean = false) { district { slug } cases @include(if: $no) { totalCount } }"
    )
    assert skipped.data == {"district": {"slug": world.slug}}
