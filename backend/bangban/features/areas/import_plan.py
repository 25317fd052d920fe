"""What an import of areas writes: what is stored and what is wished go in, what to write comes out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from bangban.features.areas.import_faults import import_faults
from bangban.features.areas.problems import AreasFaulty
from bangban.features.areas.rules import AreaChange, AreaDraft, AreaNode, changes_of, child_path


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
        faults = tuple(import_faults(self.stored, self.drafts))
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


def _says_more(before: AreaNode, after: AreaNode) -> bool:
    """Whether a person would see a change: another place among the siblings is none."""
    return replace(after, position=before.position) != before
