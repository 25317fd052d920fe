"""The application answers at all."""

from __future__ import annotations

from tests.api.casework import application, done, refused
from tests.api.clients import Client, Place


def test_directory_lists_the_live_districts_for_anybody(api: Client, zouping: Place) -> None:
    data = api(
        "query($s: String) { districts(search: $s) { edges { node { slug status } } } }", s="邹平"
    ).data
    assert {"slug": zouping.slug, "status": "LIVE"} in [edge["node"] for edge in data["districts"]["edges"]]


def test_a_clerk_signs_in_and_is_told_who_they_are(zouping: Place) -> None:
    viewer = zouping.sign_in("clerk-county")("{ viewer { kind assignments { role area { name } } } }").data[
        "viewer"
    ]
    assert viewer == {"kind": "STAFF", "assignments": [{"role": "window-clerk", "area": {"name": "邹平市"}}]}


def test_headcount_is_that_of_the_day_that_is_asked_for(zouping: Place) -> None:
    query = '{ teams(first: 100) { edges { node { now: headcount before: headcount(on: "1999-01-01") } } } }'
    teams = [edge["node"] for edge in zouping.sign_in("leader")(query).data["teams"]["edges"]]
    assert sum(team["now"] for team in teams) >= 1210  # DOMAIN 2.3: 40 teams of 1,210 people
    assert all(team["before"] == 0 for team in teams)


def test_a_district_offers_only_the_modes_that_its_profile_names(rushan: Place) -> None:
    clerk, county = rushan.sign_in("clerk-county"), rushan.ids["乳山市"]
    given = application(county, 7_700_001, serviceCode="TPL-DISABILITY-CARD")
    assert refused(clerk, "applyForCase", **given, modes=["ONLINE", "RELAY"]) == (
        "INVALID_INPUT",
        ["input.modes"],
    )
    assert done(clerk, "applyForCase", **given, modes=["ONLINE", "TRACKING"])["state"] == "SUBMITTED"
