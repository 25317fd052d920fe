"""The eight sample districts say what the districts themselves say, count by count."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from bangban.features.areas.values import AreaKind
from bangban.features.catalog.values import CaseType
from bangban.features.profiles.profile import Profile
from bangban.features.profiles.reader import check_profile, read_profile
from bangban.features.profiles.values import Employment, HelpMode, Provenance
from bangban.kernel.access.roles import Role
from bangban.kernel.levels import AreaLevel

TENANTS = Path(__file__).parents[4] / "tenants"
SLUGS = (
    "jining-hitech",
    "nanjing-jiangning",
    "nanjing-pukou",
    "nanjing-qixia",
    "nanjing-xuanwu",
    "rushan",
    "zibo-hitech",
    "zouping",
)
L = AreaLevel
LEVEL_COUNTS = {
    "jining-hitech": {L.COUNTY: 1, L.TOWN: 15, L.VILLAGE: 123},
    "nanjing-jiangning": {L.COUNTY: 1, L.TOWN: 15, L.VILLAGE: 212},
    "nanjing-pukou": {L.COUNTY: 1, L.TOWN: 15, L.VILLAGE: 125},
    "nanjing-qixia": {L.COUNTY: 1, L.TOWN: 21, L.VILLAGE: 142},
    "nanjing-xuanwu": {L.COUNTY: 1, L.TOWN: 8, L.VILLAGE: 61},
    "rushan": {L.COUNTY: 1, L.TOWN: 15, L.VILLAGE: 639},
    "zibo-hitech": {L.COUNTY: 1, L.TOWN: 4, L.VILLAGE: 145, L.GRID: 244, L.MICRO_GRID: 78},
    "zouping": {L.COUNTY: 1, L.TOWN: 16, L.VILLAGE: 859},
}
OFFICE = {
    Role.ADMIN,
    Role.DISPATCHER,
    Role.WINDOW_CLERK,
    Role.GUIDE,
    Role.HELPER,
    Role.SUPERVISOR,
    Role.LEADER,
    Role.AUDITOR,
}


@cache
def profile(slug: str) -> Profile:
    return read_profile(TENANTS / slug)


def under(slug: str, key: str, level: AreaLevel) -> list[str]:
    """Keys of the areas of ``level`` in the subtree of ``key``."""
    found: set[str] = {key}
    for area in profile(slug).areas:  # parents first
        if area.parent in found:
            found.add(area.key)
    return [area.key for area in profile(slug).areas if area.key in found and area.level is level]


def test_every_folder_is_one_of_the_eight() -> None:
    assert tuple(sorted(path.name for path in TENANTS.iterdir() if path.is_dir())) == tuple(
        sorted((*SLUGS, "template"))
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_district_has_neither_fault_nor_warning(slug: str) -> None:
    assert check_profile(TENANTS / slug) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_town_and_village_is_there(slug: str) -> None:
    assert Counter(area.level for area in profile(slug).areas) == LEVEL_COUNTS[slug]


@pytest.mark.parametrize("slug", SLUGS)
def test_everybody_is_invented_and_their_names_differ(slug: str) -> None:
    names = [one.name for one in profile(slug).staff]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("slug", SLUGS)
def test_somebody_can_sign_in_for_every_role_at_every_level_used(slug: str) -> None:
    level_of = {area.key: area.level for area in profile(slug).areas}
    able = {
        (held.role, level_of[held.area])
        for one in profile(slug).staff
        if one.login
        for held in one.assignments
    }
    assert {(role, AreaLevel.COUNTY) for role in OFFICE} <= able
    levels = profile(slug).levels
    assert {(Role.HELPER, level) for level in levels} <= able
    if AreaLevel.TOWN in levels:
        assert (Role.WINDOW_CLERK, AreaLevel.TOWN) in able


@pytest.mark.parametrize("slug", SLUGS)
def test_the_catalog_has_what_casework_needs(slug: str) -> None:
    levels = profile(slug).levels
    drafts = [item.draft for item in profile(slug).items]
    assert any(draft.case_type is CaseType.IMMEDIATE and draft.promised_working_days == 0 for draft in drafts)
    full = [
        draft
        for draft in drafts
        if draft.case_type is CaseType.PROMISED
        and sum(material.required for material in draft.materials) >= 2
        and any(material.required and material.tolerable for material in draft.materials)
        and any(material.core for material in draft.materials)
        and set(draft.handled_at) == {AreaLevel.COUNTY, AreaLevel.TOWN} & set(levels)
        and set(draft.pre_checked_at) == set(levels)
    ]
    assert full


@pytest.mark.parametrize("slug", SLUGS)
def test_help_online_is_always_offered_and_asks_for_nothing_more(slug: str) -> None:
    (online,) = [mode for mode in profile(slug).modes if mode.mode is HelpMode.ONLINE]
    assert online.required == ()


def test_prefixes_of_case_numbers_differ() -> None:
    assert len({profile(slug).case_prefix for slug in SLUGS}) == len(SLUGS)


def test_circles_are_as_stated() -> None:
    assert profile("zibo-hitech").circle_minutes == 5
    assert profile("nanjing-jiangning").circle_minutes == 15


class TestJining:
    def test_one_zone_has_ten_parks_with_sample_names(self) -> None:
        parks = [area for area in profile("jining-hitech").areas if area.kind is AreaKind.PARK]
        assert [park.name for park in parks] == [f"园区{number:02}" for number in range(1, 11)]
        assert {park.provenance for park in parks} == {Provenance.SAMPLE}
        assert all(park.code is None for park in parks)

    def test_the_team_has_sixty_people_and_every_park_a_helper(self) -> None:
        staff = profile("jining-hitech").staff
        assert (
            sum("paoxiaoqing" in one.teams for one in staff) == 60 == profile("jining-hitech").figure("staff")
        )
        helped = {held.area for one in staff for held in one.assignments if held.role is Role.HELPER}
        assert {area.key for area in profile("jining-hitech").areas if area.kind is AreaKind.PARK} <= helped


class TestZibo:
    def test_the_street_has_39_stations_205_grids_and_276_agents(self) -> None:
        grids = set(under("zibo-hitech", "370303008", AreaLevel.GRID))
        agents = Counter(
            held.area
            for one in profile("zibo-hitech").staff
            for held in one.assignments
            if held.role is Role.HELPER and held.area in grids
        )
        assert len(under("zibo-hitech", "370303008", AreaLevel.VILLAGE)) == 39
        assert len(grids) == 205
        assert sum(agents.values()) == 276
        assert set(agents) == grids
        assert sum("yijiaren" in one.teams for one in profile("zibo-hitech").staff) == 276

    def test_every_station_has_grids_and_somebody_at_its_desk(self) -> None:
        stations = set(under("zibo-hitech", "370303008", AreaLevel.VILLAGE))
        areas = profile("zibo-hitech").areas
        assert stations == {
            area.parent for area in areas if area.level is AreaLevel.GRID and area.parent in stations
        }
        held = {held.area for one in profile("zibo-hitech").staff for held in one.assignments}
        assert stations <= held

    def test_the_other_units_stand_as_the_district_says(self) -> None:
        counts = {
            key: len(under("zibo-hitech", key, AreaLevel.VILLAGE))
            for key in ("370303105", "baoshan", "gaoduan")
        }
        assert counts == {"370303105": 13, "baoshan": 30, "gaoduan": 63}
        placed = [area for area in profile("zibo-hitech").areas if area.provenance is Provenance.PLACED]
        assert {area.parent for area in placed} == {"baoshan"}
        made = [area for area in profile("zibo-hitech").areas if area.parent == "gaoduan"]
        assert {area.provenance for area in made} == {Provenance.SAMPLE}

    def test_the_zone_itself_has_no_code(self) -> None:
        assert profile("zibo-hitech").division_code is None
        assert profile("zibo-hitech").areas[0].kind is AreaKind.ZONE


class TestZouping:
    def test_forty_teams_hold_1210_people_beside_34_of_the_centre(self) -> None:
        teams = {team.key: team for team in profile("zouping").teams}
        members = Counter(team for one in profile("zouping").staff for team in one.teams)
        assert members.pop("centre") == 34
        assert Counter(teams[key].kind.value for key in members) == {"TOWN": 16, "DEPARTMENT": 24}
        assert sum(members.values()) == 1210
        centre = [one for one in profile("zouping").staff if "centre" in one.teams]
        assert {one.employment for one in centre} == {Employment.FULL_TIME}

    def test_it_offers_all_six_modes(self) -> None:
        assert [mode.mode for mode in profile("zouping").modes] == list(HelpMode)


class TestRushan:
    def test_it_works_at_county_level_and_knows_its_towns_as_places(self) -> None:
        assert profile("rushan").levels == (AreaLevel.COUNTY,)
        assert profile("rushan").address_levels == (AreaLevel.TOWN, AreaLevel.VILLAGE)
        held = {held.area for one in profile("rushan").staff for held in one.assignments}
        assert held == {"county"}

    def test_the_construction_permit_asks_for_thirteen_papers(self) -> None:
        drafts = {item.draft.code: item.draft for item in profile("rushan").items}
        assert len(drafts["TPL-CONSTRUCTION-PERMIT"].materials) == 13


class TestNanjing:
    @pytest.mark.parametrize(
        ("slug", "street", "communities"),
        [
            ("nanjing-qixia", "320113003", 19),
            ("nanjing-pukou", "320111004", 15),
            ("nanjing-jiangning", "320115002", 27),
        ],
    )
    def test_the_named_street_has_its_communities(self, slug: str, street: str, communities: int) -> None:
        assert len(under(slug, street, AreaLevel.VILLAGE)) == communities

    def test_special_units_are_parks(self) -> None:
        parks = {
            slug: sum(area.kind is AreaKind.PARK for area in profile(slug).areas)
            for slug in SLUGS
            if slug.startswith("nanjing")
        }
        assert parks == {
            "nanjing-jiangning": 5,
            "nanjing-pukou": 6,
            "nanjing-qixia": 12,
            "nanjing-xuanwu": 1,
        }

    def test_a_residence_permit_asks_for_the_landlords_papers(self) -> None:
        drafts = {item.draft.code: item.draft for item in profile("nanjing-qixia").items}
        codes = {material.code for material in drafts["TPL-RESIDENCE-PERMIT"].materials}
        assert {"LANDLORD-DEED", "LANDLORD-ID-CARD", "LEASE", "ID-CARD"} <= codes

    def test_stopping_social_insurance_takes_one_identity_card(self) -> None:
        drafts = {item.draft.code: item.draft for item in profile("nanjing-pukou").items}
        stop = drafts["NJPK-INSURANCE-STOP"]
        assert stop.case_type is CaseType.IMMEDIATE
        assert [material.code for material in stop.materials] == ["ID-CARD"]

    def test_two_specialists_solve_the_problem_first(self) -> None:
        assert sum("specialists" in one.teams for one in profile("nanjing-jiangning").staff) == 2


def test_display_names_leave_out_the_committee() -> None:
    for slug in SLUGS:
        for area in profile(slug).areas:
            assert not area.name.endswith(("委会", "委员会", "居委")), area.name


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_sample_shows_does_not_end_while_it_is_in_use(slug: str) -> None:
    """Whatever ends, ends long after anybody looks at samples, but for the agreement that shows how one is over."""
    found = profile(slug).places
    ends = [each.until for each in (*found.points, *found.agreements, *found.delegations) if each.until]
    assert sum(until.year < 2099 for until in ends) == (slug == "zibo-hitech")
