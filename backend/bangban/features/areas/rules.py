"""The rules of the area tree. Pure: what is stored and what is wished go in, what to write comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from bangban.features.areas.divisions import CODE_DIGITS
from bangban.features.areas.problems import (
    AreaCodeMalformed,
    AreaFault,
    AreaKindMisplaced,
    AreaNameMissing,
    AreaRetired,
    AreasFaulty,
    AreaTooHigh,
    AreaUnderItself,
    RootAreaFixed,
)
from bangban.features.areas.values import AreaKind
from bangban.kernel.access.paths import is_within, path_label
from bangban.kernel.levels import AreaLevel


class ChangeKind(StrEnum):
    """What can happen to an area. A change names before and after: names, codes, kinds, or parents' ids."""

    CREATED = "created"  # after: the name
    RENAMED = "renamed"
    RECODED = "recoded"
    RECLASSED = "reclassed"  # another kind, and perhaps level
    MOVED = "moved"  # before, after: ids of the parents
    RETIRED = "retired"  # after: the first day out of use
    RESTORED = "restored"  # before: the day it had been retired on


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaDraft:
    """An area as an import states it. ``key`` never changes; ``parent`` is another area's key."""

    key: str
    code: str | None = None
    parent: str | None = None
    name: str
    full_name: str | None = None
    level: AreaLevel
    kind: AreaKind
    provenance: str = "own"


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaNode:
    """An area as it is stored. ``path`` is made of the ids of its ancestors and its own."""

    id: UUID
    key: str
    code: str | None
    name: str
    full_name: str
    level: AreaLevel
    kind: AreaKind
    parent_id: UUID | None
    path: str
    position: int
    provenance: str
    retired_on: date | None


@dataclass(frozen=True, slots=True)
class AreaChange:
    """One line of an area's history."""

    area_id: UUID
    kind: ChangeKind
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """What an import writes. ``created`` and ``changed`` have parents before children."""

    created: tuple[AreaNode, ...]
    changed: tuple[AreaNode, ...]
    changes: tuple[AreaChange, ...]
    touched: int  # drafts whose stored area differs; ``changed`` also has areas that only follow those
    unchanged: int
    missing: tuple[AreaNode, ...]
    retired: int


def child_path(parent_path: str | None, area_id: UUID) -> str:
    """The path of an area under a parent; of the root where there is none."""
    label = path_label(area_id)
    return f"{parent_path}.{label}" if parent_path else label


# ---------------------------------------------------------------------- one area


def check_name(name: str) -> str:
    """The name without blanks around it. Raises ``AreaNameMissing``."""
    if not name.strip():
        raise AreaNameMissing(fields=("input.name",))
    return name.strip()


def check_in_use(area: AreaNode) -> None:
    """Raises ``AreaRetired``."""
    if area.retired_on is not None:
        raise AreaRetired(name=area.name, on=area.retired_on)


def check_code(code: str | None, level: AreaLevel) -> str | None:
    """The division code, if there is one, without blanks. Raises ``AreaCodeMalformed``."""
    code = code.strip() if code else None
    if not code:
        return None
    digits = CODE_DIGITS[level]
    if len(code) != digits or not (code.isascii() and code.isdigit()):
        raise AreaCodeMalformed(level=level, digits=digits, fields=("input.code",))
    return code


def check_child(parent: AreaNode | None, *, level: AreaLevel, kind: AreaKind) -> None:
    """Whether an area of this level and kind may stand under ``parent``.

    Raises ``RootAreaFixed`` without a parent, ``AreaRetired``, ``AreaKindMisplaced``, ``AreaTooHigh``.
    """
    if parent is None or level is AreaLevel.COUNTY:
        raise RootAreaFixed
    check_in_use(parent)
    if kind.level is not level:
        raise AreaKindMisplaced(kind=kind, level=level, fields=("input.kind",))
    if level.depth <= parent.level.depth:
        raise AreaTooHigh(child=level, parent=parent.level, name=parent.name, fields=("input.level",))


def check_move(area: AreaNode, target: AreaNode) -> None:
    """Whether ``area`` may go under ``target``, with all that is under it.

    Raises ``RootAreaFixed``, ``AreaRetired``, ``AreaUnderItself`` or ``AreaTooHigh``.
    """
    if area.parent_id is None:
        raise RootAreaFixed
    check_in_use(area)
    if is_within(target.path, area.path):
        raise AreaUnderItself(name=area.name)
    check_child(target, level=area.level, kind=area.kind)


# ---------------------------------------------------------------------- an import


