"""Where a statement's parameters come from: arguments, the request's facts, grants, cursors.

A plan keeps these recipes and no value. ``Facts`` is what a request brings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bangban.kernel.access.grants import Grants
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.paging import keys_of_cursor, rows_wanted
from bangban.kernel.planner.selection import Selected
from bangban.kernel.problems import InvalidInput

Path = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What a request brings beside its document: grants, named values, and ways to derive one from another."""

    grants: Grants
    principal_kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    derivations: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


class Recipe:
    """How to get one parameter's value."""

    def value(self, tree: Sequence[Selected], facts: Facts) -> Any:
        raise NotImplementedError  # abstract: every recipe below has its own


def _site(tree: Sequence[Selected], path: Path) -> Selected:
    found: Selected | None = None
    for key in path:
        level = tree if found is None else found.children
        found = next(each for each in level if each.key == key)
    if found is None:
        raise LookupError(path)
    return found


def as_uuid(value: Any, path: Path) -> UUID:
    """An ``ID`` as a UUID; raises InvalidInput naming the argument."""
    try:
        return UUID(str(value))
    except ValueError as malformed:
        name = ".".join(path)
        raise InvalidInput(
            f"`{name}` is not an id of this API.", f"{name} 不是有效的标识。", fields=(name,)
        ) from malformed


@dataclass(frozen=True)
class Argument(Recipe):
    """The argument ``path`` of the field at ``site``, as a UUID where the type is ID."""

    site: Path
    path: Path
    identifier: bool = False
    derive: str | None = None

    def value(self, tree: Sequence[Selected], facts: Facts) -> Any:
        found: Any = _site(tree, self.site).arguments
        for name in self.path:
            found = found[name]
        if self.derive is not None:
            return facts.derivations[self.derive](found)
        if not self.identifier:
            return found
        if isinstance(found, list):
            return [as_uuid(each, self.path) for each in found]
        return as_uuid(found, self.path)


@dataclass(frozen=True)
class First(Recipe):
    """The page size at ``site``, and one more where it is looked ahead for the next page."""

    site: Path
    more: int = 0

    def value(self, tree: Sequence[Selected], facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return rows_wanted(_site(tree, self.site).arguments.get("first")) + self.more


@dataclass(frozen=True)
class CursorKey(Recipe):
    """Key ``index`` of the cursor at ``site``."""

    site: Path
    index: int
    tag: str
    types: tuple[Any, ...]

    def value(self, tree: Sequence[Selected], facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        cursor = str(_site(tree, self.site).arguments["after"])
        return keys_of_cursor(cursor, tag=self.tag, types=self.types)[self.index]


@dataclass(frozen=True)
class Fact(Recipe):
    """A named value of the request."""

    name: str

    def value(self, tree: Sequence[Selected], facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return facts.values[self.name]


@dataclass(frozen=True)
class GrantedPaths(Recipe):
    """The areas where a permission holds."""

    permission: Permission

    def value(self, tree: Sequence[Selected], facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return list(facts.grants.scope(self.permission).paths)
