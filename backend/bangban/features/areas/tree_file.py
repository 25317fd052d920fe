"""A general tree file, one area a line, as drafts. Pure.

People write such files by hand: a parent may be called by its code, its key, or its name where only one area has it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict

from bangban.features.areas.divisions import code_above
from bangban.features.areas.drafted import ROOT_KEY, Drafted, Known, Place, root_draft
from bangban.features.areas.rules import AreaDraft, AreaNode
from bangban.features.areas.tree_lines import TreeLines, Wish
from bangban.kernel.identifiers.text import half_width
from bangban.kernel.levels import AreaLevel
from bangban.kernel.sheets import Sheet


class TreeFile:
    """Drafts the areas of one file."""

    def __init__(self, sheet: Sheet, known: Known, place: Place) -> None:
        self._lines = TreeLines(sheet, known, place)
        self._known = known
        self._place = place
        self._found = Drafted(faults=self._lines.faults)  # one list: what lines say and where they stand
        self._refs: dict[str, AreaDraft] = {}
        self._names: dict[str, list[AreaDraft]] = defaultdict(list)

    def drafts(self) -> Drafted:
        """The drafts, parents first, and every fault of the file."""
        wishes = self._lines.wishes()
        if self._known.root is None and not any(wish.level is AreaLevel.COUNTY for wish in wishes):
            self._keep(root_draft(self._place), 1)
        for wish in sorted(wishes, key=lambda wish: wish.level.depth):  # stable: parents first
            self._plant(wish)
        self._found.faults.sort(key=lambda fault: fault.line)
        return self._found

    def _plant(self, wish: Wish) -> None:
        cells, stored = wish.line.cells, wish.stored
        name = cells["name"] or ""
        parent: str | None = None
        if wish.level is not AreaLevel.COUNTY:
            parent = self._parent(wish)
            if parent is None:
                return
        key = self._key(wish, parent, name)
        stored = stored or self._known.by_key.get(key)
        full_name = cells["full_name"]
        if full_name is None and stored is not None and stored.name == name:
            full_name = stored.full_name
        self._keep(
            AreaDraft(
                key=key,
                code=wish.code or (stored.code if stored else None),
                parent=parent,
                name=name,
                full_name=full_name,
                level=wish.level,
                kind=wish.kind,
                provenance=cells["provenance"] or (stored.provenance if stored else "own"),
            ),
            wish.line.number,
        )

    def _keep(self, draft: AreaDraft, line: int) -> None:
        self._found.add(draft, line)
        for ref in {draft.key, draft.code or draft.key}:
            self._refs.setdefault(ref, draft)
        for name in {draft.name, draft.full_name or draft.name}:
            self._names[name].append(draft)

    def _key(self, wish: Wish, parent: str | None, name: str) -> str:
        if parent is None:
            return self._known.root.key if self._known.root else wish.line.cells["key"] or ROOT_KEY
        if wish.stored is not None:
            return wish.stored.key
        given = wish.line.cells["key"] or wish.code
        if given is not None:
            return given
        above = self._known.by_key.get(parent)
        for node in self._known.named(name):
            if above is not None and node.parent_id == above.id and node.level is wish.level:
                return node.key
        # The same file gives the same key again, so that a second import finds what the first one made.
        return f"{parent[:50]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def _parent(self, wish: Wish) -> str | None:
        """The key of the area above; None where there is a fault, which was noted."""
        ref = wish.line.cells["parent"]
        if ref is not None:
            return self._called(wish, ref)
        above = code_above(wish.code) if wish.code else None
        if above is not None:
            found: AreaDraft | AreaNode | None = self._refs.get(above) or self._known.by_code.get(above)
            if found is not None:
                return found.key
        if wish.level is AreaLevel.TOWN:
            return self._root()
        stored = self._known.parent_of(wish.stored) if wish.stored else None
        if stored is not None:
            return stored.key
        self._lines.fault(
            wish.line,
            "parent",
            "请填写上级区域的代码、键或名称。",
            "State the area above by its code, key or name.",
        )
        return None

    def _root(self) -> str:
        if self._known.root is not None:
            return self._known.root.key
        return next(draft.key for draft in self._found.drafts if draft.level is AreaLevel.COUNTY)

    def _called(self, wish: Wish, ref: str) -> str | None:
        plain = "".join(half_width(ref).split())
        found: AreaDraft | AreaNode | None = self._refs.get(plain) or self._known.called(plain)
        if found is not None:
            return found.key
        named: list[AreaDraft | AreaNode] = [*self._names.get(ref, ()), *self._known.named(ref)]
        keys = {each.key for each in named if each.level.depth < wish.level.depth}
        if len(keys) == 1:
            return keys.pop()
        if keys:
            self._lines.fault(
                wish.line,
                "parent",
                f"有 {len(keys)} 个上级区域叫这个名称,请改填代码。",
                f"{len(keys)} areas above have this name; state the code.",
            )
        else:
            self._lines.fault(
                wish.line,
                "parent",
                "文件和现有区域中都没有这个上级区域。",
                "Neither the file nor the present tree has this area above.",
            )
        return None
