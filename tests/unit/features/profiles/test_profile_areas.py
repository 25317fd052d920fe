"""The area tree of a profile: parents before children, every bad row named once, sets that never vary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.profiles.area_sets import even_shares
from bangban.features.profiles.reader import read_profile
from bangban.kernel.levels import AreaLevel

TENANTS = Path(__file__).parents[4] / "tenants"
AREAS = (Path(__file__).parent / "sound" / "areas.csv").read_text(encoding="utf-8")
Write = Callable[..., Path]
Reasons = Callable[..., list[str]]
TEMPLATE = TENANTS / "template"


def rows(*lines: str) -> tuple[str, str, str]:
    """The sound file with lines added at its end (from line 7 on)."""
    return "areas.csv", AREAS, AREAS + "".join(f"{line}\n" for line in lines)


def test_parents_come_before_children_whatever_the_order_of_the_file(write: Write) -> None:
    header, *lines = AREAS.splitlines(keepends=True)
    folder = write(("areas.csv", AREAS, header + "".join(reversed(lines))))
    seen: set[str] = set()
    for area in read_profile(folder, template=TEMPLATE).areas:
        assert area.parent is None or area.parent in seen
        seen.add(area.key)


def test_a_parent_may_be_named_by_code_or_by_key(write: Write) -> None:
    folder = write(
        rows(
            "park-1,,999901,园区,园区,TOWN,PARK,sample",
            ",999901400401,park-1,戌社区,戌社区,VILLAGE,COMMUNITY,sample",
        )
    )
    areas = {area.key: area for area in read_profile(folder, template=TEMPLATE).areas}
    assert areas["park-1"].parent == "county"
    assert areas["999901400401"].parent == "park-1"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",,county,丙镇,丙镇,TOWN,TOWN,sample", "An area needs a code, or a key"),
        ("Big,,county,丙镇,丙镇,TOWN,TOWN,sample", "An area needs a code, or a key"),
        ("c,,county,,,TOWN,TOWN,sample", "An area needs a name."),
        ("c,,county,丙,丙,CITY,TOWN,sample", "'CITY' is not a level."),
        ("c,,county,丙,丙,TOWN,CITY,sample", "'CITY' is not a kind of area."),
        ("c,,county,丙,丙,TOWN,TOWN,guess", "'guess' is not a provenance."),
        ("c,,county,丙,丙,TOWN,VILLAGE,sample", "The kind VILLAGE does not stand on level TOWN."),
        ("c,,grid-001,丙,丙,MICRO_GRID,MICRO_GRID,sample", "The level MICRO_GRID is not used"),
        ("c,9999011,county,丙,丙,TOWN,TOWN,sample", "A division code of level TOWN has 9 digits"),
        ("c,9.99E+08,county,丙,丙,TOWN,TOWN,sample", "A division code of level TOWN has 9 digits"),
        ("c,,nobody,丙,丙,TOWN,TOWN,sample", "There is no parent area 'nobody'."),
        ("c,,county,丙,丙,VILLAGE,VILLAGE,sample", "A VILLAGE hangs directly under the level above"),
        (",999901001,county,丙,丙,TOWN,STREET,sample", "'999901001' is already used in line 3."),
        ("county,,,丙,丙,COUNTY,COUNTY,sample", "'county' is already used in line 2."),
        ("second,,,丙,丙,COUNTY,COUNTY,sample", "There must be exactly one county; there are 2."),
        ("second,,county,丙,丙,COUNTY,COUNTY,sample", "The county has no parent."),
        ("c,,county,丙,丙,TOWN,TOWN", "This line has 7 cells where 8 are needed."),
        ('c,,county,"丙,丙,TOWN,TOWN,sample', "This is not valid CSV"),
    ],
)
def test_a_bad_row_is_named_with_its_line(faults: Reasons, row: str, reason: str) -> None:
    (found,) = faults(rows(row))
    assert found.startswith("areas.csv:7: error: ")
    assert reason in found


def test_a_bad_town_is_named_once_and_not_again_for_its_villages(faults: Reasons) -> None:
    found = faults(
        ("areas.csv", ",999901001,county,甲街道,甲街道,TOWN", ",999901001,county,甲街道,甲街道,CITY")
    )
    assert found == ["areas.csv:3: error: 'CITY' is not a level."]


def test_the_header_must_be_right(faults: Reasons) -> None:
    (found,) = faults(("areas.csv", "key,code", "id,code"))
    assert found == (
        "areas.csv:1: error: The first line must be: key,code,parent,name,full_name,level,kind,provenance"
    )


def test_the_countys_code_is_the_districts(faults: Reasons) -> None:
    (found,) = faults(("district.yaml", '"999901"', '"999902"'))
    assert "is not the division_code" in found


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c,888801100,county,丙镇,丙镇,TOWN,TOWN,sample", "does not begin with its parent's 999901"),
        ("c,999901002,county,丙镇,丙镇,TOWN,TOWN,sample", "is not usual for the kind TOWN"),
        ("c,999901401,county,丙镇,丙镇,TOWN,TOWN,sample", "is not usual for the kind TOWN"),
    ],
)
def test_an_unusual_code_is_only_a_warning(faults: Reasons, row: str, reason: str) -> None:
    (found,) = faults(rows(row))
    assert found.startswith("areas.csv:7: warning: ")
    assert reason in found


def test_the_same_name_twice_under_one_parent_is_a_warning(faults: Reasons) -> None:
    found = faults(rows("c,,county,乙镇,乙镇,TOWN,TOWN,sample"))
    assert [line.split(": ")[1] for line in found] == ["warning", "warning"]


class TestSets:
    def test_units_are_spread_evenly_and_keep_their_keys(self, write: Write) -> None:
        profile = read_profile(write(), template=TEMPLATE)
        grids = [(area.key, area.parent, area.name) for area in profile.areas if area.level is AreaLevel.GRID]
        assert grids == [
            ("grid-001", "999901001001", "子社区第1网格"),
            ("grid-002", "999901001001", "子社区第2网格"),
            ("grid-003", "999901100201", "丑村第1网格"),
        ]

    def test_a_set_may_stand_on_an_earlier_set(self, write: Write) -> None:
        micro = (
            "  - {key: micro, level: MICRO_GRID, kind: MICRO_GRID, "
            'under: "999901001", each: 2, name: "{i}"}\n'
        )
        folder = write(
            ("district.yaml", "VILLAGE, GRID]", "VILLAGE, GRID, MICRO_GRID]"),
            ("district.yaml", 'name: "{parent}第{n}网格"}\n', f'name: "{{parent}}第{{n}}网格"}}\n{micro}'),
        )
        profile = read_profile(folder, template=TEMPLATE)
        made = [(area.parent, area.name) for area in profile.areas if area.level is AreaLevel.MICRO_GRID]
        assert made == [("grid-001", "1"), ("grid-001", "2"), ("grid-002", "3"), ("grid-002", "4")]

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("under: county", "under: nowhere", "There is no area 'nowhere'."),
            ("kind: GRID", "kind: VILLAGE", "Level GRID does not go with kind VILLAGE"),
            (
                "level: GRID, kind: GRID",
                "level: MICRO_GRID, kind: MICRO_GRID",
                "is not used in this district",
            ),
            ("under: county", "under: grid-001", "There is no area 'grid-001'."),
            ("{parent}第", "{parent.name.zh}第", "“area_sets.0.name” must look like"),
            ("{parent}第", "{n:999999999}第", "“area_sets.0.name” must look like"),
            ("{parent}第", "{nobody}第", "“area_sets.0.name” must look like"),
            ("total: 3", "total: 20001", "must be at most 20000"),
        ],
    )
    def test_a_bad_set_is_named_with_its_line(self, faults: Reasons, old: str, new: str, reason: str) -> None:
        found = faults(("district.yaml", old, new), ("people.yaml", "level: GRID", "level: VILLAGE"))
        assert [line for line in found if line.startswith("district.yaml:8: error: ") and reason in line], (
            found
        )

    def test_a_set_without_parents_is_refused(self, faults: Reasons) -> None:
        found = faults(
            ("areas.csv", ",999901001001,999901001,子社区,子社区居委会,VILLAGE,COMMUNITY,sample\n", ""),
            ("district.yaml", "under: county", 'under: "999901001"'),
            ("people.yaml", "level: GRID", "level: VILLAGE"),
        )
        assert found == ["district.yaml:8: error: There is no area of level VILLAGE under '999901001'."]


@given(st.integers(0, 5000), st.integers(1, 300))
def test_shares_differ_by_one_at_most_and_add_up(total: int, places: int) -> None:
    shares = even_shares(total, places)
    assert sum(shares) == total
    assert len(shares) == places
    assert max(shares) - min(shares) <= 1