def plan_import(
    stored: Iterable[AreaNode],
    drafts: Sequence[AreaDraft],
    *,
    new_id: Callable[[], UUID],
    retire_on: date | None = None,
    concerns: Callable[[AreaNode], bool] = lambda _: True,
    in_order: bool = True,
) -> ImportPlan:
    """What to write so that the tree is as the drafts say.

    A draft is the stored area with its key. Stored areas that no draft names stay as they are; those that the
    drafts' source ``concerns``, and what is under them, are listed as missing, and with ``retire_on`` they are
    retired that day. A retired area that a draft names comes back. ``in_order`` says that siblings are to stand
    in the drafts' order; else stored ones keep their places and new ones follow. Raises ``AreasFaulty`` with
    every fault.
    """
    planner = _Planner(
        stored={node.key: node for node in stored},
        drafts=drafts,
        new_id=new_id,
        concerns=concerns,
        in_order=in_order,
    )
    return planner.plan(retire_on)


@dataclass(kw_only=True)
class _Planner:
    stored: Mapping[str, AreaNode]
    drafts: Sequence[AreaDraft]
    new_id: Callable[[], UUID]
    concerns: Callable[[AreaNode], bool]
    in_order: bool
    ids: dict[str, UUID] = field(default_factory=dict)

    def plan(self, retire_on: date | None) -> ImportPlan:
        drafts = sorted(self.drafts, key=lambda draft: draft.level.depth)  # stable, parents first
        faults = tuple(self._faults())
        if faults:
            raise AreasFaulty(faults)
        for draft in drafts:
            known = self.stored.get(draft.key)
            self.ids[draft.key] = known.id if known else self.new_id()
        missing = self._missing()
        wished = {draft.key: node for draft, node in zip(drafts, self._nodes(drafts), strict=True)}
        if retire_on is not None:
            wished |= {node.key: replace(node, retired_on=retire_on) for node in missing}
        return self._compare(self._with_paths(wished), missing=missing, retired=retire_on is not None)

    def _compare(
        self, wished: Mapping[str, AreaNode], *, missing: tuple[AreaNode, ...], retired: bool
    ) -> ImportPlan:
        ordered = sorted(wished.values(), key=lambda node: node.level.depth)
        created = tuple(node for node in ordered if node.key not in self.stored)
        changed = tuple(node for node in ordered if self.stored.get(node.key, node) != node)
        named = sum(draft.key in self.stored for draft in self.drafts)
        touched = sum(
            draft.key in self.stored and _says_more(self.stored[draft.key], wished[draft.key])
            for draft in self.drafts
        )
        return ImportPlan(
            created=created,
            changed=changed,
            changes=tuple(
                change
                for node in (*created, *changed)
                for change in changes_of(self.stored.get(node.key), node)
            ),
            touched=touched,
            unchanged=named - touched,
            missing=missing,
            retired=len(missing) if retired else 0,
        )

    def _nodes(self, drafts: Iterable[AreaDraft]) -> Iterator[AreaNode]:
        seats: Counter[UUID | None] = Counter()
        if not self.in_order:
            for node in self.stored.values():
                seats[node.parent_id] = max(seats[node.parent_id], node.position + 1)
        for draft in drafts:
            parent = self._id_of(draft.parent) if draft.parent is not None else None
            known = self.stored.get(draft.key)
            stays = not self.in_order and known is not None and known.parent_id == parent
            yield AreaNode(
                id=self.ids[draft.key],
                key=draft.key,
                code=draft.code,
                name=draft.name,
                full_name=draft.full_name or draft.name,
                level=draft.level,
                kind=draft.kind,
                parent_id=parent,
                path="",
                position=known.position if known and stays else seats[parent],
                provenance=draft.provenance,
                retired_on=None,
            )
            seats[parent] += not stays

    def _id_of(self, key: str) -> UUID:
        return self.ids[key] if key in self.ids else self.stored[key].id

    def _with_paths(self, wished: Mapping[str, AreaNode]) -> dict[str, AreaNode]:
        """Every area that is wished or stored, under the path that its parents now give it."""
        found: dict[str, AreaNode] = {}
        paths: dict[UUID, str] = {}
        for node in sorted({**self.stored, **wished}.values(), key=lambda node: node.level.depth):
            paths[node.id] = child_path(paths[node.parent_id] if node.parent_id else None, node.id)
            found[node.key] = replace(node, path=paths[node.id])
        return found

    def _missing(self) -> tuple[AreaNode, ...]:
        """Areas in use that the source should name, and what is under them, but no draft names or stands under."""
        by_id = {node.id: node for node in self.stored.values()}
        kept = {draft.key for draft in self.drafts}
        for draft in self.drafts:
            above = self.stored.get(draft.parent or "")
            while above is not None and above.key not in kept:
                kept.add(above.key)
                above = by_id.get(above.parent_id) if above.parent_id else None
        gone: dict[UUID, AreaNode] = {}
        for node in sorted(self.stored.values(), key=lambda node: node.level.depth):
            live = node.retired_on is None and node.key not in kept
            if live and (self.concerns(node) or node.parent_id in gone):
                gone[node.id] = node
        return tuple(gone.values())

    # ------------------------------------------------------------------ faults

    def _faults(self) -> Iterator[AreaFault]:
        drafted = {draft.key: draft for draft in self.drafts}
        keys = Counter(draft.key for draft in self.drafts)
        for key, uses in keys.items():
            if uses > 1:
                yield AreaFault(key, "键重复。", "the key stands here twice.")
        yield from self._code_faults(drafted)
        yield from self._root_faults(drafted)
        for draft in drafted.values():
            yield from self._draft_faults(draft, drafted)
        levels = {key: node.level for key, node in self.stored.items()}
        levels |= {key: draft.level for key, draft in drafted.items()}
        by_id = {node.id: node.key for node in self.stored.values()}
        for key, node in self.stored.items():
            # What the import does not name stays under its parent, whose level may change.
            if (
                key not in drafted
                and node.parent_id
                and levels[by_id[node.parent_id]].depth >= node.level.depth
            ):
                yield AreaFault(
                    by_id[node.parent_id],
                    f"其下的“{node.name}”层级不再更低。",
                    f"{node.name} below it would not be of a deeper level.",
                )

    def _code_faults(self, drafted: Mapping[str, AreaDraft]) -> Iterator[AreaFault]:
        holders: dict[str, str] = {
            node.code: key for key, node in self.stored.items() if node.code and key not in drafted
        }
        for key, draft in drafted.items():
            if draft.code and holders.setdefault(draft.code, key) != key:
                yield AreaFault(
                    key,
                    f"代码 {draft.code} 已用于 {holders[draft.code]}。",
                    f"the code {draft.code} belongs to {holders[draft.code]}.",
                )

    def _root_faults(self, drafted: Mapping[str, AreaDraft]) -> Iterator[AreaFault]:
        roots = {key for key, draft in drafted.items() if draft.level is AreaLevel.COUNTY}
        roots |= {key for key, node in self.stored.items() if node.level is AreaLevel.COUNTY}
        if len(roots) != 1:
            names = ", ".join(sorted(roots)) or "-"
            yield AreaFault(names, "应恰好有一个县级区域。", "there must be exactly one county.")

    def _draft_faults(self, draft: AreaDraft, drafted: Mapping[str, AreaDraft]) -> Iterator[AreaFault]:
        if not draft.key.strip() or not draft.name.strip():
            yield AreaFault(draft.key, "区域应有键和名称。", "an area needs a key and a name.")
        if draft.kind.level is not draft.level:
            yield AreaFault(
                draft.key,
                f"类型 {draft.kind} 不属于层级 {draft.level}。",
                f"the kind {draft.kind} does not stand on level {draft.level}.",
            )
        if (draft.parent is None) != (draft.level is AreaLevel.COUNTY):
            yield AreaFault(
                draft.key, "只有县级区域没有上级。", "the county, and nothing else, has no parent."
            )
        elif draft.parent is not None:
            parent = drafted.get(draft.parent) or self.stored.get(draft.parent)
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


def _says_more(before: AreaNode, after: AreaNode) -> bool:
    """Whether a person would see a change: another place among the siblings is none."""
    return replace(after, position=before.position) != before


def changes_of(before: AreaNode | None, after: AreaNode) -> Iterator[AreaChange]:
    """The history lines of one area's change. A path that only follows its ancestors leaves none."""
    if before is None:
        yield AreaChange(after.id, ChangeKind.CREATED, None, after.name)
        return
    if before.name != after.name:
        yield AreaChange(after.id, ChangeKind.RENAMED, before.name, after.name)
    if before.code != after.code:
        yield AreaChange(after.id, ChangeKind.RECODED, before.code, after.code)
    if before.kind != after.kind:
        yield AreaChange(after.id, ChangeKind.RECLASSED, before.kind, after.kind)
    if before.parent_id != after.parent_id:
        yield AreaChange(after.id, ChangeKind.MOVED, str(before.parent_id), str(after.parent_id))
    if before.retired_on is None and after.retired_on is not None:
        yield AreaChange(after.id, ChangeKind.RETIRED, None, str(after.retired_on))
    if before.retired_on is not None and after.retired_on is None:
        yield AreaChange(after.id, ChangeKind.RESTORED, str(before.retired_on), None)
