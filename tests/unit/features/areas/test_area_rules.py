"""The area tree's rules, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangban.features.areas.problems import (
    AreaKindMisplaced,
    AreaNameMissing,
    AreaRetired,
    AreasFaulty,
    AreaTooHigh,
    AreaUnderItself,
    RootAreaFixed,
)
from bangban.features.areas.rules import (
    AreaDraft,
    AreaNode,
    ChangeKind,
    ImportPlan,
    changes_of,
    check_child,
    check_move,
    check_name,
    plan_import,
)
from bangban.features.areas.values import AreaKind
from bangban.kernel.levels import AreaLevel

KINDS = (AreaKind.COUNTY, AreaKind.TOWN, AreaKind.VILLAGE, AreaKind.GRID, AreaKind.MICRO_GRID)


def draft(key: str, parent: str | None, kind: AreaKind) -> AreaDraft:
    return AreaDraft(key=key, parent=parent, kind=kind, level=kind.level, name=f"区域{key}")


def stored_after(plan: ImportPlan, before: list[AreaNode]) -> list[AreaNode]:
    """What a database would hold once the plan is written."""
    nodes = {node.key: node for node in before}
    nodes |= {node.key: node for node in (*plan.created, *plan.changed)}
    return list(nodes.values())


@st.composite
def trees(draw: st.DrawFn) -> list[AreaDraft]:
    """Trees in which levels may be skipped, in any order."""
    drafts = [draft("c", None, AreaKind.COUNTY)]
    for number in range(draw(st.integers(0, 12))):
        parent = draw(st.sampled_from([each for each in drafts if each.level is not AreaLevel.MICRO_GRID]))
        kind = draw(st.sampled_from([each for each in KINDS if each.level.depth > parent.level.depth]))
        drafts.append(draft(f"a{number}", parent.key, kind))
    return list(draw(st.permutations(drafts)))


@given(first=trees(), second=trees())
def test_any_import_gives_one_whole_tree_and_again_changes_nothing(
    first: list[AreaDraft], second: list[AreaDraft]
) -> None:
    stored: list[AreaNode] = []
    for wished in (first, second):
        try:
            plan = plan_import(stored, wished, new_id=uuid4)
        except AreasFaulty:
            return  # what stays of the first tree may not fit under the second
        stored = stored_after(plan, stored)
        by_id = {node.id: node for node in stored}
        assert sum(node.parent_id is None for node in stored) == 1
        for node in stored:
            above = by_id[node.parent_id].path + "." if node.parent_id else ""
            assert node.path == above + node.id.hex
        again = plan_import(stored, wished, new_id=uuid4)
        assert (again.created, again.changed, again.changes) == ((), (), ())
        assert again.unchanged == len(wished)


@given(wished=trees())
def test_parents_are_created_before_their_children(wished: list[AreaDraft]) -> None:
    seen: set[UUID | None] = {None}
    for node in plan_import([], wished, new_id=uuid4).created:
        assert node.parent_id in seen
        seen.add(node.id)


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
