"""The area tree's rules, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from bangban.features.areas.problems import (
    AreaKindMisplaced,
    AreaNameMissing,
    AreaRetired,
    AreaTooHigh,
    AreaUnderItself,
    RootAreaFixed,
)
from bangban.features.areas.rules import AreaNode, ChangeKind, changes_of, check_child, check_move, check_name
from bangban.features.areas.values import AreaKind
from bangban.kernel.levels import AreaLevel


def node(kind: AreaKind, parent: AreaNode | None = None, *, retired: bool = False) -> AreaNode:
    own = uuid4()
    return AreaNode(
        id=own,
        key=own.hex,
        code=None,
        name=kind.value,
        full_name=kind.value,
        level=kind.level,
        kind=kind,
        parent_id=parent.id if parent else None,
        path=f"{parent.path}.{own.hex}" if parent else own.hex,
        position=0,
        provenance="own",
        retired_on=date(2025, 1, 1) if retired else None,
    )


COUNTY = node(AreaKind.COUNTY)
TOWN = node(AreaKind.TOWN, COUNTY)
VILLAGE = node(AreaKind.VILLAGE, TOWN)


@pytest.mark.parametrize(
    ("parent", "kind", "level", "refusal"),
    [
        (COUNTY, AreaKind.COUNTY, AreaLevel.COUNTY, RootAreaFixed),
        (None, AreaKind.TOWN, AreaLevel.TOWN, RootAreaFixed),
        (VILLAGE, AreaKind.TOWN, AreaLevel.TOWN, AreaTooHigh),
        (VILLAGE, AreaKind.COMMUNITY, AreaLevel.VILLAGE, AreaTooHigh),
        (COUNTY, AreaKind.GRID, AreaLevel.TOWN, AreaKindMisplaced),
        (node(AreaKind.TOWN, COUNTY, retired=True), AreaKind.GRID, AreaLevel.GRID, AreaRetired),
    ],
)
def test_what_may_not_stand_there_is_refused(
    parent: AreaNode | None, kind: AreaKind, level: AreaLevel, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_child(parent, level=level, kind=kind)


def test_levels_may_be_skipped() -> None:
    check_child(COUNTY, level=AreaLevel.GRID, kind=AreaKind.GRID)


def test_nothing_moves_under_itself_and_the_county_stays() -> None:
    with pytest.raises(AreaUnderItself):
        check_move(TOWN, VILLAGE)
    with pytest.raises(RootAreaFixed):
        check_move(COUNTY, TOWN)


def test_a_name_is_trimmed_and_needed() -> None:
    assert check_name(" 甲镇 ") == "甲镇"
    with pytest.raises(AreaNameMissing):
        check_name("  ")


def test_history_names_each_change_and_nothing_for_a_followed_path() -> None:
    changed = replace(VILLAGE, name="新名", code="1", path="x.y", retired_on=date(2026, 1, 1))
    assert [change.kind for change in changes_of(VILLAGE, changed)] == [
        ChangeKind.RENAMED,
        ChangeKind.RECODED,
        ChangeKind.RETIRED,
    ]
    assert list(changes_of(VILLAGE, replace(VILLAGE, path="x.y"))) == []
