"""``areas.csv`` as one checked tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bangban.features.areas.divisions import KINDS_OF_CODE
from bangban.features.profiles.area_rows import area_of
from bangban.features.profiles.documents import Row, read_csv
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.profile import ProfileArea
from bangban.kernel.levels import AreaLevel

COLUMNS = ("key", "code", "parent", "name", "full_name", "level", "kind", "provenance")


@dataclass(slots=True)
class AreaTree:
    """Areas by key and by code, in the order in which they can be stored."""

    areas: dict[str, ProfileArea] = field(default_factory=dict)
    key_of_code: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # keys and codes of rows left out; faulted once is enough
    unreadable: bool = False  # nothing is known of the areas, so nothing said of them can be judged

    def find(self, ref: str) -> ProfileArea | None:
        """The area with this key or division code."""
        return self.areas.get(ref) or self.areas.get(self.key_of_code.get(ref, ""))

    def unknown(self, ref: str) -> bool:
        """Whether nothing in the file is called so, not even a row that was left out."""
        return self.find(ref) is None and ref not in self.broken and not self.unreadable

    def at_level(self, level: AreaLevel, *, under: ProfileArea) -> list[ProfileArea]:
        """Areas of ``level`` in the subtree of ``under``, itself included, in stored order."""
        return [area for area in self.areas.values() if area.level is level and self.within(area, under)]

    def within(self, area: ProfileArea, ancestor: ProfileArea) -> bool:
        """Whether the area is the other one or lies below it."""
        at: ProfileArea | None = area
        while at is not None:
            if at.key == ancestor.key:
                return True
            at = self.areas.get(at.parent or "")
        return False


def read_areas(
    path: Path, *, levels: Iterable[AreaLevel], division_code: str | None, faults: FaultList
) -> AreaTree:
    """The tree of ``areas.csv``; rows at fault are named in ``faults`` and left out."""
    allowed = frozenset(levels)
    tree = AreaTree()
    rows: list[tuple[Row, ProfileArea]] = []
    before = len(faults.found)
    lines = read_csv(path, COLUMNS, faults)
    if not lines and len(faults.found) > before:
        tree.unreadable = True
        return tree
    for row in lines:
        area = area_of(row, path, allowed, faults)
        if area is None:
            tree.broken |= {row.cells["key"], row.cells["code"]} - {""}
        else:
            rows.append((row, area))
    for row, area in sorted(rows, key=lambda pair: pair[1].level.depth):  # stable: parents first
        _plant(tree, row, area, path, faults)
    _check_root(tree, path, division_code, faults)
    _warn_of_twins(tree, path, faults)
    return tree


def _plant(tree: AreaTree, row: Row, area: ProfileArea, path: Path, faults: FaultList) -> None:
    parent = tree.find(area.parent) if area.parent else None
    refs = {area.key, area.code or area.key}
    fits = _refs_are_free(tree, row, refs, path, faults)
    if not _parent_fits(tree, row, area, parent, path=path, faults=faults) or not fits:
        tree.broken |= refs
        return
    _warn_of_code(row, area, parent, path, faults)
    tree.areas[area.key] = replace(area, parent=parent.key if parent else None)
    tree.lines[area.key] = row.line
    if area.code:
        tree.key_of_code[area.code] = area.key


def _refs_are_free(tree: AreaTree, row: Row, refs: set[str], path: Path, faults: FaultList) -> bool:
    """A key or code belongs to the first row that uses it."""
    taken = sorted(ref for ref in refs if tree.find(ref) is not None)
    for ref in taken:
        first = tree.find(ref)
        line = tree.lines[first.key] if first else row.line
        faults.error(
            path, row.line, f"“{ref}”已在第 {line} 行使用。", f"{ref!r} is already used in line {line}."
        )
    return not taken


def _parent_fits(
    tree: AreaTree, row: Row, area: ProfileArea, parent: ProfileArea | None, *, path: Path, faults: FaultList
) -> bool:
    if area.level is AreaLevel.COUNTY:
        if area.parent is not None:
            faults.error(path, row.line, "县级区域没有上级。", "The county has no parent.")
        return area.parent is None
    if parent is None:
        ref = area.parent or ""
        if tree.unknown(ref):
            faults.error(path, row.line, f"没有上级区域“{ref}”。", f"There is no parent area {ref!r}.")
        return False
    if parent.level.depth != area.level.depth - 1:
        faults.error(
            path,
            row.line,
            f"{area.level} 应直接隶属上一层级,而“{parent.name}”是 {parent.level}。",
            f"A {area.level} hangs directly under the level above; {parent.name} is a {parent.level}.",
        )
        return False
    return True


def _warn_of_code(
    row: Row, area: ProfileArea, parent: ProfileArea | None, path: Path, faults: FaultList
) -> None:
    if not area.code:
        return
    if parent and parent.code and not area.code.startswith(parent.code):
        faults.warning(
            path,
            row.line,
            f"代码 {area.code} 不以上级代码 {parent.code} 开头。",
            f"The code {area.code} does not begin with its parent's {parent.code}.",
        )
    number = int(area.code[-3:])
    for first, last, kinds in KINDS_OF_CODE.get(area.level, ()):
        if first <= number <= last and area.kind not in kinds:
            faults.warning(
                path,
                row.line,
                f"代码 {area.code} 通常不用于类型 {area.kind}。",
                f"The code {area.code} is not usual for the kind {area.kind}.",
            )


def _check_root(tree: AreaTree, path: Path, division_code: str | None, faults: FaultList) -> None:
    roots = [area for area in tree.areas.values() if area.level is AreaLevel.COUNTY]
    if tree.broken and not roots:
        return  # the county's own row is at fault and was named above
    if len(roots) != 1:
        line = tree.lines[roots[1].key] if roots else 1
        faults.error(
            path, line, "应恰好有一个县级区域。", f"There must be exactly one county; there are {len(roots)}."
        )
    elif roots[0].code != division_code:
        faults.error(
            path,
            tree.lines[roots[0].key],
            "县级区域的代码与 district.yaml 的 division_code 不一致。",
            "The county's code is not the division_code of district.yaml.",
        )


def _warn_of_twins(tree: AreaTree, path: Path, faults: FaultList) -> None:
    uses = Counter((area.parent, area.name) for area in tree.areas.values())
    for area in tree.areas.values():
        if uses[area.parent, area.name] > 1:
            faults.warning(
                path,
                tree.lines[area.key],
                f"同一上级下有多个“{area.name}”。",
                f"More than one area under the same parent is called {area.name}.",
            )
