"""Where a statement's parameters come from: arguments, the request's facts, grants, cursors.

A plan keeps these recipes and no value. ``Facts`` is what a request brings.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import UUID

from bangban.kernel.access.grants import Grants
from bangban.kernel.access.vocabulary import Permission
from bangban.kernel.planner.paging import keys_of_cursor, rows_wanted
from bangban.kernel.planner.selection import Selected
from bangban.kernel.problems import InvalidInput

Path = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What a request brings beside its document: grants, named values, and ways to derive one from another.

    ``values`` and ``derivations`` may be worked out when asked for; neither is to be copied.
    """

    grants: Grants
    principal_kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    derivations: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    def having(self, values: dict[str, Any]) -> Facts:
        """The same with more named values, which come before those that are known."""
        both: Any = ChainMap(values, self.values)  # type: ignore[arg-type]  # it asks for more than reading
        return replace(self, values=both)


@dataclass(frozen=True)
class Given:
    """A place in an operation's arguments: the field at ``site``, then ``path`` into its arguments."""

    site: Path
    path: Path

    def within(self, tree: Sequence[Selected]) -> Any:
        """What stands there in a tree of this request; None where nothing does."""
        found: Any = _site(tree, self.site).arguments
        for name in self.path:
            found = found.get(name)
            if found is None:
                return None
        return found


class Recipe:
    """How to get one parameter's value: from what is given at a place of the arguments, or from the facts.

    One that ``judges`` may refuse what is given: it is asked as soon as a declaration names it, so that nothing is
    planned for a question that will not be answered, and again for each request of the plan.
    """

    judges: ClassVar[bool] = False

    @property
    def place(self) -> Given | None:
        """Where the argument is that it is made of; None where it is made of facts alone."""
        return None

    def value(self, given: Any, facts: Facts) -> Any:
        """The parameter, from what is given at ``place``."""
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


def as_uuids(values: Iterable[Any], path: Path) -> tuple[UUID, ...]:
    """The same for a list; what is refused is named by its number in it."""
    return tuple(as_uuid(each, (*path, str(index))) for index, each in enumerate(values))


def maybe_uuid(value: Any, path: Path) -> UUID | None:
    """The same for what may be left out, or null."""
    return None if value is None else as_uuid(value, path)


@dataclass(frozen=True)
class Argument(Recipe):
    """The argument ``path`` of the field at ``site``, as a UUID where the type is ID."""

    site: Path
    path: Path
    identifier: bool = False
    derive: str | None = None

    @property
    def place(self) -> Given:
        return Given(self.site, self.path)

    def value(self, given: Any, facts: Facts) -> Any:
        if self.derive is not None:
            return facts.derivations[self.derive](given)
        if not self.identifier:
            return given
        if isinstance(given, list):
            return list(as_uuids(given, self.path))
        return as_uuid(given, self.path)


@dataclass(frozen=True)
class First(Recipe):
    """The page size at ``site``, and one more where it is looked ahead for the next page."""

    site: Path
    more: int = 0

    @property
    def place(self) -> Given:
        return Given(self.site, ("first",))

    def value(self, given: Any, facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return rows_wanted(given) + self.more


@dataclass(frozen=True)
class CursorKey(Recipe):
    """Key ``index`` of the cursor at ``site``."""

    site: Path
    index: int
    tag: str
    types: tuple[Any, ...]

    @property
    def place(self) -> Given:
        return Given(self.site, ("after",))

    def value(self, given: Any, facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return keys_of_cursor(str(given), tag=self.tag, types=self.types)[self.index]


@dataclass(frozen=True)
class Fact(Recipe):
    """A named value of the request."""

    name: str

    def value(self, given: Any, facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return facts.values[self.name]


@dataclass(frozen=True)
class GrantedPaths(Recipe):
    """The areas where a permission holds."""

    permission: Permission

    def value(self, given: Any, facts: Facts) -> Any:  # noqa: ARG002 - the recipes' signature
        return list(facts.grants.scope(self.permission).paths)
