"""Units that nobody named, made from the rules of ``area_sets``: the same input gives the same areas."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bangban.features.profiles.areas import AreaTree
from bangban.features.profiles.faults import FaultList
from bangban.features.profiles.models import AreaSetFile
from bangban.features.profiles.profile import ProfileArea
from bangban.kernel.levels import AreaLevel

MOST_AREAS = 50_000  # the largest county has some 10,000 grids; a slip of the pen must not fill the memory


def expand_area_sets(
    tree: AreaTree,
    sets: Iterable[tuple[AreaSetFile, int]],
    *,
    levels: Iterable[AreaLevel],
    path: Path,
    faults: FaultList,
) -> None:
    """Adds the units of each set, in order, so that a later set may stand on an earlier one."""
    allowed = frozenset(levels)
    for made, line in sets:
        under = tree.find(made.under)
        if under is None:
            if not tree.unknown(made.under):
                continue  # its own row is at fault
            faults.error(path, line, f"没有区域“{made.under}”。", f"There is no area {made.under!r}.")
            continue
        if made.level not in allowed or made.kind.level is not made.level or made.level is AreaLevel.COUNTY:
            faults.error(
                path,
                line,
                f"层级 {made.level} 与类型 {made.kind} 不符,或本地区未使用该层级。",
                f"Level {made.level} does not go with kind {made.kind}, or is not used in this district.",
            )
            continue
        above = tuple(AreaLevel)[made.level.depth - 2]
        parents = tree.at_level(above, under=under)
        if not parents and tree.broken:
            continue  # they may be among the rows that were left out
        if not parents:
            faults.error(
                path,
                line,
                f"“{made.under}”之下没有 {above} 层级的区域。",
                f"There is no area of level {above} under {made.under!r}.",
            )
            continue
        _expand_one(tree, made, parents, line=line, path=path, faults=faults)


def _expand_one(
    tree: AreaTree, made: AreaSetFile, parents: list[ProfileArea], *, line: int, path: Path, faults: FaultList
) -> None:
    shares = even_shares(made.total, len(parents)) if made.total else [made.each or 0] * len(parents)
    if len(tree.areas) + sum(shares) > MOST_AREAS:
        faults.error(
            path, line, f"区域总数超过 {MOST_AREAS}。", f"There would be more than {MOST_AREAS} areas."
        )
        return
    width = max(3, len(str(sum(shares))))
    index = 0
    for parent, share in zip(parents, shares, strict=True):
        for number in range(1, share + 1):
            index += 1
            key = f"{made.key}-{index:0{width}}"
            name = made.name.format(parent=parent.name, n=number, i=index)
            if tree.find(key) is not None:
                faults.error(path, line, f"区域“{key}”已存在。", f"The area {key!r} exists already.")
                return
            tree.areas[key] = ProfileArea(
                key=key,
                code=None,
                parent=parent.key,
                name=name,
                full_name=f"{parent.full_name}{name}" if made.level.depth > 3 else name,
                level=made.level,
                kind=made.kind,
                provenance=made.provenance,
            )
            tree.lines[key] = line


def even_shares(total: int, places: int) -> list[int]:
    """``total`` over ``places``, the first ones taking what is left over."""
    share, rest = divmod(total, places)
    return [share + (index < rest) for index in range(places)]
