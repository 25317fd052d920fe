"""Teams and staff of a profile: exact headcounts, even spread, invented names, every bad reference named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.profiles.names import COUNT, invented_name
from bangban.features.profiles.reader import read_profile

TENANTS = Path(__file__).parents[4] / "tenants"
PEOPLE = (Path(__file__).parent / "sound" / "people.yaml").read_text(encoding="utf-8")
Write = Callable[..., Path]
Reasons = Callable[..., list[str]]
TEMPLATE = TENANTS / "template"


def people(old: str, new: str) -> tuple[str, str, str]:
    """A change to the sound people file."""
    return "people.yaml", old, new


def test_a_total_is_reached_exactly_and_spread_evenly(write: Write) -> None:
    staff = read_profile(write(), template=TEMPLATE).staff
    agents = Counter(one.assignments[0].area for one in staff if one.key.startswith("agent-"))
    assert agents == {"grid-001": 3, "grid-002": 2, "grid-003": 2}


def test_named_people_count_towards_a_total(write: Write) -> None:
    folder = write(
        people(
            "staff_sets:\n", "  - {key: first, assignments: [{role: helper, at: grid-002}]}\nstaff_sets:\n"
        )
    )
    staff = read_profile(folder, template=TEMPLATE).staff
    grids = [held.area for one in staff for held in one.assignments if held.area.startswith("grid-")]
    assert len(grids) == 7
    assert max(Counter(grids).values()) - min(Counter(grids).values()) <= 1


def test_teams_are_filled_with_people_at_their_own_area(write: Write) -> None:
    sets = """\
team_sets:
  - {key: town, name: {zh: "{area}队", en: "Team of {area}"}, kind: TOWN, level: TOWN, under: county}
staff_sets:
  - {key: member, role: helper, teams: [centre, town], total: 8, sources: [OFFICE, VOLUNTEER]}
