"""What is wrong with the areas that an import states, every fault named at once. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bangban.features.areas.problems import AreaFault
from bangban.features.areas.rules import AreaDraft, AreaNode
from bangban.kernel.identifiers.names import shown_name
from bangban.kernel.levels import AreaLevel


def import_faults(stored: Mapping[str, AreaNode], drafts: Sequence[AreaDraft]) -> Iterator[AreaFault]:
    """All that keeps the drafts from being one whole tree with what is ``stored``, each by its key."""
    drafted = {draft.key: draft for draft in drafts}
    keys = Counter(draft.key for draft in drafts)
    for key, uses in keys.items():
        if uses > 1:
            yield AreaFault(key, "键重复。", "the key stands here twice.")
    yield from _code_faults(stored, drafted)
    yield from _root_faults(stored, drafted)
    for draft in drafted.values():
        yield from _draft_faults(draft, stored, drafted)
    levels = {key: node.level for key, node in stored.items()}
    levels |= {key: draft.level for key, draft in drafted.items()}
    by_id = {node.id: node.key for node in stored.values()}
    for key, node in stored.items():
        # What the import does not name stays under its parent, whose level may change.
        if key not in drafted and node.parent_id and levels[by_id[node.parent_id]].depth >= node.level.depth:
            yield AreaFault(
                by_id[node.parent_id],
                f"其下的“{node.name}”层级不再更低。",
                f"{node.name} below it would not be of a deeper level.",
            )


def _code_faults(stored: Mapping[str, AreaNode], drafted: Mapping[str, AreaDraft]) -> Iterator[AreaFault]:
    holders: dict[str, str] = {
        node.code: key for key, node in stored.items() if node.code and key not in drafted
    }
    for key, draft in drafted.items():
        if draft.code and holders.setdefault(draft.code, key) != key:
            yield AreaFault(
                key,
                f"代码 {draft.code} 已用于 {holders[draft.code]}。",
                f"the code {draft.code} belongs to {holders[draft.code]}.",
            )


def _root_faults(stored: Mapping[str, AreaNode], drafted: Mapping[str, AreaDraft]) -> Iterator[AreaFault]:
    roots = {key for key, draft in drafted.items() if draft.level is AreaLevel.COUNTY}
    roots |= {key for key, node in stored.items() if node.level is AreaLevel.COUNTY}
    if len(roots) != 1:
        names = ", ".join(sorted(roots)) or "-"
        yield AreaFault(names, "应恰好有一个县级区域。", "there must be exactly one county.")


def _draft_faults(
    draft: AreaDraft, stored: Mapping[str, AreaNode], drafted: Mapping[str, AreaDraft]
) -> Iterator[AreaFault]:
    if not draft.key.strip() or shown_name(draft.name) is None:
        yield AreaFault(draft.key, "区域应有键和名称。", "an area needs a key and a name.")
    if draft.kind.level is not draft.level:
        yield AreaFault(
            draft.key,
            f"类型 {draft.kind} 不属于层级 {draft.level}。",
            f"the kind {draft.kind} does not stand on level {draft.level}.",
        )
    if (draft.parent is None) != (draft.level is AreaLevel.COUNTY):
        yield AreaFault(draft.key, "只有县级区域没有上级。", "the county, and nothing else, has no parent.")
    elif draft.parent is not None:
        parent = drafted.get(draft.parent) or stored.get(draft.parent)
        if parent is None:
            yield AreaFault(
                draft.key, f"没有上级区域“{draft.parent}”。", f"there is no parent area {draft.parent}."
            )
        elif parent.level.depth >= draft.level.depth:
            yield AreaFault(
                draft.key,
                f"层级应低于上级“{parent.name}”。",
                f"it must be of a deeper level than {parent.name}.",
            )
        elif isinstance(parent, AreaNode) and parent.retired_on is not None:
            yield AreaFault(
                draft.key, f"上级“{parent.name}”已停用。", f"its parent {parent.name} is retired."
            )
