"""What sections of a file name and the district has not is told at its line, and keeps nothing from being read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bangban.features.profiles.reader import read_profile

TEMPLATE = Path(__file__).parents[4] / "tenants" / "template"
SECTIONS = """\
hall: {batch: {team: nobody}}
orders:
  required_training:
    - NO-SUCH
assistance:
  next_steps:
    NOR-THIS: [NOR-THAT]
slug:"""


def test_items_and_teams_that_are_not_there_are_named_and_the_profile_is_read(
    faults: Callable[..., list[str]], write: Callable[..., Path]
) -> None:
    change = ("district.yaml", "slug:", SECTIONS)
    found = [each.split(": ", 1) for each in faults(change) if each.startswith("district.yaml")]
    said = [text for _, text in found]
    assert said == [
        "warning: There is no team 'nobody'.",
        "warning: There is no item 'NO-SUCH'.",
        "warning: There is no item 'NOR-THAT'.",
        "warning: There is no item 'NOR-THIS'.",
    ]
    first, training, *following = (int(place.partition(":")[2]) for place, _ in found)
    assert (training - first, {line - first for line in following}) == (3, {6})
    profile = read_profile(write(change), template=TEMPLATE)
    assert profile.sections["hall"] == {"batch": {"team": "nobody"}}


def test_a_team_that_is_named_has_no_last_day(faults: Callable[..., list[str]]) -> None:
    named = ("district.yaml", "slug:", "hall: {batch: {team: centre}}\nslug:")
    ends = ("people.yaml", "kind: CENTRE, at: county", "kind: CENTRE, at: county, to: 2099-12-31")
    (found,) = (each for each in faults(named, ends) if each.startswith("district.yaml"))
    assert found.endswith("error: The last day of the team 'centre' is 2099-12-31.")


def test_a_level_that_is_not_used_is_no_level_for_orders_to_fall_to(
    faults: Callable[..., list[str]], write: Callable[..., Path]
) -> None:
    kinds = "orders: {kinds: [{kind: NEED, falls_to: [MICRO_GRID, COUNTY]}]}\nslug:"
    change = ("district.yaml", "slug:", kinds)
    found = [each.split(": ", 1)[1] for each in faults(change) if each.startswith("district.yaml")]
    assert found == ["warning: The level MICRO_GRID is not used in this district."]
    assert read_profile(write(change), template=TEMPLATE).sections["orders"]["kinds"][0]["falls_to"]