"""
    profile = read_profile(write(people(PEOPLE[PEOPLE.index("staff_sets") :], sets)), template=TEMPLATE)
    assert [team.key for team in profile.teams] == ["centre", "town-999901001", "town-999901100"]
    assert profile.teams[1].name.zh == "甲街道队"
    members = Counter(team for one in profile.staff for team in one.teams)
    assert sum(members.values()) == 8
    assert max(members.values()) - min(members.values()) <= 1
    seats = {team.key: team.area for team in profile.teams}
    for one in profile.staff:
        if one.key.startswith("member-"):
            assert one.assignments[0].area == seats[one.teams[0]]
            assert not one.login


def test_named_staff_sign_in_and_sets_do_not(write: Write) -> None:
    staff = read_profile(write(), template=TEMPLATE).staff
    assert {one.key for one in staff if one.login} == {"admin", "auditor", "helper"}


def test_dates_are_inherited_from_person_and_file(write: Write) -> None:
    change = "key: helper, from: 2024-03-01, to: 2024-12-31, teams"
    folder = write(people("key: helper, teams", change))
    staff = {one.key: one for one in read_profile(folder, template=TEMPLATE).staff}
    assert str(staff["helper"].assignments[0].since) == "2024-03-01"
    assert str(staff["helper"].assignments[0].until) == "2024-12-31"
    assert str(staff["admin"].assignments[0].since) == "2024-01-01"


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("kind: CENTRE, at: county", "kind: CENTRE, at: nowhere", 3, "There is no area 'nowhere'."),
        ("teams: [centre]", "teams: [night]", 7, "There is no team 'night'."),
        ("kind: CENTRE, at: county", "kind: CENTRE, at: county, to: 2023-12-31", 7, "nobody comes to it on"),
        ('at: "999901001"', "at: 999901001", 7, "put codes made of digits in quotes"),
        ("role: helper, at", "role: wizard, at", 7, "must be one of"),
        ("role: helper, at", "role: resident, at", 7, "Nobody can be given the role resident."),
        ("key: helper, teams", "key: admin, teams", 7, "The person 'admin' exists already."),
        ("key: helper, teams", "key: helper, to: 2023-12-31, teams", 7, "before it begins"),
        ("role: auditor, at: county}]", "role: auditor, at: county}, {role: admin, at: county}]", 6, "audit"),
        ("total: 7", "total: 7, each: 1", 9, "exactly one of total and each"),
        ("total: 7", "total: 7, at: county", 9, "Give exactly one place"),
        ("under: county, total", "under: nowhere, total", 9, "There is no area 'nowhere'."),
        ("level: GRID", "level: MICRO_GRID", 9, "no area of level MICRO_GRID"),
        ("total: 7", "total: 7, team: night", 9, "There is no team 'night'."),
        ("level: GRID, under: county, total: 7", "teams: [night], total: 7", 9, "There is no team 'night'."),
    ],
)
def test_a_fault_stands_at_its_line(faults: Reasons, old: str, new: str, line: int, reason: str) -> None:
    found = faults(people(old, new))
    assert [each for each in found if each.startswith(f"people.yaml:{line}: error: ") and reason in each], (
        found
    )


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_somebody_administers_and_somebody_audits(faults: Reasons, role: str) -> None:
    found = faults(people(f"role: {role}", "role: guide"))
    assert found == [f"people.yaml:4: error: Somebody must hold the role {role}."]


def test_a_total_below_those_already_named_is_refused(faults: Reasons) -> None:
    named = "".join(f"  - {{key: g{n}, assignments: [{{role: helper, at: grid-001}}]}}\n" for n in range(3))
    (found,) = faults(people("staff_sets:\n", named + "staff_sets:\n"), people("total: 7", "total: 2"))
    assert "less than the 3 people" in found


def test_a_slip_of_the_pen_cannot_fill_the_memory(faults: Reasons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bangban.features.profiles.people.MOST_STAFF", 9)
    monkeypatch.setattr("bangban.features.profiles.area_sets.MOST_AREAS", 8)
    assert faults() == ["people.yaml:9: error: There would be more than 9 people."]
    (found,) = [line for line in faults(("district.yaml", "total: 3", "total: 4")) if "areas" in line]
    assert found == "district.yaml:8: error: There would be more than 8 areas."


def test_nobody_is_posted_where_there_are_only_addresses(faults: Reasons) -> None:
    found = faults(
        (
            "district.yaml",
            "levels: [COUNTY, TOWN, VILLAGE, GRID]",
            "levels: [COUNTY]\naddress_levels: [TOWN, VILLAGE, GRID]",
        ),
        ("services.yaml", "effective_from", "without: []\neffective_from"),
    )
    assert found == [
        "people.yaml:7: error: 甲街道 is a place only: nobody works at the level TOWN here.",
        "people.yaml:9: error: There is no area of level GRID under 'county' where anybody works.",
    ]


class TestPolicy:
    def test_own_lines_are_read(self, write: Write) -> None:
        line = b"p, guide, TOWN, case, read, deny\n"
        profile = read_profile(write(raw={"policy.csv": b"# own\n" + line}), template=TEMPLATE)
        assert [(each.role, each.effect, each.number) for each in profile.policy] == [("guide", "deny", 2)]

    def test_a_bad_line_is_named(self, faults: Reasons) -> None:
        found = faults(raw={"policy.csv": b"p, wizard, TOWN, case, read, allow\ng, guide, admin\n"})
        assert [each.split(":")[:2] for each in found] == [["policy.csv", "1"], ["policy.csv", "2"]]


@given(st.sampled_from(["zouping", "rushan"]), st.integers(0, COUNT - 1), st.integers(0, COUNT - 1))
def test_invented_names_differ_and_stay(district: str, one: int, other: int) -> None:
    assert invented_name(district, one) == invented_name(district, one)
    assert (invented_name(district, one) == invented_name(district, other)) == (one == other)
    assert len(invented_name(district, one)) == 3
