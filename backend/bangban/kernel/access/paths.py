"""Paths of the area tree: ltree labels made of our own ids, compared label by label.

A comparison of plain text would let ``ab`` cover ``abc``, its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

_PATH = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")


def path_label(area_id: UUID) -> str:
    """The label of an area in a path: its id in hex without dashes."""
    return area_id.hex


def areas_of_path(path: str) -> list[UUID]:
    """The ids of the areas of a path, from the root down."""
    return [UUID(hex=label) for label in path.split(".")]


def is_path(text: str) -> bool:
    """Whether ``text`` is a path of one or more labels."""
    return _PATH.fullmatch(text) is not None


def is_within(path: str, ancestor: str) -> bool:
    """Whether ``path`` is ``ancestor`` or lies below it."""
    return path == ancestor or path.startswith(ancestor + ".")


def is_root(path: str) -> bool:
    """Whether the path is the root of its tree: a district has exactly one."""
    return "." not in path


def fewest(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that together cover the same subtrees, without those a kept ancestor covers; sorted."""
    kept: list[str] = []
    for path in sorted(set(paths), key=lambda each: (each.count("."), each)):
        if not any(is_within(path, other) for other in kept):
            kept.append(path)
    return tuple(sorted(kept))
