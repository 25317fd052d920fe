"""Importing a tree of areas, without a database."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from bangban.features.areas.import_plan import ImportPlan, plan_import
from bangban.features.areas.problems import AreasFaulty
from bangban.features.areas.rules import AreaDraft, AreaNode
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
